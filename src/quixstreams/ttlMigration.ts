// Stamping the values of a store that had no TTL before (quixstreams/state/rocksdb/partition.py,
// `backfill_legacy_records`, `complete_recovery`; metadata.py), by chunks; each may be the last one
// before a crash:
//
//   __metadata__               __ttl_backfill_in_progress__   stamping has begun
//                              __ttl_backfill_progress__      8 bytes big-endian: how many are stamped
//   __ttl_backfill_stamped__   key: one that is stamped by now, or was left as it is; in no order of time
//   __ttl_backfill_pending__   key: one that is not stamped yet, of stores restored from the changelog
//   __ttl_system__             __ttl_migration_done__: all is stamped
//   __ttl_adopt_backup__       key: one whose value was taken for stamped; value: the value before
//
// What is stamped first may come long before __ttl_enabled__ is set, and that long before the last one is.

import type { Database } from '../rocksdb/index';
import { metadataColumnFamily, ttlInProgressKey, ttlSystemColumnFamily } from './metadata';

const stampedColumnFamily = '__ttl_backfill_stamped__';
const pendingColumnFamily = '__ttl_backfill_pending__';
const doneKey = Buffer.from('__ttl_migration_done__');

export type TtlMigration = 'done' | 'unfinished';

/** How far a store's migration to TTL is; undefined where there is and was none. */
export async function readMigration(
  database: Database,
  signal?: AbortSignal,
): Promise<TtlMigration | undefined> {
  if ((await database.get(ttlSystemColumnFamily, doneKey)) !== undefined) return 'done';
  const begun = (await database.get(metadataColumnFamily, ttlInProgressKey)) !== undefined;
  if (begun || (await hasKeys(database, stampedColumnFamily, signal))) return 'unfinished';
  return (await hasKeys(database, pendingColumnFamily, signal)) ? 'unfinished' : undefined;
}

/**
 * Whether a value may have a stamp in a store whose migration is not finished: in one that has TTL,
 * unless it is known to have none yet; in one that has not, only if it is known to have one.
 */
export async function mayBeStamped(
  database: Database,
  key: Uint8Array,
  enabled: boolean,
): Promise<boolean> {
  const family = enabled ? pendingColumnFamily : stampedColumnFamily;
  const listed = (await database.get(family, key)) !== undefined;
  return enabled ? !listed : listed;
}

async function hasKeys(
  database: Database,
  columnFamily: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const onDamage = () => undefined; // whoever reads all of it is told
  for await (const entry of database.entries(columnFamily, { signal, onDamage })) {
    return entry.key.length >= 0;
  }
  return false;
}
