// The column family __metadata__ of every store, and __ttl_system__ of those with TTL
// (quixstreams/state/rocksdb/metadata.py, ttl_codec.py). All that are 8 bytes are big-endian integers.
//
//   __changelog_offset__           the changelog's offset at the last checkpoint
//   __topic_offset__               of the topic, the offset of the last message; before 3.11
//   __topic_latest_timestamp__     of windowed stores before 3.3, the newest event time, ms since epoch
//   __ttl_enabled__                01
//   __ttl_format_version__         of the stamps
//   __ttl_high_water_ms__          the newest event time seen, ms since epoch
//   __ttl_backfill_progress__      values stamped by a migration to TTL
//   __ttl_backfill_in_progress__   such a migration has begun
//   __ttl_adopt_pending__          stamps of 3.24 were taken over, as long as nothing confirms them: when, ms
//   __ttl_migration_done__         in __ttl_system__: all values are stamped; the format version

import type { StateValue } from './values';

export const metadataColumnFamily = '__metadata__';
export const ttlSystemColumnFamily = '__ttl_system__';
export const changelogOffsetKey = Buffer.from('__changelog_offset__');
export const topicLatestTimestampKey = Buffer.from('__topic_latest_timestamp__');
export const ttlEnabledKey = Buffer.from('__ttl_enabled__');
export const ttlHighWaterKey = Buffer.from('__ttl_high_water_ms__');
export const ttlInProgressKey = Buffer.from('__ttl_backfill_in_progress__');

/** What an entry says of its partition. */
export type PartitionFact =
  | 'changelogOffset'
  | 'topicOffset'
  | 'latestTimestamp'
  | 'ttlEnabled'
  | 'ttlFormatVersion'
  | 'ttlHighWater'
  | 'ttlBackfillProgress'
  | 'ttlBackfillInProgress'
  | 'ttlAdoptPending'
  | 'ttlMigrationDone';

const facts: ReadonlyMap<string, PartitionFact> = new Map<string, PartitionFact>([
  ['__changelog_offset__', 'changelogOffset'],
  ['__topic_offset__', 'topicOffset'],
  ['__topic_latest_timestamp__', 'latestTimestamp'],
  ['__ttl_enabled__', 'ttlEnabled'],
  ['__ttl_format_version__', 'ttlFormatVersion'],
  ['__ttl_high_water_ms__', 'ttlHighWater'],
  ['__ttl_backfill_progress__', 'ttlBackfillProgress'],
  ['__ttl_backfill_in_progress__', 'ttlBackfillInProgress'],
  ['__ttl_adopt_pending__', 'ttlAdoptPending'],
  ['__ttl_migration_done__', 'ttlMigrationDone'],
]);

/** What the entry of this key says; undefined for one that is not known. */
export function partitionFact(key: Uint8Array): PartitionFact | undefined {
  return facts.get(Buffer.from(key).toString('latin1'));
}

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
