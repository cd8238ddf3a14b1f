import zlib from 'node:zlib';
import { CodingError, ZstdDecoder, zstdBound } from '../../rocksdb/index';
import { FormatError } from './formatError';
import { decompressLz4Frame, isLz4Frame } from './lz4Frame';
import type { Compression } from './valueFormat';

/** More is not decompressed: a value is shown, and a few KB can be compressed out of any size. */
const mostBytes = 16 << 20;
/** What is inside of more is no longer a value of anybody. */
const deepest = 4;

const magics: Record<Compression, (bytes: Uint8Array) => boolean> = {
  gzip: (bytes) => bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8,
  zstd: (bytes) => bytes[0] === 0x28 && bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd,
  lz4: isLz4Frame,
};

let zstd: ZstdDecoder | undefined;

const decompressors: Record<Compression, (bytes: Uint8Array) => Uint8Array> = {
  gzip: gunzip,
  zstd(bytes) {
    const bound = zstdBound(bytes);
    return (zstd ??= new ZstdDecoder()).decompressUpTo(bytes, Math.min(bound, mostBytes));
  },
  lz4: (bytes) => decompressLz4Frame(bytes, mostBytes),
};

/** What is inside of compressions, and which they are, from outside in. */
export interface Decompressed {
  readonly bytes: Uint8Array;
  readonly within: readonly Compression[];
}

/**
 * Takes off gzip, zstd and lz4 as long as the bytes begin as these do and are whole to the last one; up to four of them.
 * What cannot be decompressed, or comes to more than 16 MB, stays as it is.
 */
export function decompress(bytes: Uint8Array): Decompressed {
  const within: Compression[] = [];
  while (within.length < deepest) {
    const compression = (['gzip', 'zstd', 'lz4'] as const).find((name) => magics[name](bytes));
    if (!compression) break;
    try {
      bytes = decompressors[compression](bytes);
    } catch (error) {
      if (error instanceof FormatError || error instanceof CodingError) break;
      throw error;
    }
    within.push(compression);
  }
  return { bytes, within };
}

function gunzip(bytes: Uint8Array): Uint8Array {
  // zlib passes over what stands behind the end; `info` tells how far it read.
  const options = { maxOutputLength: mostBytes, info: true };
  let result: unknown;
  try {
    result = zlib.gunzipSync(bytes, options);
  } catch (error) {
    throw new FormatError('mismatch', 'cannot be decompressed', undefined, { cause: error });
  }
  const { buffer, engine } = result as { buffer: Buffer; engine: { bytesWritten: number } };
  if (engine.bytesWritten !== bytes.length) {
    throw new FormatError('mismatch', 'bytes behind gzip', engine.bytesWritten);
  }
  return buffer;
}
