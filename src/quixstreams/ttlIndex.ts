import type { Database } from '../rocksdb/index';
import type { StateEntry } from './stateEntry';
import {
  decodeIndexKey,
  decodeStamp,
  indexKey,
  ttlIndexColumnFamily,
  type TimeToLive,
} from './ttl';

/** Of more keys that expire at once, a list helps nobody. */
const mostExpired = 10_000;

/** The keys that expired by event time going on from `before` to `now`; undefined: too many to tell. */
export async function expiredBetween(
  database: Database,
  before: TimeToLive | undefined,
  now: TimeToLive | undefined,
  signal: AbortSignal | undefined,
): Promise<Uint8Array[] | undefined> {
  if (now?.highWaterMs === undefined || now.highWaterMs === before?.highWaterMs) return [];
  const range = {
    from: indexKey((before?.highWaterMs ?? -1n) + 1n),
    to: indexKey(now.highWaterMs + 1n),
  };
  const expired: Uint8Array[] = [];
  for await (const { key } of database.entries(ttlIndexColumnFamily, { ...range, signal })) {
    const indexed = decodeIndexKey(key);
    if (indexed) expired.push(indexed.rest);
    if (expired.length > mostExpired) return undefined;
  }
  return expired;
}

/**
 * Of entries of a store with TTL, those that value and index disagree on: values whose expiry the index
 * does not have, which are never swept, and entries of the index whose value is gone or expires at
 * another time, which the next sweep takes away. In the order of `entries`.
 */
export async function indexDisagreements(
  database: Database,
  entries: readonly StateEntry[],
): Promise<boolean[]> {
  const values = entries.filter(({ type, expiresAtMs }) => type === 'kv' && expiresAtMs);
  const inIndex = await database.getMany(
    ttlIndexColumnFamily,
    values.map(({ expiresAtMs, rawKey }) => indexKey(expiresAtMs ?? 0n, rawKey)),
  );
  const indexed = entries.filter(({ type }) => type === 'ttlIndex');
  const stored = await database.getMany(
    'default',
    indexed.map(({ key }) => ('bytes' in key ? key.bytes : new Uint8Array(0))),
  );
  const disagree = new Set<StateEntry>();
  for (const [i, entry] of values.entries()) if (inIndex[i] === undefined) disagree.add(entry);
  for (const [i, entry] of indexed.entries()) {
    const value = stored[i];
    const stamp = value && decodeStamp(value);
    if (stamp?.expiresAtMs !== entry.expiresAtMs) disagree.add(entry);
  }
  return entries.map((entry) => disagree.has(entry));
}
