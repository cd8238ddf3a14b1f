// A block's payload by its type byte (util/compression.h):
//
//                  format version 2 and newer      before
//   0 stored       as it is                        the same
//   1 snappy       raw snappy, with its own length the same
//   2 zlib         varint32 size | raw deflate     raw deflate
//   3 bz2          varint32 size | bz2 stream      bz2 stream
//   4 lz4, 5 lz4hc varint32 size | raw LZ4 block   fixed64 size | raw LZ4 block
//   6 xpress       Windows only
//   7 zstd         varint32 size | zstd frame      the same
//   64             7, before zstd's format was final; the same
//
// A table may have a dictionary, which zlib, LZ4 and zstd take as text before that of each data block.

import type { Kernel } from '../kernel/kernel';
import { decompressBz2 } from './bz2';
import { ZstdDecoder } from '../zstd/zstdDecoder';
import { CodingError, Cursor } from './coding';
import { decompressLz4WithDictionary } from './lz4Dictionary';

/** Blocks are some KiB; the largest hold one value. RocksDB's own limit is 4 GiB. */
const largestBlock = 1 << 30;

const snappy = 1;
const deflate = 2;
const bz2 = 3;
const lz4 = 4;
const lz4hc = 5;
const zstd = 7;
const zstdNotFinal = 64;
const known = new Set([0, snappy, deflate, bz2, lz4, lz4hc, zstd, zstdNotFinal]);

/** The name of a compression that cannot be read; undefined for those that can. */
export function unsupportedCompression(type: number): string | undefined {
  if (known.has(type)) return undefined;
  return type === 6 ? 'xpress' : `compression type ${type}`;
}

/** What the blocks of a table have in common. */
export interface PayloadCoding {
  readonly formatVersion: number;
  /** What data blocks were compressed with; other blocks are read right with it, too. */
  readonly dictionary: Uint8Array | undefined;
}

/** Made at the first block of zstd. */
class LazyZstd {
  private decoder: ZstdDecoder | undefined;

  get(): ZstdDecoder {
    return (this.decoder ??= new ZstdDecoder());
  }
}

/** Decompresses blocks. */
export class Decompressor {
  constructor(
    private readonly kernel: Kernel,
    private readonly coding: PayloadCoding = { formatVersion: 2, dictionary: undefined },
    private readonly zstd = new LazyZstd(),
  ) {}

  /** One that decompresses the blocks of a table of another coding. */
  with(coding: PayloadCoding): Decompressor {
    return new Decompressor(this.kernel, coding, this.zstd);
  }

  /** Whether blocks are coded as by default: nothing precedes their text, sizes are varints. */
  get plain(): boolean {
    return this.coding.formatVersion >= 2 && !this.coding.dictionary;
  }

  /**
   * The contents of a block whose type byte is `type` and which `unsupportedCompression` lets pass.
   * @throws CodingError when the payload does not give the size that it declares
   */
  decompress(type: number, payload: Uint8Array): Uint8Array {
    if (type === 0) return payload;
    if (type === snappy) return this.kernel.snappy(payload, largestBlock);
    const { dictionary } = this.coding;
    const cursor = new Cursor(payload);
    const size = this.declaredSize(type, cursor);
    // An empty block is never compressed, and to zstd's decoder 0 would mean: as the frame says.
    if (size === 0 || (size ?? 0) > largestBlock)
      throw new CodingError(`block of ${size} bytes`, 0);
    const body = payload.subarray(cursor.position);
    const limit = size ?? largestBlock;
    if (type === lz4 || type === lz4hc) {
      if (!dictionary) return this.kernel.lz4(body, limit);
      return decompressLz4WithDictionary(body, limit, dictionary);
    }
    if (type === bz2) return ofSize(decompressBz2(body, limit), size);
    if (type !== deflate) return this.zstd.get().decompress(body, limit, dictionary);
    return ofSize(inflate(body, limit, dictionary), size);
  }

  /** Bytes that a compressed block gives; undefined where it does not say. */
  private declaredSize(type: number, cursor: Cursor): number | undefined {
    if (this.coding.formatVersion >= 2 || type === zstd || type === zstdNotFinal) {
      return cursor.varint();
    }
    if (type !== lz4 && type !== lz4hc) return undefined;
    return Number(cursor.fixed64());
  }
}

function inflate(body: Uint8Array, limit: number, dictionary: Uint8Array | undefined): Uint8Array {
  try {
    // Loaded here: it loads streams, which costs a new process a ms or two.
    const zlib = process.getBuiltinModule('node:zlib');
    return zlib.inflateRawSync(body, { maxOutputLength: limit, dictionary });
  } catch (error) {
    throw new CodingError(`cannot be decompressed: ${(error as Error).message}`, 0);
  }
}

function ofSize(result: Uint8Array, size: number | undefined): Uint8Array {
  if (size !== undefined && result.length !== size) {
    throw new CodingError(`gave ${result.length} of ${size} bytes`, 0);
  }
  return result;
}
