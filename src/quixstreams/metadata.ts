// The column family __metadata__ of every store, and __ttl_system__ of those with TTL
// (quixstreams/state/rocksdb/metadata.py, ttl_codec.py):
//
//   __changelog_offset__       8 bytes big-endian: the changelog's offset at the last checkpoint
//   __topic_offset__           the same, of stores of quixstreams before 2.6
//   __ttl_enabled__            01
//   __ttl_high_water_ms__      8 bytes big-endian: the newest event time seen, ms since epoch
//
// and more; all that are 8 bytes are big-endian integers.

import type { StateValue } from './values';

export const metadataColumnFamily = '__metadata__';
export const changelogOffsetKey = Buffer.from('__changelog_offset__');
export const ttlEnabledKey = Buffer.from('__ttl_enabled__');
export const ttlHighWaterKey = Buffer.from('__ttl_high_water_ms__');

/** An 8-byte big-endian integer; undefined for every other length. */
export function bigEndian(bytes: Uint8Array | undefined): bigint | undefined {
  if (bytes?.length !== 8) return undefined;
  return Buffer.from(bytes.buffer, bytes.byteOffset, 8).readBigUInt64BE();
}

/** A metadata value: 8-byte integers as their decimal digits (JSON), else bytes. */
export function metadataValue(bytes: Uint8Array): StateValue {
  const number = bigEndian(bytes);
  if (number === undefined) return { bytes, format: 'bytes' };
  return { bytes: Buffer.from(number.toString()), format: 'json' };
}
