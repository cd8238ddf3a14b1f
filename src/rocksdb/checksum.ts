// Checksums of log records and of blocks (util/crc32c.h, table/format.cc):
//
//   log record   CRC32C of type byte [+ log number] + payload, masked
//   block        kind | over
//   0 none       –
//   1 CRC32C     payload + type byte, masked
//   2 XXH32      payload + type byte
//   3 XXH64      payload + type byte, low 32 bits
//   4 XXH3       low 32 bits of XXH3(payload), xor type byte * 0x6b9083d9
//
//   mask(c) = rotate-right(c, 15) + 0xa282ead8, all mod 2^32

import {
  createCRC32,
  createXXHash3,
  createXXHash32,
  createXXHash64,
  type IHasher,
} from 'hash-wasm';

const low32 = (digest: Uint8Array): number => {
  const end = digest.length; // canonical digests are big-endian
  return (
    (((digest[end - 4] ?? 0) << 24) |
      ((digest[end - 3] ?? 0) << 16) |
      ((digest[end - 2] ?? 0) << 8) |
      (digest[end - 1] ?? 0)) >>>
    0
  );
};

const mask = (crc: number): number => (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;

/** The hash functions, ready to be called; made once a process of its own needs them. */
export class Checksums {
  private constructor(
    private readonly crc: IHasher,
    private readonly xxh32: IHasher,
    private readonly xxh64: IHasher,
    private readonly xxh3: IHasher,
  ) {}

  static async create(): Promise<Checksums> {
    return new Checksums(
      ...(await Promise.all([
        createCRC32(0x82f63b78),
        createXXHash32(0),
        createXXHash64(0, 0),
        createXXHash3(0, 0),
      ])),
    );
  }

  private hash(hasher: IHasher, bytes: Uint8Array): number {
    return low32(hasher.init().update(bytes).digest('binary'));
  }

  /** Masked CRC32C, as log records and CRC blocks store it. */
  maskedCrc32c(bytes: Uint8Array): number {
    return mask(this.hash(this.crc, bytes));
  }

  /**
   * What a block of `bytes` (payload and type byte) stores as its checksum, before the context of
   * format version 6 is added; undefined for a kind that is not known.
   */
  ofBlock(kind: number, bytes: Uint8Array): number | undefined {
    switch (kind) {
      case 1:
        return this.maskedCrc32c(bytes);
      case 2:
        return this.hash(this.xxh32, bytes);
      case 3:
        return this.hash(this.xxh64, bytes);
      case 4: {
        const last = bytes.length - 1;
        const type = bytes[last] ?? 0;
        return (this.hash(this.xxh3, bytes.subarray(0, last)) ^ Math.imul(type, 0x6b9083d9)) >>> 0;
      }
      default:
        return undefined;
    }
  }
}

/** Checksum kind 0: blocks carry no checksum. */
export const noChecksum = 0;

/**
 * What format version 6 adds to a block's checksum, so that a block at the wrong place is noticed:
 * base xor the two halves of the offset, 0 when the file has no base (table/format.h).
 */
export function contextModifier(base: number, offset: number): number {
  if (base === 0) return 0;
  const low = offset % 2 ** 32;
  const high = Math.floor(offset / 2 ** 32);
  return (base ^ ((low + high) >>> 0)) >>> 0;
}
