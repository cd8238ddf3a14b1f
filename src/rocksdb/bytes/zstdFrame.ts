// A zstd frame (RFC 8878), as far as it tells how much it decompresses to:
//
//   fixed32 0xFD2FB528 | descriptor byte | [window byte] | dictionary id 0, 1, 2 or 4 bytes |
//   content size 0, 1, 2, 4 or 8 bytes | blocks | [fixed32 checksum]
//
//   descriptor: bits 6–7 length of the content size, 5 single segment (no window byte), 2 checksum,
//     0–1 length of the dictionary id
//   block: 3 bytes little-endian: bit 0 last, bits 1–2 type (0 raw, 1 one byte repeated,
//     2 compressed), from bit 3 on its size; then that many bytes, one for type 1

import { CodingError, Cursor } from './coding';

const magic = 0xfd2fb528;
/** A compressed block gives at most this many bytes, or the window where that is smaller. */
const largestBlock = 128 << 10;

/**
 * The most bytes that the one frame in `bytes` can decompress to: what it says, else what its blocks
 * allow. @throws CodingError when it is no whole frame
 */
export function zstdBound(bytes: Uint8Array): number {
  const cursor = new Cursor(bytes);
  if (cursor.fixed32() !== magic) throw new CodingError('no zstd frame', 0);
  const descriptor = cursor.byte();
  const singleSegment = (descriptor & 0x20) !== 0;
  const window = singleSegment ? undefined : windowSize(cursor.byte());
  cursor.skip([0, 1, 2, 4][descriptor & 3] ?? 0);
  const stated = contentSize(cursor, descriptor >> 6, singleSegment);
  const most = Math.min(largestBlock, window ?? stated ?? largestBlock);
  let bound = 0;
  for (let last = false; !last;) {
    const header = cursor.byte() | (cursor.byte() << 8) | (cursor.byte() << 16);
    last = (header & 1) !== 0;
    const type = (header >> 1) & 3;
    const size = header >> 3;
    if (type === 3) throw new CodingError('zstd block of unknown type', cursor.position);
    cursor.skip(type === 1 ? 1 : size);
    bound += type === 2 ? most : size;
  }
  if ((descriptor & 4) !== 0) cursor.skip(4);
  if (!cursor.atEnd) throw new CodingError('bytes behind a zstd frame', cursor.position);
  // More than its blocks can give is a lie; less, and the decoder complains.
  return Math.min(bound, stated ?? bound);
}

function windowSize(byte: number): number {
  const base = 2 ** (10 + (byte >> 3));
  return base + (base / 8) * (byte & 7);
}

function contentSize(cursor: Cursor, flag: number, singleSegment: boolean): number | undefined {
  if (flag === 0) return singleSegment ? cursor.byte() : undefined;
  if (flag === 1) return 256 + cursor.byte() + cursor.byte() * 256;
  if (flag === 2) return cursor.fixed32();
  return Number(cursor.fixed64());
}
