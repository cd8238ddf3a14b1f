// Snappy: varint32 of the uncompressed length, then elements whose low two bits tell the kind:
//
//   00 literal   upper 6 bits: length - 1, or 60…63 = the length - 1 is in the next 1…4 bytes
//   01 copy      length 4…11 in bits 2–4, offset 11 bits (bits 5–7 and the next byte)
//   10 copy      length 1…64 in bits 2–7, offset in the next 2 bytes
//   11 copy      the same, offset in the next 4 bytes
//
// Source: format_description.txt of the Snappy project.

import { CodingError, Cursor } from '../bytes/coding';

/** Decompresses; the result is at most `limit` bytes. @throws CodingError */
export function decompressSnappy(source: Uint8Array, limit: number): Uint8Array<ArrayBuffer> {
  const header = new Cursor(source);
  const size = header.varint();
  // An element gives at most 64 bytes unless it carries them: no memory for what cannot be reached.
  if (size > limit || size > source.length * 64) {
    throw new CodingError(`snappy block of ${size} bytes`, 0);
  }
  const target = new Uint8Array(size);
  let from = header.position;
  let to = 0;

  const littleEndian = (bytes: number): number => {
    if (bytes > source.length - from) throw new CodingError('snappy ends too early', from);
    let value = 0;
    for (let i = bytes - 1; i >= 0; i--) value = value * 256 + (source[from + i] ?? 0);
    from += bytes;
    return value;
  };

  while (from < source.length) {
    const tag = source[from++] ?? 0;
    const kind = tag & 3;
    if (kind === 0) {
      let length = (tag >>> 2) + 1;
      if (length > 60) length = littleEndian(length - 60) + 1;
      if (length > source.length - from || length > size - to) {
        throw new CodingError('snappy literal past the end', from);
      }
      target.set(source.subarray(from, from + length), to);
      from += length;
      to += length;
      continue;
    }
    const length = kind === 1 ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1;
    const offset =
      kind === 1 ? (tag >>> 5) * 256 + littleEndian(1) : littleEndian(kind === 2 ? 2 : 4);
    if (offset === 0 || offset > to || length > size - to) {
      throw new CodingError('snappy copy out of range', from);
    }
    for (let i = 0; i < length; i++, to++) target[to] = target[to - offset] ?? 0;
  }
  if (to !== size) throw new CodingError(`snappy gave ${to} of ${size} bytes`, from);
  return target;
}
