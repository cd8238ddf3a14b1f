import { stat } from 'node:fs/promises';
import path from 'node:path';
import { FileGoneError, NotADatabaseError, type OpenOptions } from '../rocksdb/index';
import {
  openStorePartition,
  type PartitionChange,
  type StorePartition,
} from '../quixstreams/index';

/**
 * What a refresh found; `gone`: there is no store now, since it was deleted or is being made and has
 * no CURRENT yet. When there is one again, the next refresh opens it.
 */
export type PartitionUpdate = PartitionChange & { readonly gone: boolean };

/** How often a read is begun anew because compaction removed a file under it. */
const mostTries = 4;
/** How long a refresh waits for reads; one that takes longer keeps its own view anyway. */
const mostWaitMs = 250;

/**
 * Reads one partition again and again while its app writes, compacts, is restarted or its folder is
 * deleted and made anew. Opens at the first question and keeps the last good view; `release` lets go
 * of every file until the next one. A short read sees one point in time: the view moves on between
 * reads.
 */
export class PartitionReader {
  private partition: Promise<StorePartition> | undefined;
  private refreshing: Promise<PartitionUpdate> | undefined;
  private readonly reading = new Set<Promise<unknown>>();
  private readonly closed = new WeakSet<StorePartition>();
  /** Opened anew since the last refresh: what was written between the two views is not known. */
  private viewLost = false;
  private disposed = false;

  constructor(
    readonly path: string,
    private readonly options: OpenOptions,
  ) {}

  /**
   * What `use` reads of the partition.
   * @throws the errors of rocksdb: NotADatabaseError while the store is being made, FileGoneError when
   * the files change faster than they are read, or are gone
   */
  async read<T>(use: (partition: StorePartition) => Promise<T>, signal?: AbortSignal): Promise<T> {
    await this.refreshEnded();
    signal?.throwIfAborted();
    const reading = this.retry(use, signal);
    this.reading.add(reading);
    try {
      return await reading;
    } finally {
      this.reading.delete(reading);
      if (this.disposed && this.reading.size === 0) await this.close();
    }
  }

  /**
   * Moves the view on to now; calls at the same time share one.
   * @throws the errors of rocksdb; the view before stays then
   */
  refresh(signal?: AbortSignal): Promise<PartitionUpdate> {
    return (this.refreshing ??= this.moveOn(signal).finally(() => {
      this.refreshing = undefined;
    }));
  }

  /**
   * Closes all files, so that the folder can be deleted; the next question opens them again. Waits a
   * moment for reads; one that is still not through begins anew.
   */
  async release(): Promise<void> {
    await this.readsEnded();
    await this.refreshEnded();
    await this.close();
  }

  /** Closes all files once the reads that have begun are through; later ones keep none open. */
  async dispose(): Promise<void> {
    this.disposed = true;
    await Promise.allSettled(this.reading);
    await this.refreshEnded();
    await this.close();
  }

  private async retry<T>(
    use: (partition: StorePartition) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    for (let tries = 1; ; tries++) {
      let partition: StorePartition | undefined;
      try {
        partition = await this.open();
        const result = await use(partition);
        // What it read after the view was closed under it may be short.
        if (this.closed.has(partition)) throw new FileGoneError(this.path, 'closed');
        return result;
      } catch (error) {
        if (!(error instanceof FileGoneError)) throw error;
        await this.refreshEnded();
        await this.close(partition);
        if (tries === mostTries || !(await this.isThere())) throw error;
        signal?.throwIfAborted();
      }
    }
  }

  private open(): Promise<StorePartition> {
    return (this.partition ??= openStorePartition(this.path, this.options).catch(
      (error: unknown) => {
        this.partition = undefined;
        throw error;
      },
    ));
  }

  /** Closes the view, only `used` where that is given: another may have been opened since. */
  private async close(used?: StorePartition): Promise<void> {
    const { partition } = this;
    if (!partition) return;
    const opened = await partition.catch(() => undefined);
    if (this.partition !== partition || (used && used !== opened)) return;
    this.partition = undefined;
    this.viewLost = true;
    if (!opened) return;
    this.closed.add(opened);
    await opened.close();
  }

  private async moveOn(signal: AbortSignal | undefined): Promise<PartitionUpdate> {
    await this.readsEnded();
    for (let tries = 1; ; tries++) {
      signal?.throwIfAborted();
      const isNew = this.partition === undefined;
      let partition: StorePartition | undefined;
      try {
        partition = await this.open();
        const change = await partition.refresh(signal);
        if (!isNew && change.changed && !change.written) {
          // It may be another database with files of the same names: nothing of this one stays open.
          await this.close(partition);
          partition = await this.open();
        }
        if (this.disposed) await this.close(partition);
        const lost = isNew || this.viewLost;
        this.viewLost = false;
        return lost
          ? { changed: true, written: undefined, gone: false }
          : { ...change, gone: false };
      } catch (error) {
        const isGone = error instanceof NotADatabaseError || error instanceof FileGoneError;
        if (!isGone) throw error;
        await this.close(partition);
        if (!(await this.isThere())) return { changed: true, written: undefined, gone: true };
        if (tries === mostTries) throw error;
      }
    }
  }

  /** Waits until the reads that have begun have ended, but not for ever. */
  private async readsEnded(): Promise<void> {
    if (this.reading.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, mostWaitMs);
    });
    await Promise.race([Promise.allSettled(this.reading), late]);
    clearTimeout(timer);
  }

  /** Waits for a refresh that runs: one whose database is closed under it would open it again. */
  private async refreshEnded(): Promise<void> {
    await this.refreshing?.catch(() => undefined); // whoever asked for it is told
  }

  private isThere(): Promise<boolean> {
    return stat(path.join(this.path, 'CURRENT')).then(
      () => true,
      () => false,
    );
  }
}
