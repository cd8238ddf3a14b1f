// What kind of store it is, told from its column families and its entries (quixstreams/state/rocksdb/**,
// dataframe/windows/count_based.py). A name tells nothing: an app may give any.
//
//   default       __metadata__ and, with TTL, __ttl_*__            state by message key: keys.ts
//   windowed      one of __latest-timestamps__, __values__, …;     windowKind.ts tells which windows
//                 or, of windows by count, nothing but their
//                 entries
//   timestamped   __min-eligible-timestamps__                      joins: timestamped.ts
//   lookupBuffer  the same, with the buffer's index in default     lookupBuffer.ts
//   dictionary    no store of Quix Streams: the comparator is      dictionary.ts
//                 rocksdict's
//
// Quix Streams makes a family when it first writes to it; before 3.11, most when it opened the store.

import type { Database, Entry } from '../rocksdb/index';
import { latestTimestampsColumnFamily, minEligibleColumnFamily } from './bookkeeping';
import { isCountWindows } from './countWindows';
import { bufferIndexRange, decodeBufferIndex } from './lookupBuffer';
import { metadataColumnFamily } from './metadata';
import { windowKindOf, type WindowKind } from './windowKind';

/** The others' entries are understood as far as they fit; those of `unknown` are keys and bytes. */
export type StoreKind =
  'default' | 'windowed' | 'timestamped' | 'lookupBuffer' | 'dictionary' | 'unknown';

/** Entries that tell the windows of a store; fewer where they are large, so that a refresh stays short. */
const probedEntries = 64;
const probedBytes = 1 << 20;

const ofDefaultStores = /^(default|__metadata__|__ttl_\w+__)$/;
const ofWindows = new Set([
  latestTimestampsColumnFamily,
  '__expiration-index__',
  '__deletion-index__',
  '__values__',
  '__value-deletion-index__',
]);

/** What the column families alone tell, `comparator` being that of `default`. */
export function kindOfColumnFamilies(
  columnFamilies: readonly string[],
  comparator?: string,
): StoreKind {
  if (comparator === 'rocksdict') return 'dictionary';
  // Every store of Quix Streams has __metadata__: without it, it is a RocksDB of somebody else's.
  if (!columnFamilies.includes(metadataColumnFamily)) return 'unknown';
  if (columnFamilies.includes(minEligibleColumnFamily)) return 'timestamped';
  if (columnFamilies.some((name) => ofWindows.has(name))) return 'windowed';
  return columnFamilies.every((name) => ofDefaultStores.test(name)) ? 'default' : 'unknown';
}

/** The kind, and of windowed stores which windows they have, where that can be told. */
export interface KnownKind {
  readonly kind: StoreKind;
  readonly windows: WindowKind | undefined;
}

/** Reads as many entries as it takes. @throws as reading a database does */
export async function readKind(database: Database, signal?: AbortSignal): Promise<KnownKind> {
  const kind = kindOfColumnFamilies(database.columnFamilies, database.comparator('default'));
  const read = (limit: number, range = {}) => firstEntries(database, limit, { ...range, signal });
  switch (kind) {
    case 'windowed':
      return { kind, windows: windowKindOf(await read(probedEntries)) };
    case 'timestamped': {
      const [entry] = await read(1, bufferIndexRange);
      const isBuffer = entry && decodeBufferIndex(entry.key, entry.value);
      return { kind: isBuffer ? 'lookupBuffer' : kind, windows: undefined };
    }
    case 'default': {
      const entries = await read(1);
      const counts = entries.some(({ key, value }) => isCountWindows(key, value));
      if (counts && windowKindOf(await read(probedEntries)) === 'count') {
        return { kind: 'windowed', windows: 'count' };
      }
      return { kind, windows: undefined };
    }
    default:
      return { kind, windows: undefined };
  }
}

async function firstEntries(
  database: Database,
  limit: number,
  range: { from?: Uint8Array; to?: Uint8Array; signal?: AbortSignal | undefined },
): Promise<Entry[]> {
  const entries: Entry[] = [];
  const onDamage = () => undefined; // whoever reads all of it is told
  let bytes = 0;
  for await (const entry of database.entries('default', { ...range, onDamage })) {
    entries.push(entry);
    bytes += entry.value.length;
    if (entries.length === limit || bytes > probedBytes) break;
  }
  return entries;
}
