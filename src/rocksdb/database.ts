import path from 'node:path';
import { Decompressor } from './bytes/compression';
import { CurrentView, type Refreshed } from './currentView';
import { DatabaseFiles, type DatabaseFacts } from './databaseFiles';
import type { RocksDBError } from './errors';
import { createKernel } from './kernel/kernel';
import type { EntryBatch } from './read/batch';
import { lookUp } from './read/lookups';
import { ScansHere, type Scans } from './read/scans';
import type { ColumnFamilyView, ScanOptions } from './read/view';
import { BlockCache } from './table/blockCache';
import type { TableEnvironment } from './table/blockReader';
import { ScansInThreads } from './threads/scansInThreads';
import type { ScanThreads } from './threads/scanThreads';

export interface OpenOptions {
  /**
   * Asked before a directory that OPTIONS names outside of the database's (wal_dir) is read;
   * followed where it is left out. Where it says no, a WalElsewhereError is among the warnings.
   */
  readonly follow?: ((directory: string) => boolean) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Where many entries are read; in the thread that asks where it is left out. */
  readonly threads?: ScanThreads | undefined;
}

/** A key and its value, as RocksDB would give them. */
export interface Entry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

const cacheBytes = 8 << 20;
const readAheadBytes = 128 << 10;

let environment: TableEnvironment | undefined;

/** What all databases of this thread share: making it takes longer than to open a small one. */
function sharedEnvironment(): TableEnvironment {
  if (!environment) {
    const kernel = createKernel();
    const decompressor = new Decompressor(kernel);
    environment = { kernel, decompressor, readAhead: readAheadBytes };
  }
  return environment;
}

/**
 * Opens the RocksDB in `directory` for reading, beside a running writer or not. Takes no lock and
 * writes nothing.
 * @throws NotADatabaseError, CorruptionError, UnsupportedFormatError, FileGoneError, AccessError
 */
export async function openReadOnly(
  directory: string,
  options: OpenOptions = {},
): Promise<Database> {
  const database = new Database(path.resolve(directory), options);
  try {
    await database.refresh(options.signal);
  } catch (error) {
    await database.close();
    throw error;
  }
  return database;
}

/**
 * A RocksDB, at one point in time: one version of its MANIFEST and one length of every write-ahead
 * log, for all column families. `refresh` moves on to now; scans begun before keep their view.
 */
export class Database {
  private readonly current: CurrentView;
  private readonly here: ScansHere;
  private readonly scans: Scans;

  constructor(
    readonly directory: string,
    { follow, threads }: OpenOptions,
  ) {
    const environment = sharedEnvironment();
    const { kernel } = environment;
    const files = new DatabaseFiles(directory, environment, new BlockCache(cacheBytes), follow);
    this.current = new CurrentView(directory, files, kernel);
    this.here = new ScansHere(kernel);
    this.scans = threads ? new ScansInThreads(threads, this.here) : this.here;
  }

  get facts(): DatabaseFacts {
    return this.current.facts;
  }

  /** Names of the column families: `default`, then in the order they were made. */
  get columnFamilies(): readonly string[] {
    return this.current.columnFamilies;
  }

  /** The name of the order of a column family's keys; undefined when there is no such family. */
  comparator(columnFamily: string): string | undefined {
    return this.current.comparator(columnFamily);
  }

  /** The sequence number of the newest operation in this view. */
  get latestSequence(): number {
    return this.current.sequence;
  }

  /** What RocksDB would drop, or what could not be followed, of the logs that were read. */
  get warnings(): readonly RocksDBError[] {
    return this.current.warnings;
  }

  /**
   * Reads the logs that only some column families still need, as asking for one of them does too. Until
   * then damage in these logs, for which RocksDB would drop all that follows, is not known.
   * @throws CorruptionError, FileGoneError
   */
  async readOldLogs(): Promise<void> {
    for (const name of this.columnFamilies) await (await this.current.acquire(name)).release();
  }

  /**
   * The value of `key`, undefined when there is none.
   * @throws CorruptionError, UnsupportedFormatError
   */
  get(columnFamily: string, key: Uint8Array): Promise<Uint8Array | undefined> {
    return this.with(columnFamily, async (view) => view && (await lookUp(view, [key]))[0]);
  }

  /** The values of many keys, in their order; undefined for those that are not there. Throws as `get`. */
  getMany(
    columnFamily: string,
    keys: readonly Uint8Array[],
  ): Promise<readonly (Uint8Array | undefined)[]> {
    return this.with(columnFamily, async (view) =>
      view ? lookUp(view, keys) : keys.map(() => undefined),
    );
  }

  /**
   * The entries of a column family in the order of its comparator, none for one that is not there.
   * @throws CorruptionError, UnsupportedFormatError where it comes to one, `signal`'s reason
   */
  async *entries(columnFamily: string, options: ScanOptions = {}): AsyncGenerator<Entry> {
    const { signal } = options;
    for await (const batch of this.read(columnFamily, (view) => this.here.batches(view, options))) {
      for (let i = 0; i < batch.length; i++) {
        signal?.throwIfAborted();
        yield { key: batch.key(i), value: batch.value(i) };
      }
    }
  }

  /** As `entries`, many at once, and in threads where there are some: for who reads all of them. */
  batches(columnFamily: string, options: ScanOptions = {}): AsyncGenerator<EntryBatch> {
    return this.read(columnFamily, (view) => this.scans.batches(view, options));
  }

  /** The entries whose key or value contains `needle`; otherwise as `batches`. */
  search(
    columnFamily: string,
    needle: Uint8Array,
    options: ScanOptions = {},
  ): AsyncGenerator<EntryBatch> {
    return this.read(columnFamily, (view) => this.scans.search(view, needle, options));
  }

  /** How many entries there are; throws as `entries`. */
  count(columnFamily: string, options: ScanOptions = {}): Promise<number> {
    return this.with(columnFamily, async (view) => (view ? this.scans.count(view, options) : 0));
  }

  /** About how many entries a column family has, from the tables' own counts. */
  estimateEntries(columnFamily: string): Promise<number> {
    return this.with(columnFamily, async (view) => (view ? view.estimate() : 0));
  }

  /**
   * Reads of every table what RocksDB reads when it opens a database: all but the data.
   * @throws CorruptionError, UnsupportedFormatError of the first that it would not open
   */
  async openTables(signal?: AbortSignal): Promise<void> {
    for (const name of this.columnFamilies) {
      signal?.throwIfAborted();
      await this.with(name, async (view) => view?.openTables());
    }
  }

  /**
   * Moves on to what the files hold now, reading only what is new of them. Calls at the same time wait
   * for each other.
   * @throws as `openReadOnly`; the view before stays then
   */
  refresh(signal?: AbortSignal): Promise<Refreshed> {
    return this.current.refresh(signal);
  }

  /** Lets go of every file. Scans that still run end first. */
  close(): Promise<void> {
    return this.current.close();
  }

  private async with<T>(
    columnFamily: string,
    use: (view: ColumnFamilyView | undefined) => Promise<T>,
  ): Promise<T> {
    const { view, release } = await this.current.acquire(columnFamily);
    try {
      return await use(view);
    } finally {
      await release();
    }
  }

  private async *read(
    columnFamily: string,
    scan: (view: ColumnFamilyView) => AsyncGenerator<EntryBatch>,
  ): AsyncGenerator<EntryBatch> {
    const { view, release } = await this.current.acquire(columnFamily);
    try {
      if (view) yield* scan(view);
    } finally {
      await release();
    }
  }
}
