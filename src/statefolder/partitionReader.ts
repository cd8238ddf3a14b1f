import { stat } from 'node:fs/promises';
import path from 'node:path';
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

/** A partition that is open for everybody who uses it at this moment. */
interface Opened {
  readonly partition: StorePartition;
  users: number;
  /** Nobody begins to use it any more; the last user closes it. */
  leaving: (() => void) | undefined;
}

/**
 * Reads one partition again and again while its app writes, compacts, is restarted or its folder is
 * deleted and made anew. Opens at the first question and keeps the last good view; `release` lets go
 * of every file until the next one.
 */
export class PartitionReader {
  private opened: Promise<Opened> | undefined;
  private refreshing: Promise<PartitionUpdate> | undefined;
  /** What was read before is of another view than the next refresh starts from. */
  private jumped = false;
  private wasOpen = false;
  private disposed = false;

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
      const { opened } = this;
      try {
        return await this.use(use);
      } catch (error) {
        if (!(error instanceof FileGoneError) || tries === mostTries) throw error;
        // Others may have opened it anew already; their reads of the old one may end.
        if (this.opened === opened) void this.release().catch(() => undefined);
      }
    }
  }

  /**
   * Moves the view on to now; calls at the same time share one, with the signal of the first.
   * @throws the errors of rocksdb; the view before stays then
   */
  refresh(signal?: AbortSignal): Promise<PartitionUpdate> {
    return (this.refreshing ??= this.moveOn(signal).finally(() => {
      this.refreshing = undefined;
    }));
  }

  /** Closes all files, so that the folder can be deleted; reads that run end first. */
  async release(): Promise<void> {
    const { opened } = this;
    this.opened = undefined;
    const open = await opened?.catch(() => undefined);
    if (!open) return;
    if (open.users > 0) {
      const { leaving } = open;
      await new Promise<void>((resolve) => {
        open.leaving = () => {
          leaving?.();
          resolve();
        };
      });
    }
    await open.partition.close();
  }

  /** As `release`; what is read after it opens the files for that read alone. */
  dispose(): Promise<void> {
    this.disposed = true;
    return this.release();
  }

  private async isThere(): Promise<boolean> {
    const found = await stat(path.join(this.path, 'CURRENT')).catch(() => undefined);
    return found !== undefined;
  }

  private async use<T>(read: (partition: StorePartition) => Promise<T>): Promise<T> {
    const open = await this.open();
    open.users++;
    try {
      return await read(open.partition);
    } finally {
      if (--open.users === 0) open.leaving?.();
      if (this.disposed) await this.release();
    }
  }

  private open(): Promise<Opened> {
    if (this.opened) return this.opened;
    const opened = openStorePartition(this.path, this.options).then(
      (partition): Opened => {
        this.jumped ||= this.wasOpen;
        this.wasOpen = true;
        return { partition, users: 0, leaving: undefined };
      },
      (error: unknown) => {
        if (this.opened === opened) this.opened = undefined;
        throw error;
      },
    );
    return (this.opened = opened);
  }

  private async moveOn(signal: AbortSignal | undefined): Promise<PartitionUpdate> {
    const all = { changed: true, written: undefined, gone: false };
    const knewNothing = !this.wasOpen;
    try {
      const change = await this.use((partition) =>
        knewNothing ? Promise.resolve(all) : partition.refresh(signal),
      );
      if (!knewNothing && change.changed && !change.written) {
        // Perhaps it is another database now, with files of the same names: nothing of this one stays.
        void this.release().catch(() => undefined);
        await this.use(() => Promise.resolve());
      }
      const { jumped } = this;
      this.jumped = false;
      return jumped ? all : { ...change, gone: false };
    } catch (error) {
      const gone = error instanceof FileGoneError || error instanceof NotADatabaseError;
      if (!gone || knewNothing || (await this.isThere())) throw error;
      const { opened } = this;
      if (opened) void this.release().catch(() => undefined);
      return { changed: opened !== undefined, written: undefined, gone: true };
    }
  }
}
