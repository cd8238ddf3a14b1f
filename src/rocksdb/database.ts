import path from 'node:path';
import { BlockCache } from './blockCache';
import { Checksums } from './checksum';
import { Decompressor } from './compression';
import { CorruptionError, FileGoneError, type RocksDBError } from './errors';
import { listDirectory } from './file';
import { fileNumbers, parseFileName } from './filenames';
import { Manifest, readCurrent } from './manifest';
import { Memtable } from './memtable';
import { readOptions, type OptionsFile } from './optionsFile';
import { Snapshot } from './snapshot';
import { TableFiles } from './tableFiles';
import type { TableEnvironment } from './table';
import type { ColumnFamily } from './version';
import { ColumnFamilyView, type Entry, type ScanOptions } from './view';
import type { ViewTable } from './scan';
import { findLogs, openLogs, type OpenedLogs } from './walFiles';
import { WalReplay, type PinnedLog, type WrittenKeys } from './walReplay';

export interface OpenOptions {
  /**
   * Asked before a directory that OPTIONS names outside of the database's (wal_dir) is read;
   * followed where it is left out. Where it says no, a WalElsewhereError is among the warnings.
   */
  readonly follow?: ((directory: string) => boolean) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a refresh found. */
export interface Refreshed {
  /** Whether anything on disk differs from the view before. */
  readonly changed: boolean;
  /**
   * Keys with operations newer than the view before, by column family. undefined where that cannot
   * be known (the log is gone already, or the database was made anew): read again what is shown.
   */
  readonly written: ReadonlyMap<string, readonly Uint8Array[]> | undefined;
}

/** What is known of a database without reading its entries. */
export interface DatabaseFacts {
  readonly rocksdbVersion: string | undefined;
  readonly walDirectory: string;
  /** Bytes of the write-ahead logs that still count. */
  readonly walBytes: number;
  readonly tables: number;
  /** Bytes. */
  readonly tableBytes: number;
  /** When the newest log was last written, ms since epoch; undefined without logs. */
  readonly lastWriteMs: number | undefined;
}

const cacheBytes = 8 << 20;
/** How often compaction may change the files under our hands before we say so. */
const mostAttempts = 16;

/**
 * Opens the RocksDB in `directory` for reading, beside a running writer or not. Takes no lock and
 * writes nothing.
 * @throws NotADatabaseError, CorruptionError, UnsupportedFormatError, FileGoneError, AccessError
 */
export async function openReadOnly(
  directory: string,
  options: OpenOptions = {},
): Promise<Database> {
  const database = new Database(path.resolve(directory), options, await Checksums.create());
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
  private readonly environment: TableEnvironment;
  private files: TableFiles;
  private manifest: Manifest | undefined;
  private replay: WalReplay;
  private snapshot: Snapshot | undefined;
  private options: OptionsFile & { readonly number: number } = {
    number: -1,
    rocksdbVersion: undefined,
    walDirectory: undefined,
  };
  private state: { readonly sequence: number; readonly warnings: readonly RocksDBError[] } = {
    sequence: 0,
    warnings: [],
  };
  /** The tables and logs of the view, by which a change that brings no operation is noticed. */
  private seenFiles = '';
  facts: DatabaseFacts;

  constructor(
    readonly directory: string,
    private readonly openOptions: OpenOptions,
    private readonly checksums: Checksums,
  ) {
    this.environment = {
      checksums,
      decompressor: new Decompressor(),
      cache: new BlockCache(cacheBytes),
    };
    this.files = new TableFiles(directory, this.environment);
    this.replay = new WalReplay(checksums);
    this.facts = {
      rocksdbVersion: undefined,
      walDirectory: directory,
      walBytes: 0,
      tables: 0,
      tableBytes: 0,
      lastWriteMs: undefined,
    };
  }

  /** Names of the column families: `default`, then in the order they were made. */
  get columnFamilies(): readonly string[] {
    return [...this.current().families.keys()];
  }

  /** The sequence number of the newest operation in this view. */
  get latestSequence(): number {
    return this.state.sequence;
  }

  /** What RocksDB would drop, or what could not be followed. */
  get warnings(): readonly RocksDBError[] {
    return this.state.warnings;
  }

  /**
   * The value of `key`, undefined when there is none.
   * @throws CorruptionError, UnsupportedFormatError
   */
  async get(columnFamily: string, key: Uint8Array): Promise<Uint8Array | undefined> {
    const snapshot = this.current().acquire();
    try {
      return await snapshot.families.get(columnFamily)?.get(key);
    } finally {
      await snapshot.release();
    }
  }

  /**
   * The entries of a column family in bytewise order of their keys, none for one that is not there.
   * @throws CorruptionError, UnsupportedFormatError where it comes to one, `signal`'s reason
   */
  async *entries(columnFamily: string, options: ScanOptions = {}): AsyncGenerator<Entry> {
    const snapshot = this.current().acquire();
    try {
      const family = snapshot.families.get(columnFamily);
      if (family) yield* family.entries(options);
    } finally {
      await snapshot.release();
    }
  }

  /** About how many entries a column family has, from the tables' own counts. */
  async estimateEntries(columnFamily: string): Promise<number> {
    const snapshot = this.current().acquire();
    try {
      return (await snapshot.families.get(columnFamily)?.estimate()) ?? 0;
    } finally {
      await snapshot.release();
    }
  }

  /**
   * Moves on to what the files hold now, reading only what is new of them.
   * @throws as `openReadOnly`; the view before stays then
   */
  async refresh(signal?: AbortSignal): Promise<Refreshed> {
    let remade = false;
    for (let attempt = 0; ; attempt++) {
      signal?.throwIfAborted();
      try {
        const refreshed = await this.advance();
        return remade ? { changed: true, written: undefined } : refreshed;
      } catch (error) {
        // A file that compaction removed: the MANIFEST says by now what came in its place.
        if (!(error instanceof MovedOn) && !(error instanceof FileGoneError)) throw error;
        if (attempt === mostAttempts) throw error instanceof MovedOn ? error.cause : error;
        if (error instanceof MovedOn && error.remade) {
          remade = this.snapshot !== undefined;
          this.manifest = undefined;
          this.replay = new WalReplay(this.checksums);
          // Numbers begin anew: no table or option of the one before may be taken for one of these.
          this.files = new TableFiles(this.directory, this.environment);
          this.options = { ...this.options, number: -1 };
        }
      }
    }
  }

  /** Lets go of every file. Scans that still run end first. */
  async close(): Promise<void> {
    const { snapshot } = this;
    this.snapshot = undefined;
    await snapshot?.release();
  }

  private current(): Snapshot {
    if (!this.snapshot) throw new FileGoneError(this.directory, 'closed');
    return this.snapshot;
  }

  /** One try at a consistent view: MANIFEST, tables, logs and their lengths, MANIFEST again. */
  private async advance(): Promise<Refreshed> {
    const names = await listDirectory(this.directory);
    const manifest = await this.advanceManifest(names);
    await this.readNewestOptions(names);
    const families = manifest.state.columnFamilies();
    const pinned = await this.pinTables(families, manifest);
    const logs: PinnedLog[] = [];
    try {
      const { warnings, facts, identities } = await this.openLogs(names, families, logs);
      if ((await manifest.advance()) !== false) {
        throw new MovedOn(new FileGoneError(manifest.file, 'changes too fast'), false);
      }
      const before = this.snapshot && this.state.sequence;
      const { read, written } = await this.replay.advance(logs, families, before ?? 0);
      const files = [...pinned.tables.keys(), ...identities].join();
      const changed = read || this.seenFiles !== files;
      this.seenFiles = files;
      const sequence = Math.max(
        this.replay.lastSequence,
        manifest.state.lastSequence,
        ...pinned.sequences,
      );
      // Sequences that came and went with a log that we never saw.
      const missed = sequence > Math.max(before ?? 0, this.replay.lastSequence);
      this.state = { sequence, warnings: [...warnings, ...this.replay.warnings] };
      this.facts = { ...this.facts, ...facts, ...pinned.facts };
      const previous = this.snapshot;
      this.snapshot = this.view(families, pinned.tables);
      await previous?.release();
      return { changed, written: missed ? undefined : byName(written, families) };
    } catch (error) {
      await this.files.release(pinned.tables.keys());
      throw error;
    } finally {
      await Promise.all(logs.map((log) => log.file.close()));
    }
  }

  /** The MANIFEST in force, read up to its end. CURRENT is looked at only when there is a newer one. */
  private async advanceManifest(names: readonly string[]): Promise<Manifest> {
    let { manifest } = this;
    const known = manifest && parseFileName(manifest.name);
    const newest = fileNumbers(names, 'manifest').at(-1);
    if (!manifest || known?.kind !== 'manifest' || newest !== known.number) {
      const name = await readCurrent(this.directory);
      if (!manifest || name !== manifest.name) {
        if (manifest) throw new MovedOn(new FileGoneError(manifest.file, 'replaced'), true);
        manifest = new Manifest(this.directory, name, this.checksums);
      }
    }
    try {
      if ((await manifest.advance()) === 'replaced') {
        throw new MovedOn(new FileGoneError(manifest.file, 'replaced'), true);
      }
    } catch (error) {
      if (!(error instanceof FileGoneError)) throw error;
      const still = (await readCurrent(this.directory)) === manifest.name;
      if (!still) throw new MovedOn(error, true);
      throw new CorruptionError(manifest.file, 'missing', { cause: error });
    }
    return (this.manifest = manifest);
  }

  private async readNewestOptions(names: readonly string[]): Promise<void> {
    const newest = fileNumbers(names, 'options').at(-1);
    if (newest === undefined || newest === this.options.number) return;
    const options = await readOptions(this.directory, newest);
    this.options = { ...options, number: newest };
    this.facts = { ...this.facts, rocksdbVersion: options.rocksdbVersion };
  }

  /** Opens the logs that count into `logs`. @throws MovedOn when one was made anew */
  private async openLogs(
    names: readonly string[],
    families: readonly ColumnFamily[],
    logs: PinnedLog[],
  ): Promise<OpenedLogs> {
    const { walDirectory } = this.options;
    const place = await findLogs(this.directory, names, walDirectory, this.openOptions.follow);
    const opened = await openLogs(place, families, logs);
    for (const { file, number, size } of logs) {
      if (size < this.replay.offsetOf(number)) {
        throw new MovedOn(new FileGoneError(file.path, 'made anew'), true);
      }
    }
    return opened;
  }

  private async pinTables(families: readonly ColumnFamily[], manifest: Manifest) {
    const tables = new Map<number, ViewTable>();
    const sequences: number[] = [];
    let tableBytes = 0;
    try {
      for (const meta of families.flatMap(({ levels }) => levels.flat())) {
        tables.set(meta.number, { meta, table: await this.files.pin(meta) });
        sequences.push(meta.largestSequence);
        tableBytes += meta.size;
      }
    } catch (error) {
      await this.files.release(tables.keys());
      if (!(error instanceof FileGoneError)) throw error;
      const moved = (await manifest.advance()) !== false;
      if (moved) throw new MovedOn(error, false);
      throw new CorruptionError(error.file, 'missing', { cause: error });
    }
    return { tables, sequences, facts: { tables: tables.size, tableBytes } };
  }

  private view(
    families: readonly ColumnFamily[],
    tables: ReadonlyMap<number, ViewTable>,
  ): Snapshot {
    const views = families.map((family): [string, ColumnFamilyView] => {
      const levels = family.levels.map((level) =>
        level.map(({ number }) => {
          const table = tables.get(number);
          if (!table) throw new CorruptionError(this.directory, `table ${number} not pinned`);
          return table;
        }),
      );
      const memtable = this.replay.memtables.get(family.id) ?? Memtable.empty;
      return [family.name, new ColumnFamilyView(family, memtable, levels, this.directory)];
    });
    return new Snapshot(new Map(views), [...tables.keys()], this.files);
  }
}

/** The files changed while a view was being made; with `remade` nothing of the old one counts. */
class MovedOn extends Error {
  constructor(
    override readonly cause: FileGoneError,
    readonly remade: boolean,
  ) {
    super(cause.message);
  }
}

function byName(
  written: WrittenKeys,
  families: readonly ColumnFamily[],
): Map<string, Uint8Array[]> | undefined {
  if (!written) return undefined;
  const names = new Map(families.map(({ id, name }) => [id, name]));
  const named = new Map<string, Uint8Array[]>();
  for (const [id, keys] of written) {
    const name = names.get(id);
    if (name !== undefined) named.set(name, keys);
  }
  return named;
}
