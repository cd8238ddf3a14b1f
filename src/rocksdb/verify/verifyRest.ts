import path from 'node:path';
import { RocksDBError } from '../errors';
import { ReadableFile } from '../file';
import { fileNumbers, parseFileName, walFileName } from '../filenames';
import type { SetLog, SetTable } from '../inspect/fileSet';
import { noOptions } from '../manifest/optionsFile';
import type { ColumnFamily } from '../manifest/version';
import type { TableEnvironment } from '../table/blockReader';
import { verifyLogs } from './verifyLogs';
import { verifyTable } from './verifyTable';
import type { Walk } from './walk';

/** Where no MANIFEST says more, all logs may count, and for this column family. */
const anyFamily: ColumnFamily = {
  id: 0,
  name: 'default',
  comparator: '',
  logNumber: 0,
  levels: [],
};
const anyKey = new Uint8Array(8);

/** Verifies, each for itself, the tables among `names` that are not `known`: what a MANIFEST no longer names. */
export async function verifyLooseTables(
  directory: string,
  names: readonly string[],
  known: ReadonlySet<number>,
  environment: TableEnvironment,
  walk: Walk,
): Promise<void> {
  for (const name of [...names].sort()) {
    const parsed = parseFileName(name);
    if (parsed?.kind !== 'table' || known.has(parsed.number)) continue;
    const at = path.join(directory, name);
    const file = await opened(at);
    if (!file) continue;
    try {
      const { size } = await file.stat();
      const meta = {
        number: parsed.number,
        level: 0,
        size,
        smallest: anyKey,
        largest: anyKey,
        smallestSequence: 0,
        largestSequence: 0,
        epoch: 0,
        pathId: 0,
      };
      walk.expect(size);
      const table: SetTable = { family: anyFamily, meta, path: at, file, error: undefined };
      await verifyTable(table, environment, 'refuses', walk, false);
    } finally {
      await file.close();
    }
  }
}

/** Verifies the write-ahead logs among `names`, of which no MANIFEST says where they belong. */
export async function verifyLooseLogs(
  directory: string,
  names: readonly string[],
  environment: TableEnvironment,
  walk: Walk,
): Promise<void> {
  const logs: SetLog[] = [];
  try {
    for (const number of fileNumbers(names, 'wal')) {
      const file = await opened(path.join(directory, walFileName(number)));
      if (!file) continue;
      const { size, modifiedMs } = await file.stat();
      walk.expect(size);
      logs.push({ number, file, size, modifiedMs, families: [anyFamily] });
    }
    const logPlace = { directory, names, warning: undefined };
    const files = { families: [anyFamily], logs, logPlace, options: noOptions };
    const unknown = { lastSequence: Infinity, trackedLogs: new Map() };
    await verifyLogs({ ...files, ...unknown }, environment.kernel, walk);
  } finally {
    await Promise.all(logs.map(({ file }) => file.close()));
  }
}

/** undefined where the file is gone meanwhile, or is none. */
async function opened(file: string): Promise<ReadableFile | undefined> {
  try {
    return await ReadableFile.open(file);
  } catch (error) {
    if (error instanceof RocksDBError) return undefined;
    throw error;
  }
}
