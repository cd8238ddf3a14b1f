import { FileGoneError, NotADatabaseError, type OpenOptions } from '../rocksdb/index';
import {
  openStorePartition,
  type PartitionChange,
  type StorePartition,
} from '../quixstreams/index';

/** What a refresh found; `gone`: the partition is no longer there. */
export type PartitionUpdate = PartitionChange & { readonly gone: boolean };

/** How often a read is begun anew because compaction removed a file under it. */
const mostTries = 4;

/**
 * Reads one partition again and again while its app writes, compacts, is restarted or its folder is
 * deleted and made anew. Opens at the first question and keeps the last good view; `release` lets go
 * of every file until the next one.
 */
export class PartitionReader {
  private partition: Promise<StorePartition> | undefined;
  private refreshing: Promise<PartitionUpdate> | undefined;

  constructor(
    readonly path: string,
    private readonly options: OpenOptions,
  ) {}

  /**
   * What `use` reads of the partition.
   * @throws the errors of rocksdb; FileGoneError when the files change faster than they are read
   */
  async read<T>(use: (partition: StorePartition) => Promise<T>, signal?: AbortSignal): Promise<T> {
    for (let tries = 1; ; tries++) {
      signal?.throwIfAborted();
      const partition = await this.open();
      try {
        return await use(partition);
      } catch (error) {
        if (!(error instanceof FileGoneError) || tries === mostTries) throw error;
        await this.release(partition);
      }
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

  /** Closes all files, so that the folder can be deleted; only `used` where that is given. */
  async release(used?: StorePartition): Promise<void> {
    const { partition } = this;
    if (!partition) return;
    const opened = await partition.catch(() => undefined);
    if (this.partition !== partition || (used && used !== opened)) return;
    this.partition = undefined;
    await opened?.close();
  }

  dispose(): Promise<void> {
    return this.release();
  }

  private open(): Promise<StorePartition> {
    return (this.partition ??= openStorePartition(this.path, this.options).catch(
      (error: unknown) => {
        this.partition = undefined;
        throw error;
      },
    ));
  }

  private async moveOn(signal: AbortSignal | undefined): Promise<PartitionUpdate> {
    if (!this.partition) {
      await this.open();
      return { changed: true, written: undefined, gone: false };
    }
    const partition = await this.open();
    try {
      return { ...(await partition.refresh(signal)), gone: false };
    } catch (error) {
      if (!(error instanceof FileGoneError) && !(error instanceof NotADatabaseError)) throw error;
      await this.release(partition);
      return { changed: true, written: undefined, gone: true };
    }
  }
}
