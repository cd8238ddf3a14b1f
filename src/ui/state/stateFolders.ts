import path from 'node:path';
import * as vscode from 'vscode';
import {
  findApplications,
  readApplicationCode,
  stateFolderCandidates,
  variablesOf,
  type Application,
} from '../../app/index';
import { printable } from '../../quixstreams/index';
import {
  findStateFolders,
  isInside,
  scanStateFolder,
  StateFolderWatcher,
  watchMode,
  type FolderEvent,
  type VisiblePartition,
} from '../../statefolder/index';
import { addedFoldersKey } from '../contributions';
import type { ShownFolder } from './folderNodes';

/** What a scan found. */
export interface Scanned {
  readonly apps: readonly { readonly app: Application; readonly folders: readonly ShownFolder[] }[];
  /** of no app */
  readonly folders: readonly ShownFolder[];
}

interface Candidate {
  readonly path: string;
  readonly workspaceFolder: vscode.WorkspaceFolder | undefined;
  readonly added: boolean;
  readonly app: Application | undefined;
}

/** Scans come at least this far apart, however often files change. */
const scanPauseMs = 500;

/** The apps and state folders of the window: found, scanned and watched, the workspace's and those a person added. */
export class StateFolders implements vscode.Disposable {
  apps: readonly Application[] = [];
  readonly #watchers = new Map<string, StateFolderWatcher | undefined>();
  readonly #subscriptions: vscode.Disposable;
  #visiblePartitions: readonly VisiblePartition[] = [];
  #known: readonly string[] = [];
  #scanning: Promise<void> | undefined;
  #again = false;
  #stale = true;
  #lastScan = 0;
  #disposed = false;

  constructor(
    private readonly memento: vscode.Memento,
    private readonly log: vscode.LogOutputChannel,
    private readonly host: {
      isVisible(): boolean;
      scanned(found: Scanned): void;
      /** where a run of the app keeps its state, as its log says */
      runFolder(app: Application): string | undefined;
      partitionChanged(path: string): void;
    },
  ) {
    this.#subscriptions = vscode.Disposable.from(
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.changed()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.changed()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('stateFolder.folders')) this.changed();
      }),
    );
  }

  /** Something besides the stores changed: looked at now, or when the view is on screen. */
  changed(): void {
    this.#stale = true;
    if (this.host.isVisible()) void this.scan();
  }

  /** The view came on screen. */
  shown(): void {
    if (this.#stale) void this.scan();
  }

  /** Looks for apps and state folders anew; calls at the same time share a scan, or the one after it. */
  scan(): Promise<void> {
    if (this.#scanning !== undefined) {
      this.#again = true;
      return this.#scanning;
    }
    this.#scanning = this.#scanUntilStill().finally(() => {
      this.#scanning = undefined;
    });
    return this.#scanning;
  }

  /** The partitions on screen, looked at in case events of the file system are lost. */
  watchVisible(partitions: readonly VisiblePartition[]): void {
    this.#visiblePartitions = partitions;
    for (const watcher of this.#watchers.values()) this.#showTo(watcher);
  }

  /** Whether a path lies in the workspace or in a folder that a person named. */
  isKnown(file: string): boolean {
    return this.#known.some((folder) => isInside(folder, file));
  }

  async add(folder: string): Promise<void> {
    if (!this.#added().includes(folder)) {
      await this.memento.update(addedFoldersKey, [...this.#added(), folder]);
    }
    await this.scan();
  }

  async remove(folder: string): Promise<void> {
    await this.memento.update(
      addedFoldersKey,
      this.#added().filter((other) => other !== folder),
    );
    await this.scan();
  }

  dispose(): void {
    this.#disposed = true;
    this.#subscriptions.dispose();
    for (const watcher of this.#watchers.values()) watcher?.dispose();
    this.#watchers.clear();
  }

  #added(): string[] {
    return this.memento.get<string[]>(addedFoldersKey, []);
  }

  async #scanUntilStill(): Promise<void> {
    do {
      this.#again = false;
      const wait = this.#lastScan + scanPauseMs - Date.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      if (this.#disposed) return;
      this.#lastScan = Date.now();
      this.#stale = false;
      try {
        await this.#scanOnce();
      } catch (error) {
        this.log.error('the scan failed', error instanceof Error ? error.name : '');
      }
    } while (this.#again && !this.#disposed);
  }

  async #scanOnce(): Promise<void> {
    const started = performance.now();
    const apps: Application[] = [];
    const candidates = new Map<string, Candidate>();
    const workspaceFolders = (vscode.workspace.workspaceFolders ?? []).filter(
      ({ uri }) => uri.scheme === 'file',
    );
    for (const workspaceFolder of workspaceFolders) {
      const root = workspaceFolder.uri.fsPath;
      const found = await findApplications(root);
      apps.push(...found);
      const named = await this.#named(found, root);
      const asked = this.#configured(workspaceFolder);
      const folders = await findStateFolders(root, {
        candidates: [...[...named.values()].flat(), ...asked],
        followLinks: vscode.workspace.isTrusted,
      });
      for (const folder of folders) {
        if (candidates.has(folder)) continue;
        const app = appOf(folder, named);
        candidates.set(folder, { path: folder, workspaceFolder, added: false, app });
      }
    }
    for (const folder of this.#added()) {
      if (candidates.has(folder)) continue;
      candidates.set(folder, {
        path: folder,
        workspaceFolder: undefined,
        added: true,
        app: undefined,
      });
    }
    this.apps = apps;
    const outside = [...candidates.keys()].filter(
      (folder) => !workspaceFolders.some(({ uri }) => isInside(uri.fsPath, folder)),
    );
    this.#known = [...workspaceFolders.map(({ uri }) => uri.fsPath), ...outside];
    const shown = await this.#shownFolders([...candidates.values()], workspaceFolders.length > 1);
    await this.#watch(this.#known);
    if (this.#disposed) return;
    for (const watcher of this.#watchers.values()) {
      watcher?.watchStateFolders([...candidates.keys()]);
    }
    const ms = Math.round(performance.now() - started);
    this.log.debug(`scan: ${apps.length} apps, ${shown.length} state folders, ${ms} ms`);
    this.host.scanned({
      apps: apps.map((app) => ({
        app,
        folders: shown.filter((folder) => folder.app === app).map(({ shown }) => shown),
      })),
      folders: shown.filter(({ app }) => app === undefined).map(({ shown }) => shown),
    });
  }

  /** Where each app may keep its state; outside of the workspace only where it is trusted. */
  async #named(apps: readonly Application[], root: string): Promise<Map<Application, string[]>> {
    const named = new Map<Application, string[]>();
    for (const app of apps) {
      const code = await readApplicationCode(app);
      const options = { workspaceFolder: root, inherited: process.env, code };
      const { values: environment } = await variablesOf(app, options);
      const logged = this.host.runFolder(app);
      const folders = await stateFolderCandidates(app, root, environment, code);
      if (logged !== undefined && !folders.includes(logged)) folders.unshift(logged);
      named.set(
        app,
        folders.filter((folder) => vscode.workspace.isTrusted || isInside(root, folder)),
      );
    }
    return named;
  }

  /** The folders of the setting; VS Code takes no workspace value of it where that is not trusted. */
  #configured(workspaceFolder: vscode.WorkspaceFolder): string[] {
    const configuration = vscode.workspace.getConfiguration('stateFolder', workspaceFolder.uri);
    const folders = configuration.get<unknown>('folders');
    if (!Array.isArray(folders)) return [];
    return folders
      .filter((folder) => typeof folder === 'string' && folder !== '')
      .map((folder: string) => path.resolve(workspaceFolder.uri.fsPath, folder));
  }

  async #shownFolders(candidates: readonly Candidate[], multiRoot: boolean) {
    const all = await Promise.all(
      candidates.map(async ({ path: folder, workspaceFolder, added, app }) => {
        try {
          const scanned = await scanStateFolder(folder, {
            followLinks: vscode.workspace.isTrusted,
          });
          if (!added && scanned.groups.length === 0 && scanned.others.length === 0)
            return undefined;
          const label = labelOf(folder, workspaceFolder, multiRoot);
          return { app, shown: { folder: scanned, label, added } };
        } catch (error) {
          this.log.warn('a state folder could not be scanned', String((error as Error).name));
          return undefined;
        }
      }),
    );
    return all.filter((found) => found !== undefined);
  }

  async #watch(folders: readonly string[]): Promise<void> {
    for (const [folder, watcher] of this.#watchers) {
      if (folders.includes(folder)) continue;
      watcher?.dispose();
      this.#watchers.delete(folder);
    }
    for (const folder of folders) {
      if (this.#watchers.has(folder)) continue;
      this.#watchers.set(folder, undefined);
      const watcher = new StateFolderWatcher([folder], await watchMode(folder));
      if (this.#disposed) {
        watcher.dispose();
        return;
      }
      this.#watchers.set(folder, watcher);
      watcher.onDidChange((event) => this.#onDidChange(event));
      this.#showTo(watcher);
      // What changed before it watched is found by a scan after it.
      void watcher.start().then(() => this.changed());
    }
  }

  #showTo(watcher: StateFolderWatcher | undefined): void {
    watcher?.watchVisible(this.#visiblePartitions);
  }

  #onDidChange(event: FolderEvent): void {
    if (event.kind === 'structure') {
      this.log.trace('watcher: structure');
      this.changed();
    } else {
      this.log.trace('watcher: partition');
      this.host.partitionChanged(event.path);
    }
  }
}

/** The app that a folder belongs to: it holds the folder, or else names it first. */
function appOf(
  folder: string,
  named: ReadonlyMap<Application, readonly string[]>,
): Application | undefined {
  const apps = [...named.keys()];
  const holding = apps
    .filter((app) => isInside(app.folder, folder))
    .sort((a, b) => b.folder.length - a.folder.length)[0];
  return holding ?? apps.find((app) => named.get(app)?.includes(folder));
}

/** `state`, `my-app/state`, with the workspace folder's name where there are several. */
function labelOf(
  folder: string,
  workspaceFolder: vscode.WorkspaceFolder | undefined,
  multiRoot: boolean,
): string {
  const base = path.basename(folder);
  if (workspaceFolder === undefined) return printable(base);
  const relative = path.relative(workspaceFolder.uri.fsPath, folder).split(path.sep).join('/');
  if (relative === '' || relative.startsWith('..')) return printable(base);
  return printable(multiRoot ? `${workspaceFolder.name}/${relative}` : relative);
}
