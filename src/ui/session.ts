import * as vscode from 'vscode';
import { changelogTopicOf, messageFor, type Application } from '../app/index';
import { printable } from '../quixstreams/index';
import { lockHolder, PartitionReader } from '../statefolder/index';
import type { AppRuns } from './run/appRuns';
import { runWords } from './run/runStatus';
import { ChangeDecorations } from './state/changeDecorations';
import { ChangeMarks } from './state/changeMarks';
import { contextKeys } from './contributions';
import { Liveness } from './state/liveness';
import { NodeWriter, rowValueLength, type DecodedRow } from './state/nodeTexts';
import { SharedPartitions } from './state/sharedPartitions';
import { StateFolders, type Scanned } from './state/stateFolders';
import { StateTree } from './state/stateTree';
import { StateView } from './state/stateView';
import { TreeItems } from './state/treeItems';
import type { ChangeMark, Origin, PartitionNode, StateNode } from './state/treeNodes';
import { RowValues } from './value/rowValues';
import type { StoreFormats } from './value/storeFormats';
import type { ValueDecoder } from './value/valueDecoder';
import type { PartitionNames } from './value/valueDocument';

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
  readonly #values: RowValues;
  readonly #writer: NodeWriter;
  /** All that is said by each row of the first level and those below it, by its id. */
  #shown = new Map<string, string>();
  #shownRuns = '';
  #contexts = '';
  #loggedFolders = '[]';
  #scanned: Scanned = { apps: [], folders: [] };

  constructor(
    memento: vscode.Memento,
    private readonly log: vscode.LogOutputChannel,
    private readonly runs: AppRuns,
    decoder: ValueDecoder,
    formats: StoreFormats,
  ) {
    this.#values = new RowValues(decoder, formats, (row) => this.#decoded(row));
    this.#writer = new NodeWriter(
      (message, ...args) => vscode.l10n.t(message, ...args),
      this.#values,
    );
    const follow = () => vscode.workspace.isTrusted;
    this.partitions = new SharedPartitions((path) => new PartitionReader(path, { follow }));
    this.liveness = new Liveness(
      {
        lockHolder,
        runningSince: (path) => runs.runAt(path)?.since,
        replicasAt: (path) => runs.runAt(path)?.processes.length ?? 0,
        replicaOf: async (path, pid) => runs.runAt(path)?.replicaOf(path, pid),
        originOf: (node) => this.#originOf(node),
      },
      () => this.tree.shownPartitions(),
      (nodes) => this.view.changed(nodes),
    );
    this.tree = new StateTree(this.partitions, {
      isVisible: () => this.view.visible,
      changed: (nodes) => this.#changed(nodes),
      mark: (node, mark, ended) => this.#marks.mark(node, this.#asRead(mark, node), ended),
      sentence: (error, node) => this.#sentence(error, node),
      valueText: (shown) => this.#writer.valueText(shown),
      nothingPasses: ({ text }) =>
        vscode.l10n.t('Nothing here passes the filter {0}', printable(text)),
      live: (path) => this.liveness.reasonOf(path),
      shownChanged: () => this.#watchShown(),
    });
    const items = new TreeItems(this.#writer, (error, node) => this.#sentence(error, node));
    this.view = new StateView(this.tree, items);
    this.folders = new StateFolders(memento, log, {
      isVisible: () => this.view.visible,
      scanned: (found) => this.#take(found),
      runFolder: (app) => runs.runOf(app)?.facts.stateFolder,
      partitionChanged: (path) => {
        this.liveness.grew(path);
        this.partitions.changed(path);
      },
    });
    this.#subscriptions = vscode.Disposable.from(
      this.view.onDidChangeVisibility((visible) => this.#visibilityChanged(visible)),
      runs.onDidChange(() => this.#runsChanged()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#take(this.#scanned)),
      formats.onDidChange(() => this.view.changed(undefined)),
    );
    this.#visibilityChanged(this.view.visible);
  }

  /** A sentence for an error in reading the partition at `path`. */
  sentenceFor(error: unknown, path: string): string {
    const node = this.tree.find(path);
    return node?.kind === 'partition' ? this.#sentence(error, node) : messageFor(error, path).text;
  }

  /** What a row is called. */
  labelOf(node: StateNode): string {
    return this.#writer.texts(node).label;
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

  /** A run began or ended, or its log said something: its rows, and perhaps where its state is. */
  #runsChanged(): void {
    const logged = this.runs.running.map((app) => this.runs.runOf(app)?.facts.stateFolder);
    const folders = JSON.stringify(logged);
    if (folders !== this.#loggedFolders) this.folders.changed();
    this.#loggedFolders = folders;
    // An app's log says much that no row does.
    if (this.#runsFingerprint(this.#scanned) !== this.#shownRuns) this.#take(this.#scanned);
  }

  /** Once an app that we run has a partition open: whether its state was there, or came from the changelog. */
  #originOf({ path, live, info, origin, ...node }: PartitionNode): Origin | undefined {
    const run = this.runs.runAt(path);
    if (run === undefined || live === undefined || run.status.kind === 'starting') return undefined;
    const before = run.prepared.before.get(path);
    const { group } = run.facts;
    const { storeName: store, streamId, partition } = node;
    if (group !== undefined && streamId !== undefined) {
      const changelog = changelogTopicOf({ group, store, streamId });
      if (run.wasRecovered(`${changelog}[${partition.number}]`)) {
        const after = origin?.kind === 'recovered' ? origin.after : info?.changelogOffset;
        return { kind: 'recovered', before: before?.changelogOffset, after };
      }
    }
    return before === undefined ? undefined : { kind: 'kept', before: before.changelogOffset };
  }

  #sentence(error: unknown, node: PartitionNode): string {
    return printable(messageFor(error, this.#writer.partitionLabel(node)).text);
  }

  #changed(nodes: StateNode[]): void {
    const decoded = nodes.filter((node) => node.kind === 'entry' || node.kind === 'joinEntry');
    void this.#values.ready(decoded).then(() => this.view.changed(nodes));
    for (const node of nodes) {
      if (node.kind === 'partition' && node.error !== undefined) {
        this.log.error('a partition cannot be read', String((node.error as Error).name));
      }
    }
    this.#watchShown();
  }

  /** A mark with the row's new value, which may only be decoded once somebody looks at it. */
  #asRead(mark: ChangeMark, node: StateNode): ChangeMark {
    const isDecoded = node.kind === 'entry' || node.kind === 'joinEntry';
    if (!isDecoded || mark.to === undefined) return mark;
    const { change, from } = mark;
    const values = this.#values;
    return {
      change,
      from,
      get to() {
        return values.line(node, rowValueLength);
      },
    };
  }

  /** The value of a row is there in its format. */
  #decoded(row: DecodedRow): void {
    this.view.changed([row]);
    if (row.mark !== undefined) this.#decorations.changed(row);
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
      apps: found.apps.map(({ app, folders }) => ({
        app,
        folders,
        run: this.runs.statusOf(app),
        uses: this.runs.runOf(app)?.uses ?? [],
      })),
      folders: found.folders,
    });
    this.view.description = this.#description(found);
    const empty = this.tree.roots.length === 0;
    this.view.message =
      vscode.workspace.isTrusted || empty
        ? undefined
        : vscode.l10n.t('Restricted Mode: browse only');
    this.#repaint(found);
    this.#setContexts(found.apps.map(({ app }) => app));
    this.#watchShown();
  }

  /** What the rows of an app say does not repaint those of another: a button that is repainted takes no click. */
  #repaint(found: Scanned): void {
    const { roots } = this.tree;
    const before = this.#shown;
    const said = partsOf(found).map((part) => fingerprint(part));
    const shownRuns = this.#runsFingerprint(found);
    const keyOf = ({ kind, id }: StateNode) => `${kind} ${id}`;
    this.#shown = new Map(
      roots.map((root, i) => {
        const run =
          root.kind === 'app' ? [runWords(root.run, vscode.l10n.t), root.uses] : shownRuns;
        return [keyOf(root), JSON.stringify([said[i], run])];
      }),
    );
    this.#shownRuns = shownRuns;
    const isSameList = [...before.keys()].join('\n') === [...this.#shown.keys()].join('\n');
    if (!isSameList) this.view.changed(undefined);
    else this.view.changed(roots.filter((r) => before.get(keyOf(r)) !== this.#shown.get(keyOf(r))));
  }

  /** All that rows say of the runs of the apps that a scan found. */
  #runsFingerprint({ apps }: Scanned): string {
    const runs = apps.map(({ app }) => {
      const status = runWords(this.runs.statusOf(app), vscode.l10n.t);
      return [status, this.runs.runOf(app)?.uses];
    });
    return JSON.stringify(runs);
  }

  /** The only app and its status; without an app, the only folder of the workspace. */
  #description({ apps }: Scanned): string {
    const [first] = apps;
    if (apps.length === 1 && first !== undefined) {
      const words = runWords(this.runs.statusOf(first.app), vscode.l10n.t);
      const name = printable(first.app.name);
      return words === '' ? name : `${name} · ${words}`;
    }
    const folders = vscode.workspace.workspaceFolders ?? [];
    return apps.length === 0 && folders.length === 1 ? printable(folders[0]?.name ?? '') : '';
  }

  #setContexts(apps: readonly Application[]): void {
    const values = {
      [contextKeys.hasApp]: apps.length > 0,
      [contextKeys.canRun]: apps.some((app) => !this.runs.isRunning(app)),
      [contextKeys.paths]: Object.fromEntries(this.tree.folderPaths().map((path) => [path, true])),
      [contextKeys.files]: Object.fromEntries(this.tree.filePaths().map((path) => [path, true])),
      [contextKeys.scanned]: true,
    };
    // Each makes VS Code look at its menus again.
    const contexts = JSON.stringify(values);
    if (contexts === this.#contexts) return;
    this.#contexts = contexts;
    for (const [key, value] of Object.entries(values)) {
      void vscode.commands.executeCommand('setContext', key, value);
    }
  }
}

/** What a scan found for each row of the first level, in their order. */
function partsOf({ apps, folders }: Scanned): unknown[] {
  const [only, another] = apps;
  const own = only && !another ? only.folders : apps.map((one) => [one.app.name, one.folders]);
  return [...own, ...folders];
}

/** All that rows say of a part of a scan: the same again needs no repaint. */
function fingerprint(part: unknown): string {
  return JSON.stringify(part, (key, value: unknown) =>
    key === 'cause' || key === 'modifiedMs' ? undefined : value,
  );
}
