import { setTimeout as delay } from 'node:timers/promises';
import {
  MovedOnError,
  type DatabaseFiles,
  type DatabaseFacts,
  type PinnedFiles,
} from './databaseFiles';
import { CorruptionError, FileGoneError, type RocksDBError } from './errors';
import type { Kernel } from './kernel/kernel';
import { OldLogs, OldLogsDamagedError } from './log/oldLogs';
import { WalReplay, type PinnedLog, type WrittenKeys } from './log/walReplay';
import type { ColumnFamily } from './manifest/version';
import { Memtable } from './memtable/memtable';
import { Snapshot } from './read/snapshot';
import { ColumnFamilyView } from './read/view';

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

/** How often compaction may change the files under our hands before we say so. */
const mostAttempts = 16;
/** How long a file may look damaged while it is being written or deleted. */
const settleMs = 30;
/** After this long without a question descriptors are closed. */
const idleMs = 2000;

/**
 * The newest point in time that was asked for, and what moves it on: one version of the MANIFEST and one
 * length of every write-ahead log, for all column families.
 */
export class CurrentView {
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
  /** The first log that is replayed; undefined before the first view. */
  private firstLog: number | undefined;
  private oldLogs: OldLogs | undefined;
  /** A log was damaged: all are replayed, in RocksDB's order. */
  private all = false;

  constructor(
    private readonly directory: string,
    private readonly files: DatabaseFiles,
    private readonly kernel: Kernel,
  ) {
    this.replay = new WalReplay(kernel);
  }

  get facts(): DatabaseFacts {
    const { facts } = this.state;
    if (!facts) throw new FileGoneError(this.directory, 'closed');
    return facts;
  }

  get columnFamilies(): readonly string[] {
    return this.current().columnFamilies;
  }

  comparator(columnFamily: string): string | undefined {
    return this.current().comparator(columnFamily);
  }

  get sequence(): number {
    return this.state.sequence;
  }

  get warnings(): readonly RocksDBError[] {
    return this.state.warnings;
  }

  /**
   * A column family at this point in time, undefined when it has none of this name, and what must be
   * called when it is no longer used.
   */
  async acquire(
    columnFamily: string,
  ): Promise<{ view: ColumnFamilyView | undefined; release: () => Promise<void> }> {
    for (;;) {
      const snapshot = this.current().acquire();
      this.readers++;
      const release = () => {
        this.readers--;
        this.restLater();
        return snapshot.release();
      };
      try {
        return { view: await snapshot.view(columnFamily), release };
      } catch (error) {
        await release();
        if (!(error instanceof OldLogsDamagedError) || this.all) throw error;
        await this.replayAll();
      }
    }
  }

  /** See Database. */
  refresh(signal?: AbortSignal): Promise<Refreshed> {
    const turn = this.turn.then(() => this.moveOn(signal));
    this.turn = turn.catch(() => undefined);
    return turn;
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.idle);
    await this.turn;
    const { snapshot } = this;
    this.snapshot = undefined;
    await snapshot?.release();
    await this.oldLogs?.close();
    await this.files.close();
  }

  private current(): Snapshot {
    if (!this.snapshot || this.closed) throw new FileGoneError(this.directory, 'closed');
    return this.snapshot;
  }

  private async replayAll(): Promise<void> {
    this.all = true;
    await this.turn;
    this.forget();
    await this.refresh();
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
    this.replay = new WalReplay(this.kernel);
    this.firstLog = undefined;
    void this.oldLogs?.close();
    this.oldLogs = undefined;
  }

  /** One try at a consistent view. `check` throws when it is no longer wanted. */
  private async advance(check: () => void): Promise<Refreshed> {
    const pinned = await this.files.pin();
    const { families, tables, tableFiles, twoPhaseCommit } = pinned;
    const firstLog =
      this.all || twoPhaseCommit ? 0 : (this.firstLog ?? families[0]?.logNumber ?? 0);
    const logs = pinned.logs.filter(({ number }) => number >= firstLog);
    const old = pinned.logs.filter(({ number }) => number < firstLog);
    const { snapshot: previous } = this;
    let refreshed: Refreshed;
    try {
      for (const { file, number, size } of logs) {
        if (size < this.replay.offsetOf(number)) {
          throw new MovedOnError(new FileGoneError(file.path, 'made anew'), true);
        }
      }
      const before = this.snapshot && this.state.sequence;
      const { read, written } = await this.replay
        .advance(logs, families, before, check, twoPhaseCommit)
        .catch((error: unknown) => {
          // Part of what is new counts as read, and is in no memtable.
          throw error instanceof FileGoneError ? new MovedOnError(error, true) : error;
        });
      const sequence = Math.max(this.replay.lastSequence, pinned.lastSequence);
      // Sequences that came and went with a log that we never saw.
      const missed = sequence > Math.max(before ?? 0, this.replay.lastSequence);
      const changed = read || this.state.identity !== pinned.identity;
      this.firstLog = firstLog;
      if (!pinned.again) await this.keep(old, families);
      this.snapshot = this.snapshotOf(pinned, firstLog);
      this.state = {
        sequence,
        identity: pinned.identity,
        warnings: [...pinned.warnings, ...this.replay.warnings],
        facts: pinned.facts,
      };
      refreshed = { changed, written: missed ? undefined : byName(written, families) };
    } catch (error) {
      await tableFiles.release(tables.keys());
      if (!pinned.again) await closeAll(old);
      throw error;
    } finally {
      if (!pinned.again) await closeAll(logs);
    }
    await previous?.release();
    return refreshed;
  }

  /** Keeps logs that are read only when they are asked for; those that are known are, perhaps, read. */
  private async keep(old: readonly PinnedLog[], families: readonly ColumnFamily[]): Promise<void> {
    if (this.oldLogs && old.length > 0) return closeAll(old);
    await this.oldLogs?.close();
    this.oldLogs = old.length > 0 ? new OldLogs(old, families, this.kernel) : undefined;
  }

  private snapshotOf(pinned: PinnedFiles, firstLog: number): Snapshot {
    const { families, tables, tableFiles, options } = pinned;
    const views = families.map((family): [string, ColumnFamilyView] => {
      const levels = family.levels.map((level) =>
        level.map(({ number }) => {
          const table = tables.get(number);
          if (!table) throw new CorruptionError(this.directory, `table ${number} not pinned`);
          return table;
        }),
      );
      const memtable = this.replay.memtables.get(family.id) ?? Memtable.empty;
      const merge = options.families.get(family.name)?.values.get('merge_operator');
      const view = new ColumnFamilyView(family, memtable, levels, this.directory, merge);
      return [family.name, view];
    });
    return new Snapshot(new Map(views), [...tables.keys()], tableFiles, this.oldLogs, firstLog);
  }

  private async rest(): Promise<void> {
    if (this.readers > 0) return;
    await this.snapshot?.rest();
    await this.oldLogs?.rest();
    await this.files.rest();
  }

  /** Beside a writer, descriptors of files that it deletes must not be held by whoever looks away. */
  private restLater(): void {
    if (this.closed) return;
    this.idle ??= setTimeout(() => {
      this.turn = this.turn.then(() => this.rest());
    }, idleMs).unref();
    this.idle.refresh();
  }
}

async function closeAll(logs: readonly PinnedLog[]): Promise<void> {
  const closed = logs.filter(({ kept }) => !kept);
  await Promise.all(closed.map(({ file }) => file.close()));
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
