import type { PartitionChange, StorePartition } from '../../quixstreams/index';
import { machineClock, type Clock } from './changeScheduler';

/** What a PartitionReader of statefolder does, as far as rows and documents need it. */
export interface Reader {
  read<T>(use: (partition: StorePartition) => Promise<T>, signal?: AbortSignal): Promise<T>;
  refresh(signal?: AbortSignal): Promise<PartitionChange & { gone: boolean }>;
  dispose(): Promise<void>;
}

export type PartitionUpdate = PartitionChange & { readonly gone: boolean };

/** Rows or a document that show a partition; told after each refresh that found something, or failed. */
export interface PartitionListener {
  /** Whether it is on screen; where no listener of a partition is, changes are only noted. */
  isShown(): boolean;
  updated(update: PartitionUpdate): Promise<void>;
  /** The refresh itself failed. */
  failed(error: unknown): void;
}

/** Between two reads of one partition; a writer that commits all the time costs no more than this. */
const refreshPauseMs = 50;

/**
 * One partition that rows and documents read together: one refresh in flight, at most one waiting, however often the
 * watcher reports.
 */
export class SharedPartition {
  readonly #listeners = new Set<PartitionListener>();
  #refreshing = false;
  #dirty = false;
  #lastRefresh = Number.NEGATIVE_INFINITY;
  #cancelPause: (() => void) | undefined;

  constructor(
    readonly path: string,
    readonly reader: Reader,
    private readonly clock: Clock,
    private readonly usageChanged: (partition: SharedPartition, used: boolean) => void,
  ) {}

  /** Tells `listener` of changes until the returned function is called. */
  listen(listener: PartitionListener): () => void {
    this.#listeners.add(listener);
    this.usageChanged(this, true);
    return () => {
      if (this.#listeners.delete(listener) && this.#listeners.size === 0) {
        this.usageChanged(this, false);
      }
    };
  }

  read<T>(use: (partition: StorePartition) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.reader.read(use, signal);
  }

  /** Something in the folder changed: it is read now, or when it comes on screen. */
  changed(): void {
    this.#dirty = true;
    this.shown();
  }

  /** A listener came on screen: reads what changed meanwhile. */
  shown(): void {
    if (!this.#dirty || this.#refreshing || this.#cancelPause !== undefined) return;
    if (![...this.#listeners].some((listener) => listener.isShown())) return;
    const wait = this.#lastRefresh + refreshPauseMs - this.clock.now();
    if (wait <= 0) void this.#refresh();
    else {
      this.#cancelPause = this.clock.after(wait, () => {
        this.#cancelPause = undefined;
        this.shown();
      });
    }
  }

  async dispose(): Promise<void> {
    this.#listeners.clear();
    this.#cancelPause?.();
    await this.reader.dispose();
  }

  async #refresh(): Promise<void> {
    this.#refreshing = true;
    this.#dirty = false;
    this.#lastRefresh = this.clock.now();
    try {
      const update = await this.reader.refresh();
      if (update.changed || update.gone) {
        await Promise.all([...this.#listeners].map((listener) => listener.updated(update)));
      }
    } catch (error) {
      for (const listener of this.#listeners) listener.failed(error);
    } finally {
      this.#refreshing = false;
    }
    this.shown();
  }
}

/** Partitions that nobody shows any more, kept open in case they are shown again. */
const mostIdle = 8;

/** The partitions that are read, by path; each has one reader, whoever asks. */
export class SharedPartitions {
  readonly #open = new Map<string, SharedPartition>();
  readonly #idle = new Set<SharedPartition>();

  constructor(
    private readonly makeReader: (path: string) => Reader,
    private readonly clock: Clock = machineClock,
  ) {}

  /** The partition at `path`; it stays open while it has listeners, and a while longer. */
  at(path: string): SharedPartition {
    let partition = this.#open.get(path);
    if (partition === undefined) {
      partition = new SharedPartition(path, this.makeReader(path), this.clock, (one, used) => {
        if (used) this.#idle.delete(one);
        else this.#addIdle(one);
      });
      this.#open.set(path, partition);
      this.#addIdle(partition);
    }
    return partition;
  }

  /** The watcher saw a change in the folder at `path`. */
  changed(path: string): void {
    this.#open.get(path)?.changed();
  }

  /** The view came on screen. */
  shown(): void {
    for (const partition of this.#open.values()) partition.shown();
  }

  /** Everything may have changed: events may have been lost, or a person asks. */
  allChanged(): void {
    for (const partition of this.#open.values()) partition.changed();
  }

  async dispose(): Promise<void> {
    const all = [...this.#open.values()];
    this.#open.clear();
    this.#idle.clear();
    await Promise.all(all.map((partition) => partition.dispose()));
  }

  #addIdle(added: SharedPartition): void {
    this.#idle.add(added);
    for (const partition of this.#idle) {
      if (this.#idle.size <= mostIdle) return;
      this.#idle.delete(partition);
      this.#open.delete(partition.path);
      void partition.dispose();
    }
  }
}
