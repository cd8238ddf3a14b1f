// Which windows a windowed store has, as far as their keys and values tell
// (quixstreams/dataframe/windows/time_based.py, sliding.py, session.py, base.py `get_window_ranges`):
//
//   count      prefix|"metadata" in place of windows: see countWindows.ts
//   sliding    the value is [newest timestamp in it, value], between start and end, both inclusive; where it
//              is the end, a window [timestamp - length, timestamp] was made for that message. Every key keeps
//              the one of its newest message. No other window has a timestamp at its end.
//   session    its end is the last timestamp + 1, so their lengths differ
//   hopping    of one length, and overlapping
//   tumbling   of one length, each starting at a multiple of it

import { jsonElements, jsonInteger } from './jsonParts';
import { compareBytes, type Entry } from '../rocksdb/index';
import { isCountWindows } from './countWindows';
import { splitPair, type PairKey } from './integerPairKeys';

export type WindowKind = 'tumbling' | 'hopping' | 'sliding' | 'session' | 'count';

/** A key of a window; undefined for all others. */
export function splitWindow(key: Uint8Array): PairKey | undefined {
  const pair = splitPair(key);
  return pair && pair.first < pair.second ? pair : undefined;
}

/** What the value of a sliding window has. */
export interface SlidingValue {
  /** The newest timestamp in the window, ms since epoch. */
  readonly newest: bigint;
  /** What is aggregated, as stored. */
  readonly aggregated: Uint8Array;
}

/** Takes a sliding window's value apart; undefined where it is none. */
export function slidingValue(
  { first: start, second: end }: PairKey,
  value: Uint8Array,
): SlidingValue | undefined {
  if (value[0] !== 0x5b) return undefined;
  const [timestamp, aggregated, ...more] = jsonElements(value) ?? [];
  const newest = jsonInteger(timestamp);
  if (newest === undefined || !aggregated || more.length > 0) return undefined;
  return newest >= start && newest <= end ? { newest, aggregated } : undefined;
}

/** Tells the kind from entries of `default` in key order; undefined where they do not. */
export function windowKindOf(entries: readonly Entry[]): WindowKind | undefined {
  if (entries.length === 0) return undefined;
  if (entries.every(({ key, value }) => isCountWindows(key, value))) return 'count';
  const windows = entries.map(({ key, value }) => ({ pair: splitWindow(key), value }));
  const pairs: PairKey[] = [];
  for (const { pair } of windows) {
    if (!pair) return undefined;
    pairs.push(pair);
  }
  if (isSliding(pairs, entries)) return 'sliding';
  const [length, ...others] = new Set(pairs.map(lengthOf));
  if (length === undefined) return undefined;
  if (others.length > 0) return 'session';
  if (pairs.some((pair, index) => overlap(pairs[index - 1], pair))) return 'hopping';
  // Of length 1 sessions are, too; at 0 all windows may begin.
  const aligned = pairs.every(({ first }) => first % length === 0n);
  return aligned && length > 1n && pairs.some(({ first }) => first > 0n) ? 'tumbling' : undefined;
}

const lengthOf = ({ first, second }: PairKey) => second - first;

function isSliding(pairs: readonly PairKey[], entries: readonly Entry[]): boolean {
  const values = pairs.map((pair, index) => {
    const { value } = entries[index] ?? {};
    return value && slidingValue(pair, value);
  });
  const ends = values.some((value, index) => value?.newest === pairs[index]?.second);
  return ends && values.every((value) => value !== undefined);
}

/** Windows of one message key that have time in common. */
function overlap(before: PairKey | undefined, { prefix, first }: PairKey): boolean {
  if (!before || compareBytes(before.prefix, prefix) !== 0) return false;
  return first > before.first && first < before.second;
}
