// Checksums of log records and of blocks (util/crc32c.h, table/format.cc). A kernel computes them:
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

/** A CRC32C as log records and CRC blocks store it. */
export const maskCrc = (crc: number): number => (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;

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
