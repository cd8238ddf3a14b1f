import * as vscode from 'vscode';
import { messageFor, type Application } from '../app/index';
import { printable, valueText } from '../quixstreams/index';
import { lockHolder, PartitionReader } from '../statefolder/index';
import type { AppRuns } from './appRuns';
import { ChangeDecorations } from './changeDecorations';
import { ChangeMarks } from './changeMarks';
import { contextKeys } from './contributions';
import { Liveness } from './liveness';
import { NodeWriter, rowValueLength } from './nodeTexts';
import { SharedPartitions } from './sharedPartitions';
import { StateFolders, type Scanned } from './stateFolders';
import { StateTree } from './stateTree';
import { StateView } from './stateView';
import { TreeItems } from './treeItems';
import type { PartitionNode, StateNode } from './treeNodes';
import type { PartitionNames } from './valueDocument';

/** What a window knows of state: its folders, their rows and the partitions that are read, kept in step. */
export class Session implements vscode.Disposable {
  readonly partitions: SharedPartitions;
  readonly folders: StateFolders;
  readonly tree: StateTree;
  readonly view: StateView;
  readonly liveness: Liveness;
  readonly #decorations = new ChangeDecorations();
  readonly #marks = new ChangeMarks((node) => this.#decorations.changed(node));
  readonly #subscriptions: vscode.Disposable;
  readonly #writer = new NodeWriter((message, ...args) => vscode.l10n.t(message, ...args));
  #shown = '';
  #scanned: Scanned = { apps: [], folders: [] };

  constructor(
    memento: vscode.Memento,
    private readonly log: vscode.LogOutputChannel,
    private readonly runs: AppRuns,
  ) {
    const follow = () => vscode.workspace.isTrusted;
    this.partitions = new SharedPartitions((path) => new PartitionReader(path, { follow }));
    this.liveness = new Liveness(
      { lockHolder, runningSince: (path) => runs.runningSince(path) },
      () => this.tree.shownPartitions(),
      (nodes) => this.view.changed(nodes),
    );
    this.tree = new StateTree(this.partitions, {
      isVisible: () => this.view.visible,
      changed: (nodes) => this.#changed(nodes),
      mark: (node, mark, ended) => this.#marks.mark(node, mark, ended),
      sentence: (error, node) => this.#sentence(error, node),
      valueText: (entry) => valueText(entry.value, rowValueLength),
      live: (path) => this.liveness.reasonOf(path),
      shownChanged: () => this.#watchShown(),
    });
    const items = new TreeItems(this.#writer, (error, node) => this.#sentence(error, node));
    this.view = new StateView(this.tree, items);
    this.folders = new StateFolders(memento, log, {
      isVisible: () => this.view.visible,
      scanned: (found) => this.#take(found),
      partitionChanged: (path) => {
        this.liveness.grew(path);
        this.partitions.changed(path);
      },
    });
    this.#subscriptions = vscode.Disposable.from(
      this.view.onDidChangeVisibility((visible) => this.#visibilityChanged(visible)),
      runs.onDidChange(() => this.#take(this.#scanned)),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#take(this.#scanned)),
    );
    this.#visibilityChanged(this.view.visible);
  }

  /** A sentence for an error in reading the partition at `path`. */
  sentenceFor(error: unknown, path: string): string {
    const node = this.tree.find(path);
    return node?.kind === 'partition' ? this.#sentence(error, node) : messageFor(error, path).text;
  }

  /** What the rows call the partition at `path`. */
  namesOf(path: string): PartitionNames | undefined {
    const node = this.tree.find(path);
    if (node?.kind !== 'partition') return undefined;
    return { store: printable(node.storeName), partition: this.#writer.partitionLabel(node) };
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.liveness.stop();
    this.folders.dispose();
    this.tree.dispose();
    this.#marks.dispose();
    this.view.dispose();
    this.#decorations.dispose();
    void this.partitions.dispose();
  }

  #sentence(error: unknown, node: PartitionNode): string {
    return printable(messageFor(error, this.#writer.partitionLabel(node)).text);
  }

  #changed(nodes: StateNode[]): void {
    this.view.changed(nodes);
    for (const node of nodes) {
      if (node.kind === 'partition' && node.error !== undefined) {
        this.log.error('a partition cannot be read', String((node.error as Error).name));
      }
    }
    this.#watchShown();
  }

  /** Partitions on screen are looked at in case events are lost; those that cannot be read are counted. */
  #watchShown(): void {
    const shown = this.tree.shownPartitions();
    const visible = this.view.visible ? shown : [];
    this.folders.watchVisible(
      visible.map(({ path, info }) => ({ path, walDirectory: info?.walDirectory ?? path })),
    );
    this.view.unreadable = shown.filter(({ error }) => error !== undefined).length;
  }

  #visibilityChanged(visible: boolean): void {
    if (visible) {
      this.folders.shown();
      this.partitions.shown();
      this.tree.shown();
      this.liveness.start();
    } else {
      this.liveness.stop();
    }
    this.#watchShown();
  }

  /** Shows what a scan found, or what a run changed. */
  #take(found: Scanned): void {
    this.#scanned = found;
    this.tree.setContent({
      apps: found.apps.map(({ app, folders }) => ({ app, folders, run: this.runs.statusOf(app) })),
      folders: found.folders,
    });
    this.view.description = this.#description(found);
    const empty = this.tree.roots.length === 0;
    this.view.message =
      vscode.workspace.isTrusted || empty
        ? undefined
        : vscode.l10n.t('Restricted Mode: browse only');
    const shown = this.#fingerprint(found);
    if (shown !== this.#shown) this.view.changed(undefined);
    this.#shown = shown;
    this.#setContexts(found.apps.map(({ app }) => app));
    this.#watchShown();
  }

  /** All that rows say of a scan: the same again needs no repaint. */
  #fingerprint({ apps, folders }: Scanned): string {
    const runs = apps.map(({ app, folders: own }) => [app.name, this.runs.statusOf(app), own]);
    return JSON.stringify([runs, folders], (key, value: unknown) =>
      key === 'cause' || key === 'modifiedMs' ? undefined : value,
    );
  }

  /** The only app and its status; without an app, the only folder of the workspace. */
  #description({ apps }: Scanned): string {
    const [first] = apps;
    if (apps.length === 1 && first !== undefined) {
      const name = printable(first.app.name);
      const words = {
        idle: name,
        running: vscode.l10n.t('{0} · running', name),
        failed: vscode.l10n.t('{0} · failed', name),
      };
      return words[this.runs.statusOf(first.app)];
    }
    const folders = vscode.workspace.workspaceFolders ?? [];
    return apps.length === 0 && folders.length === 1 ? printable(folders[0]?.name ?? '') : '';
  }

  #setContexts(apps: readonly Application[]): void {
    const set = (key: string, value: unknown) =>
      void vscode.commands.executeCommand('setContext', key, value);
    set(contextKeys.hasApp, apps.length > 0);
    set(
      contextKeys.canRun,
      apps.some((app) => !this.runs.isRunning(app)),
    );
    set(contextKeys.paths, Object.fromEntries(this.tree.folderPaths().map((path) => [path, true])));
    set(contextKeys.scanned, true);
  }
}
