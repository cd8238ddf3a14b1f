import { streamOrigin } from '../../quixstreams/index';
import type {
  ConsumerGroup,
  FolderEntry,
  Partition,
  StateFolder,
  Store,
  Stream,
} from '../../statefolder/index';
import type {
  FileNode,
  FolderNode,
  GroupNode,
  PartitionNode,
  StateFolderNode,
  StateNode,
  StoreNode,
  StreamNode,
} from './treeNodes';

/** A state folder with what the tree says of it. */
export interface ShownFolder {
  readonly folder: StateFolder;
  /** `state`, or the path from the workspace folder where that says more */
  readonly label: string;
  /** by Open State Folder... */
  readonly added: boolean;
}

type Known = <Node extends StateNode>(id: string, kind: Node['kind'], make: () => Node) => Node;

/**
 * Builds the rows of a state folder down to its partitions, joined where a level holds only one: one group and its
 * folder are one row, and a stream with one partition is none. `known` gives the row of an earlier scan where there
 * was one, so that what is loaded below it stays.
 */
export class FolderNodes {
  constructor(private readonly known: Known) {}

  folder(shown: ShownFolder, parent: StateNode | undefined): StateNode {
    const { folder, label, added } = shown;
    const [only] = folder.groups;
    if (folder.groups.length === 1 && only !== undefined) {
      const node = this.#group(only, parent);
      node.joined = { folder, label, added };
      node.children.push(...this.#others(folder.others, node));
      return node;
    }
    const id = idOf('stateFolder', folder.path, folder.groups.some(groupIsWhole));
    const node = this.known<StateFolderNode>(id, 'stateFolder', () => ({
      kind: 'stateFolder',
      ...rowAt(id),
      folder,
      label,
      added,
      children: [],
    }));
    Object.assign(node, { folder, label, added, parent });
    node.children = [
      ...folder.groups.map((group) => this.#group(group, node)),
      ...this.#others(folder.others, node),
    ];
    return node;
  }

  #group(group: ConsumerGroup, parent: StateNode | undefined): GroupNode {
    const id = idOf('group', group.path, groupIsWhole(group));
    const node = this.known<GroupNode>(id, 'group', () => ({
      kind: 'group',
      ...rowAt(id),
      group,
      joined: undefined,
      children: [],
    }));
    Object.assign(node, { group, parent, joined: undefined });
    const stores = [...group.stores].sort(defaultFirst);
    node.children = [
      ...stores.map((store) => this.#store(store, group.name, node)),
      ...this.#others(group.others, node),
    ];
    return node;
  }

  #store(store: Store, group: string, parent: StateNode): StoreNode {
    const id = idOf('store', store.path, storeIsWhole(store));
    const node = this.known<StoreNode>(id, 'store', () => ({
      kind: 'store',
      ...rowAt(id),
      store,
      storeKind: undefined,
      windows: undefined,
      children: [],
    }));
    Object.assign(node, { store, parent });
    node.children = [
      ...store.streams.flatMap((stream) => this.#stream(stream, group, node)),
      ...this.#others(store.others, node),
    ];
    return node;
  }

  #stream(stream: Stream, group: string, store: StoreNode): StateNode[] {
    const named = stream.id === undefined ? undefined : streamOrigin(stream.id, group);
    const of = { streamId: stream.id, named, ownName: undefined };
    const partitions = [...stream.partitions].sort((a, b) => a.number - b.number);
    if (stream.id === undefined || (partitions.length === 1 && stream.others.length === 0)) {
      return [
        ...partitions.map((partition) =>
          this.#partition(partition, { ...of, storeName: store.store.name }, store),
        ),
        ...(stream.id === undefined ? [] : this.#others(stream.others, store)),
      ];
    }
    const id = idOf('stream', stream.path, streamIsWhole(stream));
    const node = this.known<StreamNode>(id, 'stream', () => ({
      kind: 'stream',
      ...rowAt(id),
      stream,
      named,
      children: [],
    }));
    Object.assign(node, { stream, parent: store });
    node.children = [
      ...partitions.map((partition) =>
        this.#partition(partition, { ...of, storeName: store.store.name }, node),
      ),
      ...this.#others(stream.others, node),
    ];
    return [node];
  }

  #partition(
    partition: Partition,
    of: Pick<PartitionNode, 'streamId' | 'named' | 'ownName' | 'storeName'>,
    parent: StateNode,
  ): PartitionNode {
    const id = idOf('partition', partition.path, !partition.halfMade);
    const node = this.known<PartitionNode>(id, 'partition', () => ({
      kind: 'partition',
      ...rowAt(id),
      path: partition.path,
      partition,
      ...of,
      info: undefined,
      error: undefined,
      live: undefined,
      owner: undefined,
      origin: undefined,
      removed: false,
    }));
    return Object.assign(node, { partition, parent, removed: false });
  }

  #others(entries: readonly FolderEntry[], parent: StateNode): StateNode[] {
    const folders = entries.filter((entry) => entry.kind === 'folder');
    const files = entries.filter((entry) => entry.kind !== 'folder' && entry.kind !== 'database');
    const databases = entries.filter((entry) => entry.kind === 'database');
    return [
      ...folders.map((entry) => {
        const id = `folder:${entry.path}`;
        const node = this.known<FolderNode>(id, 'folder', () => ({
          kind: 'folder',
          ...rowAt(id),
          entry,
          children: [],
        }));
        Object.assign(node, { entry, parent });
        node.children = this.#others(entry.entries, node);
        return node;
      }),
      ...databases.map(({ name, path, bytes }) => {
        const partition = { number: 0, path, bytes, halfMade: false };
        const of = { streamId: undefined, named: undefined, ownName: name, storeName: name };
        return this.#partition(partition, of, parent);
      }),
      ...files.map((entry) => {
        const id = `file:${entry.path}`;
        const node = this.known<FileNode>(id, 'file', () => ({
          kind: 'file',
          ...rowAt(id),
          entry,
        }));
        return Object.assign(node, { entry, parent });
      }),
    ];
  }
}

/** Rows that have nothing to open yet have ids of their own: VS Code would keep them closed when they have. */
function idOf(kind: StateNode['kind'], path: string, whole: boolean): string {
  return `${kind}:${path}${whole ? '' : '#halfMade'}`;
}

const streamIsWhole = (stream: Stream) => stream.partitions.some(({ halfMade }) => !halfMade);
const storeIsWhole = (store: Store) => store.streams.some(streamIsWhole);
const groupIsWhole = (group: ConsumerGroup) => group.stores.some(storeIsWhole);

/** A closed row without a parent. */
export function rowAt(id: string) {
  return { id, parent: undefined, expanded: false, opensAtFirst: false };
}

/** `default`, then by name. */
function defaultFirst(a: Store, b: Store): number {
  if (a.name === b.name) return 0;
  if (a.name === 'default') return -1;
  if (b.name === 'default') return 1;
  return a.name < b.name ? -1 : 1;
}
