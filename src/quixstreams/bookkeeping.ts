// What windowed and timestamped stores note for themselves, a column family for each
// (quixstreams/state/rocksdb/windowed/metadata.py, windowed/transaction.py, timestamped.py):
//
//   key     prefix | 0x7C "|" | name       an empty prefix, of the whole partition, has no "|" but in
//                                          timestamped stores
//   value   an integer as JSON; __min_eligible_timestamps__ 8 bytes big-endian (JSON in 3.15)
//
//   column family                name
//   __latest-timestamps__        __latest_timestamp__            the newest event time of the key; of the
//                                                                partition where it closes windows by partition
//   __expiration-index__         __expired_start_gt__            the start of the last expired window of the key;
//                                                                of the partition: the end of the last expired
//                                                                window, or for sessions the earliest event time
//                                                                at which one may close (2^64 - 1: none is open)
//   __deletion-index__           __deleted_start_gt__            the start of the last deleted sliding window
//   __value-deletion-index__     __value_deleted_start_gt__      the id of the last deleted collected value
//   __min-eligible-timestamps__  __min_eligible_timestamps__     what is older is not kept
//   __global-counter__           __global_counter__              the last counter given

import { jsonInteger } from './jsonParts';
import { bigEndian } from './metadata';

export const latestTimestampsColumnFamily = '__latest-timestamps__';
export const minEligibleColumnFamily = '__min-eligible-timestamps__';

export type BookkeepingFact =
  | 'latestTimestamp'
  | 'expiredStart'
  | 'deletedStart'
  | 'deletedValueId'
  | 'minEligibleTimestamp'
  | 'counter';

/** An entry of one of these column families. */
export interface Bookkeeping {
  readonly fact: BookkeepingFact;
  /** The name in the key. */
  readonly name: string;
  /** Empty: of the partition, or of a message key that is empty. */
  readonly prefix: Uint8Array;
  /** undefined where the value is no integer. */
  readonly value: bigint | undefined;
}

const facts: Readonly<Record<string, readonly [fact: BookkeepingFact, name: string]>> = {
  [latestTimestampsColumnFamily]: ['latestTimestamp', '__latest_timestamp__'],
  '__expiration-index__': ['expiredStart', '__expired_start_gt__'],
  '__deletion-index__': ['deletedStart', '__deleted_start_gt__'],
  '__value-deletion-index__': ['deletedValueId', '__value_deleted_start_gt__'],
  [minEligibleColumnFamily]: ['minEligibleTimestamp', '__min_eligible_timestamps__'],
  '__global-counter__': ['counter', '__global_counter__'],
};

/** Reads an entry of a column family; undefined where it is none of these. */
export function decodeBookkeeping(
  columnFamily: string,
  key: Uint8Array,
  value: Uint8Array,
): Bookkeeping | undefined {
  const [fact, name] = facts[columnFamily] ?? [];
  if (fact === undefined || name === undefined) return undefined;
  const text = Buffer.from(key.buffer, key.byteOffset, key.length);
  if (!text.subarray(-name.length).equals(Buffer.from(name))) return undefined;
  const head = text.subarray(0, -name.length);
  if (head.length > 0 && head.at(-1) !== 0x7c) return undefined;
  const prefix = key.subarray(0, Math.max(0, head.length - 1));
  return { fact, name, prefix, value: integerOf(fact, value) };
}

/** The keys that a prefix may have in a column family of this kind, the usual one first. */
export function bookkeepingKeys(columnFamily: string, prefix: Uint8Array): Uint8Array[] {
  const name = Buffer.from(facts[columnFamily]?.[1] ?? '');
  const behindSeparator = Buffer.concat([prefix, Buffer.from('|'), name]);
  return prefix.length === 0 ? [name, behindSeparator] : [behindSeparator];
}

function integerOf(fact: BookkeepingFact, value: Uint8Array): bigint | undefined {
  // Eight digits, too, are eight bytes: as digits they would be of the morning of 1970.
  const asJson = jsonInteger(value);
  return fact === 'minEligibleTimestamp' ? (asJson ?? bigEndian(value)) : asJson;
}
