import type { Entry } from '../rocksdb/index';
import type { Scan } from './walk';

/** What a store is for those who understand it. */
export interface StoreReader {
  /** Entries of a column family in key order, past blocks that cannot be read. */
  scan(columnFamily: string): Scan;
  /** @throws CorruptionError */
  get(columnFamily: string, key: Uint8Array): Promise<Uint8Array | undefined>;
}

/** Reads on without what stands in `ranges`, which are in key order. */
export function without(
  ranges: readonly { readonly from: Uint8Array; readonly to: Uint8Array }[],
  scan: Scan,
): Scan {
  return async function* (from: Uint8Array, to?: Uint8Array): AsyncGenerator<Entry> {
    let start = from;
    for (const range of ranges) {
      if (Buffer.compare(start, range.from) < 0) {
        const before = !to || Buffer.compare(range.from, to) < 0 ? range.from : to;
        yield* scan(start, before);
      }
      if (Buffer.compare(start, range.to) < 0) start = range.to;
    }
    if (!to || Buffer.compare(start, to) < 0) yield* scan(start, to);
  };
}
