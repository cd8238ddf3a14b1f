// A raw LZ4 block (kernel/lz4.ts has the format) whose matches may reach back into a dictionary that
// stands before the output (LZ4_decompress_safe_usingDict of the LZ4 library). Rare, so not in the kernel.

import { CodingError, Cursor } from './coding';

/** As far as a match can reach back. */
const longestReach = 65_535;

/** Decompresses into exactly `size` bytes. @throws CodingError on anything else */
export function decompressLz4WithDictionary(
  source: Uint8Array,
  size: number,
  dictionary: Uint8Array,
): Uint8Array {
  if (size > source.length * 255) throw new CodingError(`LZ4 cannot give ${size} bytes`, 0);
  const history = dictionary.subarray(Math.max(0, dictionary.length - longestReach));
  const target = new Uint8Array(history.length + size);
  target.set(history);
  const cursor = new Cursor(source);
  let to = history.length;
  while (!cursor.atEnd) {
    const token = cursor.byte();
    const literals = longLength(cursor, token >>> 4);
    if (literals > target.length - to) throw new CodingError('LZ4 literals past the end', to);
    target.set(cursor.raw(literals), to);
    to += literals;
    if (cursor.atEnd) break; // the last sequence has no match
    const offset = cursor.byte() | (cursor.byte() << 8);
    const length = longLength(cursor, token & 15) + 4;
    if (offset === 0 || offset > to || length > target.length - to) {
      throw new CodingError('LZ4 match out of range', cursor.position);
    }
    if (offset >= length) target.copyWithin(to, to - offset, to - offset + length);
    else for (let i = to; i < to + length; i++) target[i] = target[i - offset] ?? 0;
    to += length;
  }
  if (to !== target.length) {
    throw new CodingError(`LZ4 gave ${to - history.length} of ${size} bytes`, cursor.position);
  }
  return target.subarray(history.length);
}

function longLength(cursor: Cursor, start: number): number {
  if (start < 15) return start;
  let length = start;
  for (;;) {
    const byte = cursor.byte();
    length += byte;
    if (byte !== 255) return length;
  }
}
