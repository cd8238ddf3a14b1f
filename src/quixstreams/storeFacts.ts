import type { Database } from '../rocksdb/index';
import { isCountWindow, kindOfStore, type StoreKind } from './columnFamilies';
import {
  bigEndian,
  changelogOffsetKey,
  metadataColumnFamily,
  ttlEnabledKey,
  ttlHighWaterKey,
} from './metadata';
import type { TimeToLive } from './ttl';

/** What a store's partition says of itself. */
export interface StoreFacts {
  readonly kind: StoreKind;
  /** undefined with the changelog off. */
  readonly changelogOffset: bigint | undefined;
  /** undefined in stores without TTL. */
  readonly ttl: TimeToLive | undefined;
}

/** Entries that all have to be those of count-based windows for a store to be one. */
const probedEntries = 8;

/** @throws as reading a database does */
export async function readFacts(database: Database, signal?: AbortSignal): Promise<StoreFacts> {
  const read = (key: Uint8Array) => database.get(metadataColumnFamily, key);
  const changelogOffset = bigEndian(await read(changelogOffsetKey));
  const kind = kindOfStore(database.columnFamilies);
  if (kind !== 'default') return { kind, changelogOffset, ttl: undefined };
  const enabled = await read(ttlEnabledKey); // an empty value counts as none, as for the app
  if (enabled && enabled.length > 0) {
    const ttl = { highWaterMs: bigEndian(await read(ttlHighWaterKey)) };
    return { kind, changelogOffset, ttl };
  }
  const counts = await holdsCountWindows(database, signal);
  return { kind: counts ? 'windowed' : 'default', changelogOffset, ttl: undefined };
}

async function holdsCountWindows(database: Database, signal?: AbortSignal): Promise<boolean> {
  let read = 0;
  for await (const { key, value } of database.entries('default', { signal })) {
    if (!isCountWindow(key, value)) return false;
    if (++read === probedEntries) break;
  }
  return read > 0;
}
