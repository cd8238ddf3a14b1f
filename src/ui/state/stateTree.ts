import type { Application } from '../../app/index';
import { metadataColumnFamily, type KeyFilter, type MessageKey } from '../../quixstreams/index';
import { isInside } from '../../statefolder/index';
import { machineClock, type Clock } from './changeScheduler';
import { FolderNodes, rowAt, type ShownFolder } from './folderNodes';
import { filteredBy, type FilterableNode } from './nodeFilters';
import { PartitionRows, type RowsHost } from './partitionRows';
import type { SharedPartitions } from './sharedPartitions';
import type { AppNode, EntryNode, MoreNode, PartitionNode, StateNode } from './treeNodes';
import { entryId, isShown, joinEntryId, messageKeyId, pathOf, windowId } from './treeNodes';
import type { ValueAddress } from '../value/valueUri';

/** What the tree is made of, as of the last scan. */
export interface TreeContent {
  readonly apps: readonly {
    readonly app: Application;
    readonly run: AppNode['run'];
    readonly uses: AppNode['uses'];
    readonly folders: readonly ShownFolder[];
  }[];
  /** of no app */
  readonly folders: readonly ShownFolder[];
}

/** How long the rows of a store wait for what their partitions say, before they are shown without it. */
const patienceMs = 100;
/** Partitions that are opened at the same time for what their rows say. */
const readAtOnce = 8;
/** Partitions that are asked which windows a store has. */
const mostAsked = 4;
/** How long a partition whose folder is gone stays among the rows. */
const removedMs = 10_000;

/** The rows of the State view: built by scans, loaded as they are opened. */
export class StateTree {
  roots: StateNode[] = [];
  readonly #known = new Map<string, StateNode>();
  readonly #rows = new Map<PartitionNode, PartitionRows>();
  #openedFirst = false;

  constructor(
    private readonly partitions: SharedPartitions,
    private readonly host: RowsHost,
    private readonly clock: Clock = machineClock,
  ) {}

  /** Takes over a scan. Rows that are still there stay, with what is loaded below them. */
  setContent(content: TreeContent): void {
    const before = new Map(this.#known);
    this.#known.clear();
    const nodes = new FolderNodes((id, kind, make) => {
      const old = before.get(id);
      const node = old?.kind === kind ? (old as ReturnType<typeof make>) : make();
      this.#known.set(id, node);
      return node;
    });
    const single = content.apps.length === 1;
    this.roots = [
      ...content.apps.flatMap(({ app, run, uses, folders }) => {
        if (single) return folders.map((folder) => nodes.folder(folder, undefined));
        const id = `app:${app.mainFile}`;
        const old = before.get(id);
        const node: AppNode =
          old?.kind === 'app' ? old : { kind: 'app', ...rowAt(id), app, folders: [], run, uses };
        this.#known.set(id, node);
        Object.assign(node, { app, run, uses });
        node.folders = folders.map((folder) => nodes.folder(folder, node));
        return [node];
      }),
      ...content.folders.map((folder) => nodes.folder(folder, undefined)),
    ];
    for (const [id, node] of before) if (!this.#known.has(id)) this.#gone(node);
    // A folder that was deleted and is made again is opened as at first.
    if (this.roots.length === 0) this.#openedFirst = false;
    if (!this.#openedFirst) this.#openFirst();
  }

  /** The rows below `node`, read if they must be; of the tree itself without one. */
  async children(node: StateNode | undefined): Promise<readonly StateNode[]> {
    if (node === undefined) return this.roots;
    switch (node.kind) {
      case 'app':
        return node.folders;
      case 'store':
      case 'stream':
        await this.#readPartitions(node.children);
        return node.children;
      case 'group':
        await this.#readStoreKinds(node.children);
        await this.#readPartitions(node.children);
        return node.children;
      case 'stateFolder':
      case 'folder':
        await this.#readPartitions(node.children);
        return node.children;
      case 'partition':
        return this.rowsOf(node).children(node);
      case 'messageKey':
      case 'columnFamily':
      case 'metadata':
      case 'internals':
        return this.rowsOf(node.partition).children(node);
      case 'entry':
      case 'window':
      case 'joinEntry':
      case 'file':
      case 'more':
      case 'notice':
        return [];
    }
  }

  async loadMore(node: MoreNode): Promise<void> {
    const { owner } = node.list;
    if (owner.kind === 'partition') await this.rowsOf(owner).loadMore(node);
    else if ('partition' in owner) await this.rowsOf(owner.partition).loadMore(node);
  }

  /** A row was opened or closed on screen. */
  setExpanded(node: StateNode, expanded: boolean): void {
    node.expanded = expanded;
    if (expanded) this.shown();
    this.host.shownChanged();
  }

  /** Rows came on screen: what changed in them meanwhile is read. */
  shown(): void {
    for (const [partition, rows] of this.#rows) {
      if (isShown(partition)) void rows.opened();
    }
  }

  /** The rows of a partition, made when they are first asked for. */
  rowsOf(node: PartitionNode): PartitionRows {
    let rows = this.#rows.get(node);
    if (rows === undefined) {
      rows = new PartitionRows(node, this.partitions.at(node.path), this.host);
      this.#rows.set(node, rows);
    }
    return rows;
  }

  /** Partitions whose rows are on screen as far as their parents are open. */
  shownPartitions(): PartitionNode[] {
    return [...this.#rows.keys()].filter((node) => isShown(node) && !node.removed);
  }

  /** The innermost row that stands for `path` or for a folder above it. */
  find(path: string): StateNode | undefined {
    let best: StateNode | undefined;
    let longest = -1;
    for (const node of this.#known.values()) {
      const joined = node.kind === 'group' ? node.joined?.folder.path : undefined;
      for (const own of [pathOf(node), joined]) {
        if (own === undefined || own.length <= longest || !isInside(own, path)) continue;
        best = node;
        longest = own.length;
      }
    }
    return best;
  }

  /** The row of an entry if its page is loaded, else of its message key or partition. */
  async findEntry(
    partition: PartitionNode,
    { columnFamily, key, index }: Pick<ValueAddress, 'columnFamily' | 'key' | 'index'>,
  ): Promise<StateNode> {
    const rows = this.rowsOf(partition);
    await rows.children(partition);
    const id = entryId(partition.path, columnFamily, key);
    const { families, metadata } = rows;
    const family =
      columnFamily === metadataColumnFamily
        ? metadata
        : families.find(({ name, range }) => name === columnFamily && range === undefined);
    if (family !== undefined) {
      await rows.children(family);
      return family.entries?.find(id) ?? family;
    }
    const found = rows.top?.find(id);
    if (found !== undefined || columnFamily !== 'default') return found ?? partition;
    const prefix = await this.partitions.at(partition.path).read((store) => store.prefixOf(key));
    if (prefix === undefined) return partition;
    const messageKey = rows.top?.find(messageKeyId(partition.path, prefix));
    if (messageKey?.kind !== 'messageKey') return partition;
    await rows.children(messageKey);
    const ids = [id, windowId(partition.path, key, index), joinEntryId(partition.path, key)];
    const rowsOfKey = ids.map((one) => messageKey.entries?.find(one));
    return rowsOfKey.find((row) => row !== undefined) ?? messageKey;
  }

  /** Shows only what a filter lets through below a row, for as long as the window lives; undefined: all. */
  setFilter(node: FilterableNode, filter: KeyFilter | undefined): void {
    node.filter = filter;
    for (const partition of this.partitionsBelow(node)) {
      if (node.kind === 'store') partition.filter = undefined;
      this.#rows.get(partition)?.filterChanged();
    }
    this.host.changed([node]);
  }

  /** The partitions that a row is or has below it; all of the tree without one. */
  partitionsBelow(node: StateNode | undefined): PartitionNode[] {
    if (node?.kind === 'partition') return [node];
    const children = node === undefined ? this.roots : childNodes(node);
    return children.flatMap((child) => this.partitionsBelow(child));
  }

  /** The rows that have a filter. */
  filteredNodes(): FilterableNode[] {
    return [...this.#known.values()].flatMap((node) =>
      (node.kind === 'store' || node.kind === 'partition') && node.filter !== undefined
        ? [node]
        : [],
    );
  }

  /** The row of a message key that is there: its page need not be loaded, a filter that hides it ends. */
  async findMessageKey(partition: PartitionNode, messageKey: MessageKey): Promise<StateNode> {
    const rows = this.rowsOf(partition);
    await rows.children(partition);
    const found = rows.top?.find(messageKeyId(partition.path, messageKey.prefix));
    if (found !== undefined) return found;
    const filtered = filteredBy(partition);
    if (filtered !== undefined) {
      this.setFilter(filtered, undefined);
      await rows.children(partition);
    }
    return rows.include(messageKey) ?? partition;
  }

  /** Whether the index of TTL says something else than an entry. */
  async indexDisagrees({ entry, partition }: EntryNode): Promise<boolean> {
    if (typeof entry.expiresAtMs !== 'bigint') return false;
    const [disagrees = false] = await this.partitions
      .at(partition.path)
      .read((store) => store.ttlIndexDisagreements([entry]));
    return disagrees;
  }

  /** Paths of all rows that are folders of a state folder, for menus of the Explorer. */
  folderPaths(): string[] {
    const paths: string[] = [];
    for (const node of this.#known.values()) {
      if (node.kind === 'app' || node.kind === 'file') continue;
      if (node.kind === 'group' && node.joined !== undefined) paths.push(node.joined.folder.path);
      const path = pathOf(node);
      if (path !== undefined) paths.push(path);
    }
    return paths;
  }

  /** Paths of all plain files, for the same. */
  filePaths(): string[] {
    return [...this.#known.values()].flatMap((node) =>
      node.kind === 'file' && node.entry.kind === 'file' ? [node.entry.path] : [],
    );
  }

  dispose(): void {
    for (const rows of this.#rows.values()) rows.dispose();
    this.#rows.clear();
  }

  /** Opens the first store, its first partition and its first message key: a value is seen at once. */
  #openFirst(): void {
    // A store that is being made has nothing to show yet: the next scan finds it whole.
    const holdsPartition = (node: StateNode): boolean =>
      node.kind === 'partition' ? !node.partition.halfMade : childNodes(node).some(holdsPartition);
    let node = this.roots.find(holdsPartition);
    while (node !== undefined) {
      this.#openedFirst = true;
      node.opensAtFirst = true;
      node.expanded = true;
      node = childNodes(node).find(holdsPartition);
    }
  }

  /** What partitions' rows say is read before they are shown, unless that takes long. */
  async #readPartitions(nodes: readonly StateNode[]): Promise<void> {
    const partitions = nodes.filter((node) => node.kind === 'partition');
    await this.#patiently(
      partitions.filter(({ partition, info }) => !partition.halfMade && info === undefined),
      async (node) => {
        await this.rowsOf(node).readInfo();
        return node;
      },
    );
  }

  /** The kind of a store is known from its first partition; of windows from the first one that has some. */
  async #readStoreKinds(nodes: readonly StateNode[]): Promise<void> {
    const stores = nodes.filter((node) => node.kind === 'store');
    await this.#patiently(
      stores.filter(({ storeKind }) => storeKind === undefined),
      async (node) => {
        const partitions = node.store.streams.flatMap((stream) => stream.partitions);
        for (const { path, halfMade } of partitions.slice(0, mostAsked)) {
          if (halfMade) break;
          try {
            const { kind, windows } = await this.partitions
              .at(path)
              .read(async (store) => ({ kind: store.kind, windows: store.windows }));
            node.storeKind ??= kind;
            node.windows = windows;
            if (kind !== 'windowed' || windows !== undefined) break;
          } catch {
            break; // the partition's own row says why
          }
        }
        return node.storeKind === undefined ? undefined : node;
      },
    );
  }

  /** Waits a moment for what rows say; those that are read later are repainted then. */
  async #patiently<Node extends StateNode>(
    nodes: readonly Node[],
    read: (node: Node) => Promise<StateNode | undefined>,
  ): Promise<void> {
    if (nodes.length === 0) return;
    const known: StateNode[] = [];
    const waiting = [...nodes];
    const readOnes = async () => {
      for (let node = waiting.shift(); node !== undefined; node = waiting.shift()) {
        const row = await read(node);
        if (row !== undefined) known.push(row);
      }
    };
    const all = Promise.all(Array.from({ length: readAtOnce }, readOnes));
    let late = false;
    let cancel = () => {};
    const patience = new Promise<void>((resolve) => {
      cancel = this.clock.after(patienceMs, () => {
        late = true;
        resolve();
      });
    });
    void all.then(() => {
      cancel();
      if (late) this.host.changed(known);
    });
    await Promise.race([all, patience]);
  }

  /** A row of the last scan that is not there any more. */
  #gone(node: StateNode): void {
    if (node.kind !== 'partition') return;
    if (node.partition.halfMade) return; // it is whole now, or was never more than a folder
    this.#rows.get(node)?.dispose();
    this.#rows.delete(node);
    const { parent } = node;
    if (parent === undefined || this.#known.get(parent.id) !== parent) return;
    if (parent.kind !== 'store' && parent.kind !== 'stream') return;
    node.removed = true;
    parent.children = [...parent.children, node];
    this.clock.after(removedMs, () => {
      if (!node.removed) return;
      parent.children = parent.children.filter((child) => child !== node);
      this.host.changed([parent]);
    });
  }
}

/** Rows that scans found below a row, without reading. */
function childNodes(node: StateNode): readonly StateNode[] {
  if (node.kind === 'app') return node.folders;
  return 'children' in node ? node.children : [];
}
