// An LZ4 frame (lz4_Frame_format.md of the LZ4 project); numbers are little-endian:
//
//   fixed32 0x184D2204 | flags | sizes | [fixed64 content size] | [fixed32 dictionary id] | header checksum byte
//   blocks: fixed32 size, high bit: not compressed | data | [fixed32 xxh32 of the data]; a size of 0 ends them
//   [fixed32 xxh32 of the content]
//
//   flags: bits 6–7 version 1, 5 blocks stand alone, 4 block checksums, 3 content size, 2 content checksum,
//     0 dictionary id
//   sizes: bits 4–6 the largest block: 4 64 KB, 5 256 KB, 6 1 MB, 7 4 MB
//   header checksum: second byte of the xxh32 from flags up to here
//
// A block that does not stand alone goes on from the 64 KB before it.

import { decompressLz4WithDictionary, xxhash32 } from '../../rocksdb/index';
import { FormatError } from './formatError';

const magic = 0x184d2204;
const nothing = new Uint8Array();

export const isLz4Frame = (bytes: Uint8Array) =>
  bytes.length >= 7 && view(bytes).getUint32(0, true) === magic;

/** The content of the one frame in `bytes`. @throws FormatError where it is none, or larger than `limit` */
export function decompressLz4Frame(bytes: Uint8Array, limit: number): Uint8Array {
  const reader = new FrameReader(bytes);
  const { alone, blockChecksums, contentSize, contentChecksum, largestBlock } = reader.header();
  const pieces: Uint8Array[] = [];
  let total = 0;
  let history: Uint8Array = nothing;
  for (;;) {
    const word = reader.fixed32();
    if (word === 0) break;
    const size = word & 0x7fffffff;
    if (size > largestBlock) throw reader.wrong('LZ4 block too large');
    const data = reader.raw(size);
    if (blockChecksums && reader.fixed32() !== xxhash32(data)) throw reader.wrong('checksum');
    let piece = data;
    if (word >>> 31 === 0) {
      const length = decompressedLength(data);
      if (length > largestBlock) throw reader.wrong('LZ4 block too large');
      if (total + length > limit) throw new FormatError('limit', 'too much is compressed here');
      piece = decompressLz4WithDictionary(data, length, alone ? nothing : history);
    }
    total += piece.length;
    if (total > limit) throw new FormatError('limit', 'too much is compressed here');
    pieces.push(piece);
    if (!alone) history = lastBytes(history, piece);
  }
  const content = Buffer.concat(pieces, total);
  if (contentChecksum && reader.fixed32() !== xxhash32(content)) throw reader.wrong('checksum');
  if (contentSize !== undefined && contentSize !== BigInt(total)) throw reader.wrong('size');
  if (!reader.atEnd) throw reader.wrong('bytes behind an LZ4 frame');
  return content;
}

const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

class FrameReader {
  private position = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get atEnd(): boolean {
    return this.position === this.bytes.length;
  }

  wrong(reason: string): FormatError {
    return new FormatError('mismatch', reason, this.position);
  }

  raw(length: number): Uint8Array {
    const start = this.position;
    if (length > this.bytes.length - start) throw this.wrong('ends too early');
    this.position += length;
    return this.bytes.subarray(start, this.position);
  }

  fixed32(): number {
    return view(this.raw(4)).getUint32(0, true);
  }

  header() {
    if (this.fixed32() !== magic) throw this.wrong('no LZ4 frame');
    const start = this.position;
    const [flags = 0, sizes = 0] = this.raw(2);
    if (flags >> 6 !== 1) throw this.wrong('LZ4 frame of another version');
    if ((flags & 1) !== 0) throw this.wrong('LZ4 frame with a dictionary');
    const contentSize = (flags & 8) !== 0 ? view(this.raw(8)).getBigUint64(0, true) : undefined;
    const checked = xxhash32(this.bytes.subarray(start, this.position));
    if (this.raw(1)[0] !== ((checked >>> 8) & 0xff)) throw this.wrong('checksum');
    const size = (sizes >> 4) & 7;
    if (size < 4) throw this.wrong('LZ4 frame with blocks of unknown size');
    return {
      alone: (flags & 32) !== 0,
      blockChecksums: (flags & 16) !== 0,
      contentSize,
      contentChecksum: (flags & 4) !== 0,
      largestBlock: 1 << (8 + 2 * size),
    };
  }
}

/** What the sequences of a block add up to (src/rocksdb/kernel/lz4.ts has their format). */
function decompressedLength(block: Uint8Array): number {
  let at = 0;
  let total = 0;
  const more = (length: number): number => {
    if (length < 15) return length;
    for (;;) {
      const byte = block[at++] ?? 0;
      length += byte;
      if (byte !== 255) return length;
    }
  };
  while (at < block.length) {
    const token = block[at++] ?? 0;
    const literals = more(token >> 4);
    at += literals;
    total += literals;
    if (at >= block.length) break; // the last sequence has no match
    at += 2;
    total += more(token & 15) + 4;
  }
  return total;
}

const reach = 1 << 16;

function lastBytes(history: Uint8Array, piece: Uint8Array): Uint8Array {
  if (piece.length >= reach) return piece.subarray(piece.length - reach);
  return Buffer.concat([
    history.subarray(Math.max(0, history.length + piece.length - reach)),
    piece,
  ]);
}
