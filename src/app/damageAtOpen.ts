import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { CorruptionError, openReadOnly, parseFileName } from '../rocksdb/index';

/** A MANIFEST that is not there is no corruption to RocksDB, so quixstreams takes it for a lock, tries again, and fails. */
export function isManifestMissing({ reason, file }: CorruptionError): boolean {
  return reason === 'missing' && parseFileName(path.basename(file))?.kind === 'manifest';
}

/**
 * The damage that RocksDB finds when it opens a store: of tables it reads all but the data then.
 * @throws `signal`'s reason
 */
export async function damageAtOpen(
  folder: string,
  signal: AbortSignal | undefined,
): Promise<CorruptionError | undefined> {
  try {
    const database = await openReadOnly(folder, { signal });
    try {
      await database.openTables(signal);
    } finally {
      await database.close();
    }
    return undefined;
  } catch (error) {
    signal?.throwIfAborted();
    return error instanceof CorruptionError ? error : undefined;
  }
}

/** Tables without a CURRENT: RocksDB makes a new store in their place. */
export async function damageAtRest(folder: string): Promise<CorruptionError | undefined> {
  const names = await readdir(folder).catch(() => []);
  return names.some((name) => parseFileName(name)?.kind === 'table')
    ? new CorruptionError(path.join(folder, 'CURRENT'), 'missing')
    : undefined;
}
