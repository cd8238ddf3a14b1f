import type {
  ConsumerGroup,
  FolderEntry,
  Partition,
  StateFolder,
  Store,
  Stream,
} from '../statefolder/index';
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
    const node = this.known<StateFolderNode>(`stateFolder:${folder.path}`, 'stateFolder', () => ({
      kind: 'stateFolder',
      ...rowAt(`stateFolder:${folder.path}`),
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
    const id = `group:${group.path}`;
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
      ...stores.map((store) => this.#store(store, node)),
      ...this.#others(group.others, node),
    ];
    return node;
  }

  #store(store: Store, parent: StateNode): StoreNode {
    const id = `store:${store.path}`;
    const node = this.known<StoreNode>(id, 'store', () => ({
      kind: 'store',
      ...rowAt(id),
      store,
      storeKind: undefined,
      children: [],
    }));
    Object.assign(node, { store, parent });
    node.children = [
      ...store.streams.flatMap((stream) => this.#stream(stream, node)),
      ...this.#others(store.others, node),
    ];
    return node;
  }

  #stream(stream: Stream, store: StoreNode): StateNode[] {
    const partitions = [...stream.partitions].sort((a, b) => a.number - b.number);
    if (stream.id === undefined || (partitions.length === 1 && stream.others.length === 0)) {
      return [
        ...partitions.map((partition) => this.#partition(partition, stream.id, store, store)),
        ...(stream.id === undefined ? [] : this.#others(stream.others, store)),
      ];
    }
    const id = `stream:${stream.path}`;
    const node = this.known<StreamNode>(id, 'stream', () => ({
      kind: 'stream',
      ...rowAt(id),
      stream,
      children: [],
    }));
    Object.assign(node, { stream, parent: store });
    node.children = [
      ...partitions.map((partition) => this.#partition(partition, stream.id, store, node)),
      ...this.#others(stream.others, node),
    ];
    return [node];
  }

  #partition(
    partition: Partition,
    streamId: string | undefined,
    store: StoreNode,
    parent: StateNode,
  ): PartitionNode {
    // A row of its own while it is half made: VS Code would keep it closed when it becomes whole.
    const id = `partition:${partition.path}${partition.halfMade ? '#halfMade' : ''}`;
    const node = this.known<PartitionNode>(id, 'partition', () => ({
      kind: 'partition',
      ...rowAt(id),
      path: partition.path,
      partition,
      streamId,
      storeName: store.store.name,
      info: undefined,
      error: undefined,
      live: undefined,
      removed: false,
    }));
    return Object.assign(node, { partition, parent, removed: false });
  }

  #others(entries: readonly FolderEntry[], parent: StateNode): StateNode[] {
    const folders = entries.filter((entry) => entry.kind === 'folder');
    const files = entries.filter((entry) => entry.kind !== 'folder');
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
