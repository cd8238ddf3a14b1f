import type { Database, Refreshed } from '../rocksdb/index';
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

/** `written`, and the keys that expired by event time going on from `before` to `now`. */
export async function withExpired(
  database: Database,
  written: ReadonlyMap<string, readonly Uint8Array[]>,
  before: TimeToLive | undefined,
  now: TimeToLive | undefined,
  signal?: AbortSignal,
): Promise<Refreshed['written']> {
  if (now?.highWaterMs === undefined || now.highWaterMs === before?.highWaterMs) return written;
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
  if (expired.length === 0) return written;
  return new Map(written).set('default', [...(written.get('default') ?? []), ...expired]);
}
