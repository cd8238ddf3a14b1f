import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { BlockCache } from './blockCache';
import { Checksums } from './checksum';
import { Decompressor } from './compression';
import { DatabaseFiles, MovedOnError, type DatabaseFacts, type PinnedFiles } from './databaseFiles';
import { CorruptionError, FileGoneError, type RocksDBError } from './errors';
import { Memtable } from './memtable';
import type { Entry, ScanOptions } from './scan';
import { Snapshot } from './snapshot';
import type { ColumnFamily } from './version';
import { ColumnFamilyView } from './view';
import { WalReplay, type WrittenKeys } from './walReplay';

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

interface ViewState {
  readonly sequence: number;
  /** Of the files, by which a change that brings no operation is noticed. */
  readonly identity: string;
  readonly warnings: readonly RocksDBError[];
  readonly facts: DatabaseFacts | undefined;
}

const cacheBytes = 8 << 20;
/** How often compaction may change the files under our hands before we say so. */
const mostAttempts = 16;
/** How long a file may look damaged while it is being written or deleted. */
const settleMs = 30;
/** After this long without a question descriptors are closed. */
const idleMs = 2000;

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
  private readonly files: DatabaseFiles;
  private replay: WalReplay;
  private snapshot: Snapshot | undefined;
  private state: ViewState = { sequence: 0, identity: '', warnings: [], facts: undefined };
  /** What was written since the view is not known: something had to be read anew. */
  private lost = false;
  private closed = false;
  /** The refresh that runs, after which the next may begin. */
  private turn: Promise<unknown> = Promise.resolve();
  private readers = 0;
  private idle: NodeJS.Timeout | undefined;

  constructor(
    readonly directory: string,
    { follow }: OpenOptions,
    private readonly checksums: Checksums,
  ) {
    const environment = {
      checksums,
      decompressor: new Decompressor(),
      cache: new BlockCache(cacheBytes),
    };
    this.files = new DatabaseFiles(directory, environment, checksums, follow);
    this.replay = new WalReplay(checksums);
  }

  get facts(): DatabaseFacts {
    const { facts } = this.state;
    if (!facts) throw new FileGoneError(this.directory, 'closed');
    return facts;
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
    const snapshot = this.acquire();
    try {
      return await snapshot.families.get(columnFamily)?.get(key);
    } finally {
      await this.release(snapshot);
    }
  }

  /**
   * The entries of a column family in bytewise order of their keys, none for one that is not there.
   * @throws CorruptionError, UnsupportedFormatError where it comes to one, `signal`'s reason
   */
  async *entries(columnFamily: string, options: ScanOptions = {}): AsyncGenerator<Entry> {
    const snapshot = this.acquire();
    try {
      const scan = snapshot.families.get(columnFamily)?.scan(options);
      while (scan) {
        const next = scan.next();
        const entry = next instanceof Promise ? await next : next;
        if (!entry) return;
        yield entry;
      }
    } finally {
      await this.release(snapshot);
    }
  }

  /** About how many entries a column family has, from the tables' own counts. */
  async estimateEntries(columnFamily: string): Promise<number> {
    const snapshot = this.acquire();
    try {
      return (await snapshot.families.get(columnFamily)?.estimate()) ?? 0;
    } finally {
      await this.release(snapshot);
    }
  }

  /**
   * Moves on to what the files hold now, reading only what is new of them. Calls at the same time wait
   * for each other.
   * @throws as `openReadOnly`; the view before stays then
   */
  refresh(signal?: AbortSignal): Promise<Refreshed> {
    const turn = this.turn.then(() => this.moveOn(signal));
    this.turn = turn.catch(() => undefined);
    return turn;
  }

  /** Lets go of every file. Scans that still run end first. */
  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.idle);
    await this.turn;
    const { snapshot } = this;
    this.snapshot = undefined;
    await snapshot?.release();
  }

  private current(): Snapshot {
    if (!this.snapshot || this.closed) throw new FileGoneError(this.directory, 'closed');
    return this.snapshot;
  }

  private acquire(): Snapshot {
    const snapshot = this.current().acquire();
    this.readers++;
    return snapshot;
  }

  private release(snapshot: Snapshot): Promise<void> {
    this.readers--;
    this.restLater();
    return snapshot.release();
  }

  private async moveOn(signal: AbortSignal | undefined): Promise<Refreshed> {
    const check = () => {
      signal?.throwIfAborted();
      if (this.closed) throw new FileGoneError(this.directory, 'closed');
    };
    let damaged = false;
    for (let attempt = 0; ; attempt++) {
      check();
      try {
        const refreshed = await this.advance(check);
        const { lost } = this;
        this.lost = false;
        this.restLater();
        return lost ? { changed: true, written: undefined } : refreshed;
      } catch (error) {
        const retry = error instanceof MovedOnError || error instanceof FileGoneError;
        // What was read half may not be read on from: the next try begins anew.
        if (!retry || (error instanceof MovedOnError && error.remade)) this.forget();
        if (retry && attempt < mostAttempts) continue;
        if (!(error instanceof CorruptionError) || damaged) {
          throw error instanceof MovedOnError ? error.cause : error;
        }
        // Perhaps it is being written, deleted or made anew at this moment.
        damaged = true;
        await delay(settleMs);
      }
    }
  }

  private forget(): void {
    this.lost ||= this.snapshot !== undefined;
    this.files.forget();
    this.replay = new WalReplay(this.checksums);
  }

  /** One try at a consistent view. `check` throws when it is no longer wanted. */
  private async advance(check: () => void): Promise<Refreshed> {
    const pinned = await this.files.pin();
    const { families, tables, tableFiles, logs } = pinned;
    const previous = this.snapshot;
    let refreshed: Refreshed;
    try {
      for (const { file, number, size } of logs) {
        if (size < this.replay.offsetOf(number)) {
          throw new MovedOnError(new FileGoneError(file.path, 'made anew'), true);
        }
      }
      const before = this.snapshot && this.state.sequence;
      const { read, written } = await this.replay
        .advance(logs, families, before, check)
        .catch((error: unknown) => {
          // Part of what is new counts as read, and is in no memtable.
          throw error instanceof FileGoneError ? new MovedOnError(error, true) : error;
        });
      const sequence = Math.max(this.replay.lastSequence, pinned.lastSequence);
      // Sequences that came and went with a log that we never saw.
      const missed = sequence > Math.max(before ?? 0, this.replay.lastSequence);
      const changed = read || this.state.identity !== pinned.identity;
      this.snapshot = this.view(pinned);
      this.state = {
        sequence,
        identity: pinned.identity,
        warnings: [...pinned.warnings, ...this.replay.warnings],
        facts: pinned.facts,
      };
      refreshed = { changed, written: missed ? undefined : byName(written, families) };
    } catch (error) {
      await tableFiles.release(tables.keys());
      throw error;
    } finally {
      await Promise.all(logs.map((log) => log.file.close()));
    }
    await previous?.release();
    return refreshed;
  }

  private view({ families, tables, tableFiles }: PinnedFiles): Snapshot {
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
    return new Snapshot(new Map(views), [...tables.keys()], tableFiles);
  }

  /** Beside a writer, descriptors of files that it deletes must not be held by whoever looks away. */
  private restLater(): void {
    if (this.closed) return;
    this.idle ??= setTimeout(() => {
      this.turn = this.turn.then(() => (this.readers === 0 ? this.snapshot?.rest() : undefined));
    }, idleMs).unref();
    this.idle.refresh();
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
