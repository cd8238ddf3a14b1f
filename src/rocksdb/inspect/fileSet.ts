import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CorruptionError, FileGoneError, RocksDBError } from '../errors';
import { isSameFile, listDirectory, ReadableFile, withFile, type FileIdentity } from '../file';
import { fileNumbers, walFileName } from '../filenames';
import { findLogs, type LogPlace } from '../log/walFiles';
import { Manifest, readCurrent } from '../manifest/manifest';
import type { ColumnFamily } from '../manifest/version';
import type { TableMeta } from '../manifest/versionEdit';
import { BlockCache } from '../table/blockCache';
import type { TableEnvironment } from '../table/blockReader';
import { TableFiles } from '../table/tableFiles';
import { TableFolders } from '../table/tableFolders';
import { noOptions, readOptions, type OptionsFile } from '../manifest/optionsFile';

/** A table that the MANIFEST names. */
export interface SetTable {
  readonly family: ColumnFamily;
  readonly meta: TableMeta;
  readonly path: string;
  /** undefined where it cannot be opened: `error` says why. */
  readonly file: ReadableFile | undefined;
  readonly error: RocksDBError | undefined;
}

/** A write-ahead log that is in the directory. */
export interface SetLog {
  readonly number: number;
  readonly file: ReadableFile;
  /** Bytes in this view; it may grow meanwhile. */
  readonly size: number;
  readonly modifiedMs: number;
  /** Families that count on it, of those that were read. */
  readonly families: readonly ColumnFamily[];
}

/** The files of a database that belong together, open, also where some are damaged or missing. */
export interface FileSet {
  readonly directory: string;
  /** All names in the directory. */
  readonly names: readonly string[];
  readonly manifest: Manifest;
  readonly manifestFile: ReadableFile;
  /** Bytes. */
  readonly manifestSize: number;
  readonly manifestIdentity: FileIdentity;
  /** What is wrong with the MANIFEST: what follows is its state before that. */
  readonly manifestError: RocksDBError | undefined;
  readonly families: readonly ColumnFamily[];
  readonly tables: readonly SetTable[];
  readonly logPlace: LogPlace;
  /** Ascending by number. */
  readonly logs: readonly SetLog[];
  /** The name of the newest OPTIONS file, where there is one, and what it tells. */
  readonly optionsName: string | undefined;
  readonly options: OptionsFile;
}

type Follow = ((directory: string) => boolean) | undefined;

export interface FollowOptions {
  /** Asked before a directory that OPTIONS names outside of the database's is read. */
  readonly follow?: Follow;
  readonly signal?: AbortSignal | undefined;
}

/** A writer was faster than we, all the time. */
export class ChangesTooFastError extends FileGoneError {}

interface Opened {
  readonly files: ReadableFile[];
}

/** How often the MANIFEST may move on, and how often a file may be gone, before we say so. */
const mostAttempts = 200;
const mostGone = 16;
const settleMs = 30;

/**
 * Finds and opens the files of the database in `directory` that make up one point in time, hands them to
 * `use` and closes them whatever happens. Beside a writer it tries again until the MANIFEST stands still
 * for as long as that takes. Damage of single files is told, not thrown, but for CURRENT and a MANIFEST
 * that is not there.
 * @throws NotADatabaseError, CorruptionError, FileGoneError, AccessError, `signal`'s reason
 */
export async function withFileSet<T>(
  directory: string,
  environment: TableEnvironment,
  { follow, signal }: FollowOptions,
  use: (set: FileSet) => Promise<T>,
): Promise<T> {
  const opened: Opened = { files: [] };
  const close = async () => {
    await Promise.all(opened.files.splice(0).map((file) => file.close()));
  };
  try {
    let problems = 0;
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      signal?.throwIfAborted();
      const set = await openSet(directory, environment, follow, opened).catch((error: unknown) => {
        if (error instanceof RocksDBError) return error;
        throw error;
      });
      const error = set instanceof RocksDBError ? set : set.manifestError;
      // Perhaps it is being written, deleted or made anew at this moment.
      const most = error instanceof FileGoneError ? mostGone : 1;
      const again = error !== undefined && problems++ < most;
      if (!again) {
        if (set instanceof RocksDBError) throw set;
        if (!(await hasMoved(set))) return await use(set);
      }
      await close();
      if (again) await delay(settleMs);
    }
    throw new ChangesTooFastError(directory, 'changes faster than it can be read');
  } finally {
    await close();
  }
}

async function openSet(
  directory: string,
  environment: TableEnvironment,
  follow: Follow,
  opened: Opened,
): Promise<FileSet> {
  const names = await listDirectory(directory);
  const manifest = new Manifest(directory, await readCurrent(directory), environment.kernel);
  const manifestFile = await open(manifest.file, opened);
  const { size: manifestSize, identity: manifestIdentity } = await manifestFile.stat();
  const manifestError = await manifest.advance().then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof RocksDBError && !(error instanceof FileGoneError)) return error;
      throw error;
    },
  );
  const families = manifestError ? familiesLeft(manifest) : manifest.state.columnFamilies();
  const tables: SetTable[] = [];
  const folders = new TableFolders(directory, follow);
  const tableFiles = new TableFiles(directory, environment, new BlockCache(0), folders);
  for (const family of families) {
    for (const meta of family.levels.flat()) {
      tables.push(await openTable(tableFiles, family, meta, opened));
    }
  }
  const optionsNumber = fileNumbers(names, 'options').at(-1);
  const options =
    optionsNumber === undefined ? noOptions : await readOptions(directory, optionsNumber);
  // Listed after the tables were opened: a log that came since the first listing counts.
  const logPlace = await findLogs(directory, options.walDirectory, follow);
  const logs = await openLogs(logPlace, families, opened);
  return {
    directory,
    names,
    manifest,
    manifestFile,
    manifestSize,
    manifestIdentity,
    manifestError,
    families,
    tables,
    logPlace,
    logs,
    optionsName: optionsNumber === undefined ? undefined : optionsFileName(optionsNumber),
    options,
  };
}

/** Whether the database has changed since `set` was opened. */
async function hasMoved({ directory, names, ...set }: FileSet): Promise<boolean> {
  const newest = (of: readonly string[]) => fileNumbers(of, 'manifest').at(-1);
  try {
    if (newest(await listDirectory(directory)) !== newest(names)) return true;
    return await withFile(set.manifest.file, async (file) => {
      const { size, identity } = await file.stat();
      return size !== set.manifestSize || !isSameFile(identity, set.manifestIdentity);
    });
  } catch (error) {
    if (error instanceof FileGoneError) return true;
    throw error;
  }
}

async function open(at: string, { files }: Opened): Promise<ReadableFile> {
  const file = await ReadableFile.open(at);
  files.push(file);
  return file;
}

async function openTable(
  tables: TableFiles,
  family: ColumnFamily,
  meta: TableMeta,
  opened: Opened,
): Promise<SetTable> {
  try {
    const file = await tables.find(meta);
    opened.files.push(file);
    return { family, meta, path: file.path, file, error: undefined };
  } catch (cause) {
    if (!(cause instanceof RocksDBError)) throw cause;
    const gone = cause instanceof FileGoneError;
    const error = gone ? new CorruptionError(cause.file, 'missing', { cause }) : cause;
    return { family, meta, path: cause.file, file: undefined, error };
  }
}

async function openLogs(
  { directory, names }: LogPlace,
  families: readonly ColumnFamily[],
  opened: Opened,
): Promise<SetLog[]> {
  const logs: SetLog[] = [];
  for (const number of fileNumbers(names, 'wal')) {
    const file = await open(path.join(directory, walFileName(number)), opened);
    const { size, modifiedMs } = await file.stat();
    const keeping = families.filter(({ logNumber }) => logNumber <= number);
    logs.push({ number, file, size, modifiedMs, families: keeping });
  }
  return logs;
}

const optionsFileName = (number: number) => `OPTIONS-${String(number).padStart(6, '0')}`;

/** What a damaged MANIFEST tells of column families before its damage; nothing where that fits together no more. */
function familiesLeft({ state }: Manifest): readonly ColumnFamily[] {
  try {
    return state.columnFamilies();
  } catch {
    return [];
  }
}
