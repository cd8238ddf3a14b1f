// A block's payload by its type byte (util/compression.h), format version 2 and newer:
//
//   0 stored       as it is
//   1 snappy       raw snappy, which carries its own length
//   2 zlib         varint32 size | raw deflate
//   3 bz2          varint32 size | bz2 stream
//   4 lz4, 5 lz4hc varint32 size | raw LZ4 block
//   6 xpress       Windows only
//   7 zstd         varint32 size | zstd frame

import zlib from 'node:zlib';
import { CodingError, Cursor } from './coding';
import { decompressLz4 } from './lz4';
import { decompressSnappy } from './snappy';

/** Blocks are some KiB; the largest hold one value. RocksDB's own limit is 4 GiB. */
const largestBlock = 1 << 30;

const unsupported = new Map([
  [3, 'bz2'],
  [6, 'xpress'],
]);

/** The name of a compression that cannot be read; undefined for those that can. */
export function unsupportedCompression(type: number): string | undefined {
  if (type <= 7) return unsupported.get(type);
  return `compression type ${type}`;
}

type Decompress = (payload: Uint8Array, size: number) => Uint8Array;

// zstd is in Node from 22.15 on; 20 lacks it.
const nativeZstd = (
  zlib as { zstdDecompressSync?: (bytes: Uint8Array, options: object) => Uint8Array }
).zstdDecompressSync;

async function createZstd(): Promise<Decompress> {
  if (nativeZstd) return (payload, size) => nativeZstd(payload, { maxOutputLength: size });
  const { ZSTDDecoder } = await import('zstddec');
  const decoder = new ZSTDDecoder();
  await decoder.init();
  return (payload, size) => decoder.decode(payload, size);
}

/** Decompresses blocks; zstd's WebAssembly is loaded at the first block that needs it. */
export class Decompressor {
  private zstd: Promise<Decompress> | undefined;

  /**
   * The contents of a block whose type byte is `type` and which `unsupportedCompression` lets pass.
   * @throws CodingError when the payload does not give the size that it declares
   */
  async decompress(type: number, payload: Uint8Array): Promise<Uint8Array> {
    if (type === 0) return payload;
    if (type === 1) return decompressSnappy(payload, largestBlock);
    const cursor = new Cursor(payload);
    const size = cursor.varint();
    // An empty block is never compressed, and to zstd's decoder 0 would mean: as the frame says.
    if (size === 0 || size > largestBlock) throw new CodingError(`block of ${size} bytes`, 0);
    const body = payload.subarray(cursor.position);
    if (type === 4 || type === 5) return decompressLz4(body, size);
    const inflate =
      type === 2
        ? (bytes: Uint8Array) => zlib.inflateRawSync(bytes, { maxOutputLength: size })
        : await (this.zstd ??= createZstd());
    let result: Uint8Array;
    try {
      result = inflate(body, size);
    } catch (error) {
      throw new CodingError(`cannot be decompressed: ${(error as Error).message}`, 0);
    }
    if (result.length !== size) {
      throw new CodingError(`gave ${result.length} of ${size} bytes`, 0);
    }
    return result;
  }
}
