import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { Decompressor } from '../bytes/compression';
import { parseFileName } from '../filenames';
import { createKernel } from '../kernel/kernel';
import { withFileSet, type FileSet, type FollowOptions } from './fileSet';

/** What takes up a database's directory, in bytes of the files' lengths. */
export interface DatabaseUsage {
  /** Tables that the MANIFEST names. */
  readonly tables: number;
  /** Write-ahead logs with operations that no table has, also where they lie in another directory. */
  readonly logs: number;
  /** Tables, write-ahead logs and MANIFESTs that nothing counts on: left behind, or being made. */
  readonly unused: number;
  /** RocksDB's own log: LOG and the LOG.old of earlier starts. */
  readonly infoLogs: number;
  /** MANIFEST, CURRENT, OPTIONS and the like, and what RocksDB does not know. */
  readonly rest: number;
}

export const noUsage: DatabaseUsage = { tables: 0, logs: 0, unused: 0, infoLogs: 0, rest: 0 };

/** Nothing but the MANIFEST is read. */
const readAhead = 0;

/**
 * Tells what the RocksDB in `directory` takes up, and which of it counts. Takes no lock, writes nothing.
 * @throws as `inspectDatabase`
 */
export async function databaseUsage(
  directory: string,
  options: FollowOptions = {},
): Promise<DatabaseUsage> {
  const kernel = createKernel();
  const environment = { kernel, decompressor: new Decompressor(kernel), readAhead };
  return withFileSet(path.resolve(directory), environment, options, async (set) => {
    const usage: { -readonly [Kind in keyof DatabaseUsage]: number } = { ...noUsage };
    const kindOf = kinds(set);
    for (const name of set.names) {
      const stats = await lstat(path.join(set.directory, name)).catch(() => undefined);
      if (stats?.isFile()) usage[kindOf(name)] += stats.size;
    }
    if (set.logPlace.directory === set.directory) return usage;
    for (const { size, families } of set.logs) usage[families.length ? 'logs' : 'unused'] += size;
    return usage;
  });
}

/** Which part of the usage a name in the directory belongs to. */
function kinds(set: FileSet): (name: string) => keyof DatabaseUsage {
  const tables = new Set(set.tables.map(({ meta }) => meta.number));
  const logs = new Set(set.logs.filter((log) => log.families.length).map(({ number }) => number));
  return (name) => {
    if (/^LOG(?:\.old\.\d+)?$/.test(name)) return 'infoLogs';
    const file = parseFileName(name);
    switch (file?.kind) {
      case 'table':
        return tables.has(file.number) ? 'tables' : 'unused';
      case 'wal':
        return logs.has(file.number) ? 'logs' : 'unused';
      case 'manifest':
        return name === set.manifest.name ? 'rest' : 'unused';
      default:
        return 'rest';
    }
  };
}
