// LZ4 block format (no frame): sequences of
//
//   token                 high 4 bits: literal length, low 4 bits: match length - 4; 15 = more bytes follow
//   [literal length …]    each byte is added, 255 = one more follows
//   literals
//   offset                2 bytes little-endian, back into what was written; absent in the last sequence
//   [match length …]
//
// Source: lz4_Block_format.md of the LZ4 project.

import { CodingError } from '../bytes/coding';

/** Decompresses into exactly `size` bytes. @throws CodingError on anything else */
export function decompressLz4(source: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  // A byte gives at most 255: no memory for a size that cannot be reached.
  if (size > source.length * 255) throw new CodingError(`LZ4 cannot give ${size} bytes`, 0);
  const target = new Uint8Array(size);
  let from = 0;
  let to = 0;

  const longLength = (start: number): number => {
    let length = start;
    for (;;) {
      const byte = source[from++];
      if (byte === undefined) throw new CodingError('LZ4 length without an end', from);
      length += byte;
      if (byte !== 255) return length;
    }
  };

  while (from < source.length) {
    const token = source[from++] ?? 0;
    let literals = token >>> 4;
    if (literals === 15) literals = longLength(15);
    if (literals > source.length - from || literals > size - to) {
      throw new CodingError('LZ4 literals past the end', from);
    }
    if (literals > 32) {
      target.set(source.subarray(from, from + literals), to);
      from += literals;
      to += literals;
    } else {
      for (let i = 0; i < literals; i++) target[to++] = source[from++] ?? 0;
    }
    if (from === source.length) break; // the last sequence has no match

    const offset = (source[from] ?? 0) | ((source[from + 1] ?? 0) << 8);
    from += 2;
    let length = token & 15;
    if (length === 15) length = longLength(15);
    length += 4;
    if (from > source.length || offset === 0 || offset > to || length > size - to) {
      throw new CodingError('LZ4 match out of range', from);
    }
    if (offset >= length) {
      target.copyWithin(to, to - offset, to - offset + length);
      to += length;
    } else {
      for (let i = 0; i < length; i++, to++) target[to] = target[to - offset] ?? 0;
    }
  }
  if (to !== size) throw new CodingError(`LZ4 gave ${to} of ${size} bytes`, from);
  return target;
}
