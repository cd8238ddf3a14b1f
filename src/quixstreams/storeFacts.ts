import type { Database } from '../rocksdb/index';
import {
  bigEndian,
  changelogOffsetKey,
  metadataColumnFamily,
  topicLatestTimestampKey,
  ttlEnabledKey,
  ttlHighWaterKey,
} from './metadata';
import { readKind, type KnownKind } from './storeKind';
import type { TimeToLive } from './ttl';
import { readMigration, type TtlMigration } from './ttlMigration';

/** What a store's partition says of itself. */
export interface StoreFacts extends KnownKind {
  /** undefined with the changelog off. */
  readonly changelogOffset: bigint | undefined;
  /** undefined in stores without TTL. */
  readonly ttl: TimeToLive | undefined;
  /** undefined where no values were there before TTL. */
  readonly migration: TtlMigration | undefined;
  /** Of windowed stores of quixstreams before 3.3: the newest event time, ms since epoch. */
  readonly latestTimestamp: bigint | undefined;
}

/** @throws as reading a database does */
export async function readFacts(database: Database, signal?: AbortSignal): Promise<StoreFacts> {
  const read = (key: Uint8Array) => database.get(metadataColumnFamily, key);
  const changelogOffset = bigEndian(await read(changelogOffsetKey));
  const known = await readKind(database, signal);
  const facts = { ...known, changelogOffset };
  const none = { ttl: undefined, migration: undefined, latestTimestamp: undefined };
  if (known.kind === 'windowed') {
    return { ...facts, ...none, latestTimestamp: bigEndian(await read(topicLatestTimestampKey)) };
  }
  if (known.kind !== 'default') return { ...facts, ...none };
  const enabled = await read(ttlEnabledKey); // an empty value counts as none, as for the app
  const hasTtl = enabled !== undefined && enabled.length > 0;
  const ttl = hasTtl ? { highWaterMs: bigEndian(await read(ttlHighWaterKey)) } : undefined;
  return { ...facts, ...none, ttl, migration: await readMigration(database, signal) };
}
