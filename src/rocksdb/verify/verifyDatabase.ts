import path from 'node:path';
import { Decompressor } from '../bytes/compression';
import { CorruptionError, FileGoneError, NotADatabaseError, RocksDBError } from '../errors';
import { listDirectory } from '../file';
import { fileNumbers, parseFileName } from '../filenames';
import {
  ChangesTooFastError,
  withFileSet,
  type FileSet,
  type FollowOptions,
} from '../inspect/fileSet';
import { createKernel } from '../kernel/kernel';
import type { TableEnvironment } from '../table/blockReader';
import type { ColumnFamily } from '../manifest/version';
import { finding, type Found } from './finding';
import { tellFiles } from './tellFiles';
import { verifyLogs } from './verifyLogs';
import { verifyManifest } from './verifyManifest';
import { verifyTable, type TableOpening } from './verifyTable';
import { verifyLooseLogs, verifyLooseTables } from './verifyRest';
import { Walk, type Counts, type Progress } from './walk';

export interface VerifyOptions extends FollowOptions {
  /** Called often: with each block and record. */
  readonly progress?: ((progress: Progress) => void) | undefined;
}

/** Bytes that are read at once. */
const readAheadBytes = 256 << 10;
/** So many tables of a column family RocksDB opens with the database, where max_open_files limits them. */
const initialTables = 16;

/**
 * Verifies the RocksDB in `directory`: every block of every table and every record of its logs, their
 * checksums and that they fit together, at one point in time; beside a running writer or not. What is
 * wrong goes to `found`, with what RocksDB itself would do. Takes no lock and writes nothing.
 * @throws NotADatabaseError for a directory that has nothing of a database, FileGoneError where it was
 * removed, AccessError, `signal`'s reason
 */
export async function verifyDatabase(
  directory: string,
  found: Found,
  options: VerifyOptions = {},
): Promise<Counts> {
  const root = path.resolve(directory);
  const kernel = createKernel();
  const environment = { kernel, decompressor: new Decompressor(kernel), readAhead: readAheadBytes };
  const walk = new Walk(found, options.progress, options.signal);
  try {
    await withFileSet(root, environment, options, (set) => verifySet(set, environment, walk));
  } catch (error) {
    const names = await tellUnopened(root, error, found);
    await verifyLooseTables(root, names, new Set(), environment, walk);
    await verifyLooseLogs(root, names, environment, walk);
  }
  return walk.counts;
}

async function verifySet(set: FileSet, environment: TableEnvironment, walk: Walk): Promise<void> {
  const { kernel } = environment;
  walk.expect(set.manifestSize);
  for (const { meta } of set.tables) walk.expect(meta.size);
  for (const { size } of set.logs) walk.expect(size);
  await verifyManifest(set, kernel, walk);
  for (const table of set.tables) {
    walk.check();
    await verifyTable(table, environment, openingOf(set, table.family), walk);
  }
  const { state } = set.manifest;
  const whole = set.manifestError === undefined;
  if (!whole) {
    const known = new Set(set.tables.map(({ meta }) => meta.number));
    await verifyLooseTables(set.directory, set.names, known, environment, walk);
  }
  // What a damaged MANIFEST says of sequences says nothing of the logs.
  const lastSequence = whole ? state.lastSequence : Infinity;
  const trackedLogs = set.options.tracksLogs ? state.trackedLogs : new Map<number, undefined>();
  await verifyLogs({ ...set, lastSequence, trackedLogs }, kernel, walk);
  tellFiles(set, walk.found);
}

/** RocksDB opens tables with the database, unless they are many and only some may be open. */
function openingOf({ options }: FileSet, { levels }: ColumnFamily): TableOpening {
  const all = (options.values.get('max_open_files') ?? '-1') === '-1';
  const early = all || levels.flat().length <= initialTables;
  const lenient = options.values.get('paranoid_checks') === 'false';
  return early && !lenient ? 'refuses' : 'failsOnRead';
}

/** CURRENT or the MANIFEST cannot be read. Gives what is in the directory. */
async function tellUnopened(directory: string, error: unknown, found: Found): Promise<string[]> {
  if (!(error instanceof RocksDBError) || error instanceof ChangesTooFastError) throw error;
  const names = await listDirectory(directory);
  const { file, offset, reason } = error;
  if (error instanceof NotADatabaseError) {
    if (!names.some((name) => parseFileName(name) !== undefined)) throw error;
    const logs = fileNumbers(names, 'wal').length > 0;
    const current = path.join(directory, 'CURRENT');
    const consequence = logs ? 'refuses' : 'makesAnew';
    found(finding({ kind: 'damage', file: current, reason: 'missing', consequence }));
  } else if (error instanceof FileGoneError) {
    found(finding({ kind: 'damage', file, reason: 'missing', consequence: 'lacksFile' }));
  } else if (error instanceof CorruptionError) {
    found(finding({ kind: 'damage', file, offset, reason, consequence: 'refuses' }));
  } else {
    throw error;
  }
  return names;
}
