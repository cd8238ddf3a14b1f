import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { Decompressor } from '../bytes/compression';
import { RocksDBError } from '../errors';
import { parseFileName } from '../filenames';
import { createKernel } from '../kernel/kernel';
import { userKeyOf } from '../manifest/version';
import { placeOf } from '../table/table';
import type { TableEnvironment } from '../table/blockReader';
import { withFileSet, type FileSet, type FollowOptions, type SetTable } from './fileSet';
import { databaseOptions, familyOptions, type Options } from './importantOptions';
import { readTableFacts, type TableFacts } from './tableFacts';

/** A file of a database. */
export interface InspectedFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

export interface InspectedTable extends InspectedFile {
  readonly number: number;
  readonly columnFamily: string;
  readonly level: number;
  /** User keys; nothing lies outside of them. */
  readonly smallest: Uint8Array;
  readonly largest: Uint8Array;
  readonly smallestSequence: number;
  readonly largestSequence: number;
  /** undefined where the table cannot be read: `error` says why. */
  readonly facts: TableFacts | undefined;
  readonly error: RocksDBError | undefined;
}

export interface InspectedLog extends InspectedFile {
  readonly number: number;
  /** Column families whose newest operations are only here; none: RocksDB deletes it at its next open. */
  readonly keptBy: readonly string[];
  /** Last write, ms since epoch. */
  readonly modifiedMs: number;
}

export interface InspectedFamily {
  readonly id: number;
  readonly name: string;
  readonly comparator: string;
  /** The first write-ahead log that counts for it. */
  readonly logNumber: number;
  readonly tables: number;
  /** Bytes of its tables. */
  readonly tableBytes: number;
  /** Operations in its tables that could be read. */
  readonly entries: number;
  readonly options: Options;
}

/** What the files of a database are, without its entries. */
export interface Inspection {
  readonly directory: string;
  /** The RocksDB that wrote the newest OPTIONS. */
  readonly rocksdbVersion: string | undefined;
  readonly manifest: InspectedFile;
  readonly lastSequence: number;
  readonly optionsFile: string | undefined;
  readonly options: Options;
  readonly columnFamilies: readonly InspectedFamily[];
  /** By column family and level, within a level as RocksDB looks through them. */
  readonly tables: readonly InspectedTable[];
  readonly walDirectory: string;
  readonly logs: readonly InspectedLog[];
  /** Everything else in the directory. */
  readonly otherFiles: readonly InspectedFile[];
  /** Bytes of all files. */
  readonly bytes: number;
  /** What could not be read or followed, of the MANIFEST and the place of the logs. */
  readonly problems: readonly RocksDBError[];
}

/** Of a table only its end is read. */
const readAheadBytes = 16 << 10;

/**
 * Tells the files of the RocksDB in `directory`: levels, tables, write-ahead logs and who keeps them,
 * column families, options, versions. Reads no entries, takes no lock, writes nothing.
 * @throws NotADatabaseError, CorruptionError of CURRENT, FileGoneError, AccessError, `signal`'s reason
 */
export async function inspectDatabase(
  directory: string,
  options: FollowOptions = {},
): Promise<Inspection> {
  const kernel = createKernel();
  const environment = { kernel, decompressor: new Decompressor(kernel), readAhead: readAheadBytes };
  return withFileSet(path.resolve(directory), environment, options, async (set) => {
    const tables: InspectedTable[] = [];
    for (const table of set.tables) {
      options.signal?.throwIfAborted();
      tables.push(await inspectTable(table, environment));
    }
    return inspection(set, tables, await otherFiles(set));
  });
}

async function inspectTable(
  { family, meta, path: at, file, error }: SetTable,
  environment: TableEnvironment,
): Promise<InspectedTable> {
  const table = {
    name: path.basename(at),
    size: meta.size,
    number: meta.number,
    columnFamily: family.name,
    level: meta.level,
    smallest: userKeyOf(meta.smallest),
    largest: userKeyOf(meta.largest),
    smallestSequence: meta.smallestSequence,
    largestSequence: meta.largestSequence,
  };
  if (!file) return { ...table, facts: undefined, error };
  try {
    const facts = await readTableFacts(file, placeOf(meta), environment);
    return { ...table, facts, error: undefined };
  } catch (cause) {
    if (!(cause instanceof RocksDBError)) throw cause;
    return { ...table, facts: undefined, error: cause };
  }
}

function inspection(
  set: FileSet,
  tables: readonly InspectedTable[],
  others: readonly InspectedFile[],
): Inspection {
  const logs = set.logs.map(({ number, file, size, modifiedMs, families }) => ({
    number,
    name: path.basename(file.path),
    size,
    modifiedMs,
    keptBy: families.map(({ name }) => name),
  }));
  const manifest = { name: set.manifest.name, size: set.manifestSize };
  const problems = [set.manifestError, set.logPlace.warning];
  return {
    directory: set.directory,
    rocksdbVersion: set.options.rocksdbVersion,
    manifest,
    lastSequence: set.manifest.state.lastSequence,
    optionsFile: set.optionsName,
    options: databaseOptions(set.options),
    columnFamilies: set.families.map((family) => {
      const own = tables.filter(({ columnFamily }) => columnFamily === family.name);
      const { id, name, comparator, logNumber } = family;
      return {
        id,
        name,
        comparator,
        logNumber,
        tables: own.length,
        tableBytes: sum(own.map(({ size }) => size)),
        entries: sum(own.map(({ facts }) => facts?.entries ?? 0)),
        options: familyOptions(set.options, name),
      };
    }),
    tables,
    walDirectory: set.logPlace.directory,
    logs,
    otherFiles: others,
    bytes: sum([...tables, ...logs, manifest, ...others].map(({ size }) => size)),
    problems: problems.filter((problem) => problem !== undefined),
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

/** The rest of the directory: what is not the MANIFEST in force, a log, or a table that it names. */
async function otherFiles(set: FileSet): Promise<InspectedFile[]> {
  const tables = new Set(set.tables.map(({ meta }) => meta.number));
  const logsAreHere = set.logPlace.directory === set.directory;
  const others: InspectedFile[] = [];
  for (const name of [...set.names].sort()) {
    const file = parseFileName(name);
    if (name === set.manifest.name || name === 'LOCK') continue; // which is not even looked at
    if (file?.kind === 'wal' && logsAreHere) continue;
    if (file?.kind === 'table' && tables.has(file.number)) continue;
    const stats = await lstat(path.join(set.directory, name)).catch(() => undefined);
    if (stats?.isFile()) others.push({ name, size: stats.size });
  }
  return others;
}
