// A data block in a table: payload | type byte (compression) | fixed32 checksum.
//
//   0 stored, 1 snappy, 4 lz4 and 5 lz4hc: varint32 size | raw LZ4 block (util/compression.h)

import { maskCrc, noChecksum } from '../bytes/checksum';
import { CodingError, Cursor } from '../bytes/coding';
import { ChecksumMismatchError, UnknownChecksumError } from './blockErrors';
import { decodeBlock } from './blockEntries';
import { Crc32c } from './crc32c';
import type { DecodedBlock, Kernel } from './kernel';
import { decompressLz4 } from './lz4';
import { decompressSnappy } from './snappy';
import { xxhash3 } from './xxhash3';
import { xxhash32 } from './xxhash32';
import { xxhash64 } from './xxhash64';

/** Blocks are some KiB; the largest hold one value. RocksDB's own limit is 4 GiB. */
const largestBlock = 1 << 30;
const trailerSize = 5;
const shortestKey = 8;

/** The kernel in TypeScript: for blocks of any size, and where there is no WebAssembly. */
export class ScriptKernel implements Kernel {
  private crc: Crc32c | undefined;

  crc32c(bytes: Uint8Array): number {
    return (this.crc ??= new Crc32c()).of(bytes);
  }

  crc32cWithin(bytes: Uint8Array): (start: number, end: number) => number {
    return (start, end) => this.crc32c(bytes.subarray(start, end));
  }

  blockChecksum(kind: number, bytes: Uint8Array): number | undefined {
    switch (kind) {
      case 1:
        return maskCrc(this.crc32c(bytes));
      case 2:
        return xxhash32(bytes);
      case 3:
        return xxhash64(bytes);
      case 4: {
        const last = bytes.length - 1;
        return (xxhash3(bytes.subarray(0, last)) ^ Math.imul(bytes[last] ?? 0, 0x6b9083d9)) >>> 0;
      }
      default:
        return undefined;
    }
  }

  includes(bytes: Uint8Array, needle: Uint8Array): boolean {
    return bufferOf(bytes).includes(bufferOf(needle));
  }

  lz4(payload: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
    return decompressLz4(payload, size);
  }

  snappy(payload: Uint8Array, limit: number): Uint8Array<ArrayBuffer> {
    return decompressSnappy(payload, limit);
  }

  decodeBlock(contents: Uint8Array, shortest: number): DecodedBlock {
    return decodeBlock(contents, shortest);
  }

  /** One by one is no slower. */
  readDataBlocks(): undefined {
    return undefined;
  }

  readDataBlock(bytes: Uint8Array, kind: number, modifier: number): DecodedBlock | undefined {
    const size = bytes.length - trailerSize;
    if (size < 0) throw new CodingError('block without its trailer', 0);
    if (kind !== noChecksum) {
      const computed = this.blockChecksum(kind, bytes.subarray(0, size + 1));
      if (computed === undefined) throw new UnknownChecksumError(kind);
      const stored = new Cursor(bytes, size + 1).fixed32();
      if ((computed + modifier) >>> 0 !== stored) throw new ChecksumMismatchError();
    }
    const payload = bytes.subarray(0, size);
    switch (bytes[size]) {
      case 0:
        return decodeBlock(payload, shortestKey);
      case 1:
        return decodeBlock(decompressSnappy(payload, largestBlock), shortestKey);
      case 4:
      case 5: {
        const cursor = new Cursor(payload);
        const length = cursor.varint();
        // An empty block is never compressed.
        if (length === 0 || length > largestBlock) {
          throw new CodingError(`block of ${length} bytes`, 0);
        }
        return decodeBlock(decompressLz4(payload.subarray(cursor.position), length), shortestKey);
      }
      default:
        return undefined;
    }
  }
}

function bufferOf({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}
