// What kind of store it is, told from its column families and, for count-based windows, from its
// entries (quixstreams/state/rocksdb/**, dataframe/windows/count_based.py). A name tells nothing: an
// app may give any.

import { isJson } from './json';
import { splitByBytes } from './keys';

/** `default`: state by message key. The others are recognised, and shown as raw keys and values. */
export type StoreKind = 'default' | 'windowed' | 'timestamped' | 'unknown';

const ofDefaultStores = /^(default|__metadata__|__ttl_\w+__)$/;
const ofWindows = new Set([
  '__latest-timestamps__',
  '__expiration-index__',
  '__deletion-index__',
  '__values__',
  '__value-deletion-index__',
]);
const ofJoins = new Set([
  '__min-eligible-timestamps__',
  '__lookup_buffer_index__',
  '__lookup_buffer_queue__',
]);

export function kindOfStore(columnFamilies: readonly string[]): StoreKind {
  // Every store of Quix Streams has __metadata__: without it, it is a RocksDB of somebody else's.
  if (!columnFamilies.includes('__metadata__')) return 'unknown';
  if (columnFamilies.some((name) => ofJoins.has(name))) return 'timestamped';
  if (columnFamilies.some((name) => ofWindows.has(name))) return 'windowed';
  return columnFamilies.every((name) => ofDefaultStores.test(name)) ? 'default' : 'unknown';
}

const windowsHead = Buffer.from('{"windows":[');

/**
 * Whether an entry is what a count-based window keeps for a message key: `prefix|"metadata"` and
 * `{"windows":[…]}`. Such stores have no column family of their own.
 */
export function isCountWindow(key: Uint8Array, value: Uint8Array): boolean {
  const stateKey = splitByBytes(key)?.stateKey;
  return (
    stateKey !== undefined &&
    Buffer.from(stateKey).equals(Buffer.from('"metadata"')) &&
    Buffer.from(value.subarray(0, windowsHead.length)).equals(windowsHead) &&
    isJson(value)
  );
}
