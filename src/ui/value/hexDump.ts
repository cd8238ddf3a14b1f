/**
 * Bytes as `hexdump -C` prints them: offset, 16 bytes in hex in two halves, the same as text with `.` for what is not
 * printable ASCII.
 *
 *   00000000  00 01 ff 62 69 6e                                 |...bin|
 */
export function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = bytes.subarray(at, at + 16);
    const half = (from: number, to: number) =>
      Array.from(row.subarray(from, to), (byte) => byte.toString(16).padStart(2, '0'))
        .join(' ')
        .padEnd(23);
    const text = Array.from(row, (byte) =>
      byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.',
    ).join('');
    lines.push(`${at.toString(16).padStart(8, '0')}  ${half(0, 8)}  ${half(8, 16)}  |${text}|`);
  }
  return lines.map((line) => line + '\n').join('');
}
