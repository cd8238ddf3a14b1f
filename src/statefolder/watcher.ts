import path from 'node:path';
import type { FSWatcher } from 'chokidar';
import { parseFileName } from '../rocksdb/index';
import { Emitter, type Disposable } from './events';
import { isSkipped } from './find';
import { WalPoll, type VisiblePartition } from './walPoll';
import type { WatchMode } from './watchMode';

/** What happened: a store's files changed, or what lies in a folder did. */
export type FolderEvent =
  { readonly kind: 'partition'; readonly path: string } | { readonly kind: 'structure' };

/** Many files come and go at once when an app starts or compacts: told of once. */
const structurePauseMs = 100;
/** How often structure is looked at where no events come, ms. */
const structurePollMs = 2000;

/**
 * Watches workspace folders, and state folders outside of them, for what concerns state: folders
 * made and removed, files beside the stores, and every write to a store. It watches folders, never
 * single files: on Windows a watched file could not be deleted by the app.
 *
 * Events tell of a write within some ms. In case they are lost the partitions on screen are looked at
 * twice a second as well; where no events come (`poll`) that is all there is.
 */
export class StateFolderWatcher implements Disposable {
  private readonly changes = new Emitter<FolderEvent>();
  private readonly poll: WalPoll;
  private watcher: FSWatcher | undefined;
  private structureTimer: NodeJS.Timeout | undefined;
  private structurePoll: NodeJS.Timeout | undefined;
  private disposed = false;

  /** Tells of changes; a partition's at once, those of the structure gathered. */
  readonly onDidChange = this.changes.event;

  constructor(
    /** Absolute paths. */
    private readonly folders: readonly string[],
    private readonly mode: WatchMode,
  ) {
    this.poll = new WalPoll(
      folders,
      (partition) => this.changes.fire({ kind: 'partition', path: partition }),
      () => this.rewatch(),
    );
    if (mode === 'poll') {
      this.structurePoll = setInterval(() => this.structureChanged(), structurePollMs);
    }
  }

  /** Begins to watch; resolves when every folder that is there is watched. */
  async start(): Promise<void> {
    if (this.mode === 'poll' || this.disposed) return;
    const { watch } = await import('chokidar');
    if (this.disposed) return;
    const watcher = watch([...this.folders], {
      ignoreInitial: true,
      followSymlinks: false,
      ignored: (file, stats) =>
        stats?.isFile() === true ||
        (isSkipped(path.basename(file)) && !this.folders.includes(file)),
      ignorePermissionErrors: true,
    });
    this.watcher = watcher;
    watcher.on('addDir', () => this.structureChanged());
    watcher.on('unlinkDir', () => this.structureChanged());
    watcher.on('raw', (_event, name, details) => {
      const { watchedPath } = details as { watchedPath?: string };
      if (watchedPath !== undefined) this.heard(watchedPath, name ?? '');
    });
    // A folder that cannot be watched (limit of watches, permissions): looking finds its changes.
    watcher.on('error', () => this.structureChanged());
    await new Promise<void>((resolve) => {
      watcher.once('ready', () => resolve());
    });
  }

  /** The partitions on screen: only those are looked at in case events are lost. */
  watchVisible(partitions: readonly VisiblePartition[]): void {
    this.poll.watch(partitions);
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.structureTimer);
    clearInterval(this.structurePoll);
    this.poll.dispose();
    void this.watcher?.close();
    this.changes.dispose();
  }

  private heard(directory: string, name: string): void {
    const base = path.basename(name);
    const file = parseFileName(base);
    if (file && file.kind !== 'options') {
      this.changes.fire({ kind: 'partition', path: directory });
      // A store has begun, or a log or table came or went: its size on the row is another.
      if (file.kind === 'current') this.structureChanged();
    } else if (!isLogOfRocksDB(base)) {
      this.structureChanged();
    }
  }

  private structureChanged(): void {
    if (this.structureTimer !== undefined || this.disposed) return;
    this.structureTimer = setTimeout(() => {
      this.structureTimer = undefined;
      this.changes.fire({ kind: 'structure' });
    }, structurePauseMs);
  }

  /** A folder that was deleted is there again: its watch died with it. */
  private rewatch(): void {
    const { watcher } = this;
    if (watcher) {
      watcher.unwatch([...this.folders]);
      watcher.add([...this.folders]);
    }
    this.structureChanged();
  }
}

/** Files that RocksDB writes all the time and that say nothing of state. */
function isLogOfRocksDB(name: string): boolean {
  return /^(LOG(\.old.*)?|LOCK|IDENTITY|OPTIONS-\d+.*|.*\.dbtmp|rocksdict-config\.json)$/.test(
    name,
  );
}
