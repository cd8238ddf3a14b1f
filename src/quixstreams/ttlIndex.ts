import type { Database } from '../rocksdb/index';
import type { StateEntry } from './stateEntry';
import { decodeStamp, indexKey, ttlIndexColumnFamily } from './ttl';

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
