// CRC32C (Castagnoli), reflected: polynomial 0x82f63b78, all bits set before, inverted after. Eight
// bytes a step, with a table for each ("slicing by 8", util/crc32c.cc).

const polynomial = 0x82f63b78;

function makeTables(): Uint32Array {
  const tables = new Uint32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? polynomial : 0);
    tables[byte] = crc;
  }
  for (let i = 256; i < tables.length; i++) {
    const before = tables[i - 256] ?? 0;
    tables[i] = (before >>> 8) ^ (tables[before & 0xff] ?? 0);
  }
  return tables;
}

/** Computes CRC32C; made once for many calls. */
export class Crc32c {
  private readonly tables = makeTables();

  /** Unmasked. */
  of(bytes: Uint8Array): number {
    const { tables } = this;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const { length } = bytes;
    let crc = -1;
    let at = 0;
    for (; at + 8 <= length; at += 8) {
      const low = view.getInt32(at, true) ^ crc;
      const high = view.getInt32(at + 4, true);
      crc =
        (tables[0x700 | (low & 0xff)] ?? 0) ^
        (tables[0x600 | ((low >>> 8) & 0xff)] ?? 0) ^
        (tables[0x500 | ((low >>> 16) & 0xff)] ?? 0) ^
        (tables[0x400 | (low >>> 24)] ?? 0) ^
        (tables[0x300 | (high & 0xff)] ?? 0) ^
        (tables[0x200 | ((high >>> 8) & 0xff)] ?? 0) ^
        (tables[0x100 | ((high >>> 16) & 0xff)] ?? 0) ^
        (tables[high >>> 24] ?? 0);
    }
    for (; at < length; at++) {
      crc = (crc >>> 8) ^ (tables[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0);
    }
    return ~crc >>> 0;
  }
}
