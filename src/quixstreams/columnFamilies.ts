// What kind of store it is, told from its column families (quixstreams/state/rocksdb/**). A name
// tells nothing: an app may give any.

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
