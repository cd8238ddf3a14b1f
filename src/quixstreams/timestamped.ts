// Values by message key and time, of joins and of lookup buffers
// (quixstreams/state/rocksdb/timestamped.py, dataframe/joins/**):
//
//   prefix|timestamp|counter → value     keys as in integerPairKeys.ts; timestamp in ms since epoch. The
//                                        counter counts over the whole partition where all values of a
//                                        timestamp are kept, else it is 0 and the last one counts.
//
// What is older than the key's minimum (bookkeeping.ts) is deleted when the key is written to. Until 3.28.1 the
// minimum is written, but read from another family, so that each transaction begins with none.
// Which side of a join the store has, is only in the code.

import { compareBytes } from '../rocksdb/index';
import { bookkeepingKeys, decodeBookkeeping, minEligibleColumnFamily } from './bookkeeping';
import { pairRanges, splitPair } from './integerPairKeys';
import { decodeEnvelope, type Envelope } from './lookupBuffer';
import { PairMessageKeys } from './pairMessageKeys';
import type { StoreReader } from './storeReader';
import { decodeValue, type StateValue } from './values';
import type { KeyPage } from './walk';

export interface TimestampedEntry {
  readonly rawKey: Uint8Array;
  /** ms since epoch; in a lookup buffer, when the record came in. */
  readonly timestamp: bigint;
  readonly counter: bigint;
  /** Which one it is among those of this timestamp, from 1; undefined behind 10,000 of them. */
  readonly nth: number | undefined;
  readonly value: StateValue;
  /** Whether it is still joined: not older than the key's minimum, if it has one. */
  readonly eligible: boolean;
  /** Of lookup buffers: the record that waits; undefined where the value is none. */
  readonly record: Envelope | undefined;
}

/** Values of one timestamp that are counted to know which one a page begins with. */
const mostCounted = 10_000;

/** The entries of a message key by time; a page may be shorter than `limit` though more follow. */
export async function timestampedPage(
  reader: StoreReader,
  isBuffer: boolean,
  prefix: Uint8Array,
  { from, limit }: { readonly from: Uint8Array | undefined; readonly limit: number },
): Promise<KeyPage<TimestampedEntry>> {
  const keys = new PairMessageKeys(reader.scan('default'), splitPair);
  const { items, next } = await keys.entriesOf(prefix, from, limit);
  const minimum = await minEligible(reader, prefix);
  const entries: TimestampedEntry[] = [];
  for (const { entry, pair } of items) {
    const { first: timestamp, second: counter } = pair;
    const before = entries.at(-1);
    const nth =
      before?.timestamp !== timestamp
        ? before
          ? 1
          : await nthOf(keys, prefix, timestamp, entry.key)
        : before.nth === undefined
          ? undefined
          : before.nth + 1;
    entries.push({
      rawKey: entry.key,
      timestamp,
      counter,
      nth,
      value: decodeValue(entry.value),
      eligible: timestamp >= minimum,
      record: isBuffer ? decodeEnvelope(entry.value) : undefined,
    });
  }
  return { items: entries, next };
}

async function nthOf(
  keys: PairMessageKeys,
  prefix: Uint8Array,
  timestamp: bigint,
  key: Uint8Array,
): Promise<number | undefined> {
  const range = pairRanges(prefix, timestamp).find(({ to }) => compareBytes(key, to) < 0);
  if (!range) return undefined;
  const { items, next } = await keys.entriesBetween(prefix, range.from, key, mostCounted);
  return next ? undefined : items.length + 1;
}

async function minEligible(reader: StoreReader, prefix: Uint8Array): Promise<bigint> {
  for (const key of bookkeepingKeys(minEligibleColumnFamily, prefix)) {
    const value = await reader.get(minEligibleColumnFamily, key);
    const noted = value && decodeBookkeeping(minEligibleColumnFamily, key, value)?.value;
    if (noted !== undefined) return noted;
  }
  return 0n;
}
