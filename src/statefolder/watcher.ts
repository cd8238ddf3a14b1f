import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { FSWatcher } from 'chokidar';
import { parseFileName } from '../rocksdb/index';
import { Emitter, type Disposable } from './events';
import { isSkipped } from './find';
import { isLitter } from './layout';
import { LostFolders } from './lostFolders';
import { NewFolders } from './newFolders';
import { isInside, realPath } from './realPath';
import { WalPoll, type VisiblePartition } from './walPoll';
import type { WatchMode } from './watchMode';

/** What happened: a store's files changed, or what lies in a folder did. */
export type FolderEvent =
  { readonly kind: 'partition'; readonly path: string } | { readonly kind: 'structure' };

/** Many files come and go at once when an app starts or compacts: told of once. */
const structurePauseMs = 100;
/** A file that grows all the time, such as an app's own log, costs one look a second. */
const growthPauseMs = 1000;
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
  /** Where each folder really is, and what it is called: a link itself cannot be watched. */
  private readonly roots = new Map<string, string>();
  private lost: LostFolders | undefined;
  private made: NewFolders | undefined;
  private watcher: FSWatcher | undefined;
  private stateFolders: readonly string[] | undefined;
  private structureTimer: { readonly due: number; readonly timer: NodeJS.Timeout } | undefined;
  private structurePoll: NodeJS.Timeout | undefined;
  private disposed = false;
  private endStart: (() => void) | undefined;

  /** Tells of changes; a partition's at once, those of the structure gathered. */
  readonly onDidChange = this.changes.event;

  constructor(
    /** Absolute paths. */
    private readonly folders: readonly string[],
    private readonly mode: WatchMode,
  ) {
    this.poll = new WalPoll((partition) => this.partitionChanged(partition));
    if (mode === 'poll') this.pollStructure();
  }

  /** Begins to watch; resolves when every folder that is there is watched. */
  async start(): Promise<void> {
    if (this.mode === 'poll' || this.disposed) return;
    const missing: string[] = [];
    for (const folder of this.folders) {
      const real = (await realPath(folder)) ?? folder;
      this.roots.set(real, folder);
      if (!(await stat(real).catch(() => undefined))) missing.push(real);
    }
    const { watch } = await import('chokidar');
    if (this.disposed) return;
    const watcher = watch([], {
      ignoreInitial: true,
      followSymlinks: false,
      atomic: false, // else names that end with `~` are left out
      ignored: (file, stats) =>
        stats?.isFile() === true || (isSkipped(path.basename(file)) && !this.roots.has(file)),
      ignorePermissionErrors: true,
    });
    this.watcher = watcher;
    this.lost = new LostFolders(new Set(this.roots.keys()), (folders) => this.rewatch(folders));
    this.made = new NewFolders(
      () => new Set(Object.keys(watcher.getWatched())),
      (folders) => {
        watcher.add([...folders]);
        this.structureChanged();
      },
    );
    watcher.on('addDir', (folder) => {
      this.made?.add(folder);
      this.structureChanged();
    });
    watcher.on('unlinkDir', (folder) => {
      this.lost?.noticed(folder);
      this.structureChanged();
    });
    watcher.on('raw', (event, name, details) => {
      const { watchedPath } = details as { watchedPath?: string };
      if (watchedPath !== undefined) this.heard(event, watchedPath, name ?? '');
    });
    // A folder that cannot be watched (the limit of watches, permissions): only looking finds changes.
    watcher.on('error', () => this.pollStructure());
    for (const folder of missing) this.lost.add(folder);
    const there = [...this.roots.keys()].filter((folder) => !missing.includes(folder));
    if (there.length === 0) return;
    await new Promise<void>((resolve) => {
      this.endStart = resolve;
      watcher.once('ready', () => resolve());
      watcher.add(there);
    });
  }

  /** The partitions on screen: only those are looked at in case events are lost. */
  watchVisible(partitions: readonly VisiblePartition[]): void {
    this.poll.watch(partitions);
  }

  /**
   * The state folders in what is watched. Files that come, change and go elsewhere are told of no
   * longer, unless they may make an app: a workspace has many others.
   */
  watchStateFolders(folders: readonly string[]): void {
    this.stateFolders = folders;
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.structureTimer?.timer);
    clearInterval(this.structurePoll);
    this.poll.dispose();
    this.lost?.dispose();
    this.made?.dispose();
    void this.watcher?.close();
    this.endStart?.();
    this.changes.dispose();
  }

  private heard(event: string, watched: string, name: string): void {
    const base = path.basename(name);
    // So a folder tells that it is deleted itself, or holds one of its own name.
    if (event === 'rename' && base === path.basename(watched)) this.lost?.add(watched);
    const directory = this.asNamed(watched);
    const file = parseFileName(base);
    if (file && file.kind !== 'options') {
      this.partitionChanged(directory);
      for (const partition of this.poll.partitionsOf(directory)) {
        if (partition !== directory) this.partitionChanged(partition);
      }
      // A store has begun, or is gone.
      if (file.kind === 'current') this.structureChanged();
    } else if (!isLogOfRocksDB(base) && !isLitter(base) && this.concerns(directory, base)) {
      this.structureChanged(event === 'change' ? growthPauseMs : structurePauseMs);
    }
  }

  private concerns(directory: string, name: string): boolean {
    const { stateFolders } = this;
    if (stateFolders === undefined || /\.py$|^app\.yaml$|^\.env$/.test(name)) return true;
    return stateFolders.some((folder) => isInside(folder, directory));
  }

  /** The path of a folder as its owner calls it. */
  private asNamed(directory: string): string {
    for (const [real, folder] of this.roots) {
      if (isInside(real, directory)) return path.join(folder, path.relative(real, directory));
    }
    return directory;
  }

  private partitionChanged(partition: string): void {
    if (!this.disposed) this.changes.fire({ kind: 'partition', path: partition });
  }

  private structureChanged(pauseMs = structurePauseMs): void {
    if (this.disposed) return;
    const due = performance.now() + pauseMs;
    if (this.structureTimer) {
      if (this.structureTimer.due <= due) return;
      clearTimeout(this.structureTimer.timer);
    }
    const timer = setTimeout(() => {
      this.structureTimer = undefined;
      this.changes.fire({ kind: 'structure' });
    }, pauseMs);
    this.structureTimer = { due, timer };
  }

  private pollStructure(): void {
    if (this.disposed) return;
    this.structurePoll ??= setInterval(() => this.structureChanged(), structurePollMs);
  }

  /** Folders that were deleted are there again: their watches died with them. */
  private rewatch(folders: readonly string[]): void {
    this.watcher?.unwatch([...folders]);
    this.watcher?.add([...folders]);
    for (const folder of folders) this.made?.add(folder);
    this.structureChanged();
  }
}

/** Files that RocksDB writes all the time and that say nothing of state. */
function isLogOfRocksDB(name: string): boolean {
  return /^(LOG(\.old.*)?|LOCK|IDENTITY|OPTIONS-\d+.*|.*\.dbtmp|rocksdict-config\.json)$/.test(
    name,
  );
}
