import path from 'node:path';
import { isFileSystemError, Walker } from './directory';
import type { Child, Directory, WalkOptions } from './directory';
import { databaseShape, isLitter, isStoreName, partitionNumber } from './layout';
import type {
  ConsumerGroup,
  DatabaseEntry,
  FolderEntry,
  Partition,
  StateFolder,
  Store,
  Stream,
} from './stateFolder';

/** Deeper folders of the app's own are not looked into. */
const deepest = 12;

/**
 * Everything in the state folder at `folder`: its groups, stores, streams and partitions, and what
 * else lies there. A part of one that was opened or copied alone (a group, a store, a stream, a
 * partition) gets the levels that it lacks from its path. Reads names and sizes, no store.
 * @throws the error of node:fs when the folder itself cannot be read, `signal`'s reason
 */
export async function scanStateFolder(folder: string, options: WalkOptions): Promise<StateFolder> {
  const [walker, top] = await Walker.create(path.resolve(folder), options);
  const found = await new Scan(walker).anyLevel(top);
  options.signal?.throwIfAborted(); // since the last directory was begun
  return found;
}

/** A directory's children, those that are directories apart. */
interface Listed {
  readonly directories: readonly Directory[];
  readonly others: readonly FolderEntry[];
  readonly names: readonly string[];
  readonly bytes: number;
}

class Scan {
  /** A directory is asked what it is more than once. */
  private readonly listings = new Map<Directory, Listed>();

  constructor(private readonly walker: Walker) {}

  async anyLevel(top: Directory): Promise<StateFolder> {
    const whole = await this.stateFolder(top);
    const stores = whole.groups.flatMap((group) => group.stores);
    if (stores.some(({ streams }) => streams.some(({ id }) => id !== undefined))) return whole;
    // Three levels: <group>/<store>/<partition>, or <store>/<stream id>/<partition> of a group.
    if (stores.some(({ name }) => isStoreName(name)) || top.name === 'state') return whole;
    const group = (await this.wholeGroup(top)) ?? (await this.partOfGroup(top));
    return group ? { path: top.path, groups: [group], others: [] } : whole;
  }

  private async wholeGroup(top: Directory): Promise<ConsumerGroup | undefined> {
    const group = await this.group(top, [top]);
    const isStore = ({ name, streams }: Store) =>
      isStoreName(name) || streams.some(({ id }) => id !== undefined);
    return group?.stores.some(isStore) ? group : undefined;
  }

  /** A group with nothing but the store that `top` is, or that its path says it is a part of. */
  private async partOfGroup(top: Directory): Promise<ConsumerGroup | undefined> {
    const parent = (file: string) => path.dirname(file);
    const name = (file: string) => path.basename(file);
    const inGroup = (store: Store): ConsumerGroup => {
      const above = parent(store.path);
      return { name: name(above), path: above, stores: [store], others: [] };
    };
    const inStore = (stream: Stream): ConsumerGroup => {
      const above = stream.id === undefined ? stream.path : parent(stream.path);
      return inGroup({ name: name(above), path: above, streams: [stream], others: [] });
    };
    if (databaseShape((await this.list(top, [top])).names) !== undefined) {
      const partition = await this.partition(top, []);
      if (!partition) return undefined;
      const above = parent(top.path);
      const flat = isStoreName(name(above)) && !isStoreName(name(parent(above)));
      const id = flat ? undefined : name(above);
      return inStore({ id, path: above, partitions: [partition], others: [] });
    }
    const stream = await this.stream(top, [top]);
    if (stream) return inStore(isStoreName(top.name) ? { ...stream, id: undefined } : stream);
    const store = await this.store(top, [top]);
    return store && inGroup(store);
  }

  async stateFolder(top: Directory): Promise<StateFolder> {
    const { directories, others } = await this.list(top, [top]);
    const groups: ConsumerGroup[] = [];
    const rest: FolderEntry[] = [];
    for (const directory of directories) {
      const above = [top, directory];
      const stores = await this.group(directory, above);
      if (stores) groups.push(stores);
      else rest.push(...(await this.other(directory, [top])));
    }
    return { path: top.path, groups, others: [...rest, ...others] };
  }

  /** A consumer group has a store, or nothing in it: an app whose stores are yet to come. */
  private async group(
    directory: Directory,
    above: readonly Directory[],
  ): Promise<ConsumerGroup | undefined> {
    const listed = await this.tryList(directory, above);
    if (!listed || databaseShape(listed.names)) return undefined;
    const stores: Store[] = [];
    const others: FolderEntry[] = [];
    const apart: Directory[] = [];
    for (const child of listed.directories) {
      const store = await this.store(child, [...above, child]);
      if (store) stores.push(store);
      else apart.push(child);
    }
    if (stores.length === 0 && listed.names.length > 0) return undefined;
    for (const child of apart) others.push(...(await this.other(child, above)));
    others.push(...listed.others);
    // The default store first: it is the one that people look for.
    stores.sort((a, b) => Number(b.name === 'default') - Number(a.name === 'default'));
    return { name: directory.name, path: directory.path, stores, others };
  }

  private async store(
    directory: Directory,
    above: readonly Directory[],
  ): Promise<Store | undefined> {
    const listed = await this.tryList(directory, above);
    if (!listed || databaseShape(listed.names)) return undefined;
    const streams: Stream[] = [];
    const own: Partition[] = [];
    const apart: Directory[] = [];
    for (const child of listed.directories) {
      const number = partitionNumber(child.name);
      const partition = number === undefined ? undefined : await this.partition(child, above);
      if (partition) {
        own.push(partition);
        continue;
      }
      const stream = await this.stream(child, [...above, child]);
      if (stream) streams.push(stream);
      else apart.push(child);
    }
    if (own.length > 0) {
      streams.unshift({ id: undefined, path: directory.path, partitions: own, others: [] });
    }
    if (streams.length === 0) return undefined;
    const others: FolderEntry[] = [];
    for (const child of apart) others.push(...(await this.other(child, above)));
    others.push(...listed.others);
    return { name: directory.name, path: directory.path, streams, others };
  }

  private async stream(
    directory: Directory,
    above: readonly Directory[],
  ): Promise<Stream | undefined> {
    const listed = await this.tryList(directory, above);
    if (!listed || databaseShape(listed.names)) return undefined;
    const partitions: Partition[] = [];
    const others: FolderEntry[] = [];
    const apart: Directory[] = [];
    for (const child of listed.directories) {
      const partition = await this.partition(child, above);
      if (partition) partitions.push(partition);
      else apart.push(child);
    }
    if (partitions.length === 0) return undefined;
    for (const child of apart) others.push(...(await this.other(child, above)));
    others.push(...listed.others);
    return { id: directory.name, path: directory.path, partitions, others };
  }

  /** A number with a RocksDB in it, or with what is left of one, or with nothing yet. */
  private async partition(
    directory: Directory,
    above: readonly Directory[],
  ): Promise<Partition | undefined> {
    const number = partitionNumber(directory.name);
    if (number === undefined) return undefined;
    const listed = await this.tryList(directory, [...above, directory]);
    if (!listed) return undefined;
    const shape = databaseShape(listed.names);
    if (!shape && listed.names.length > 0) return undefined;
    const halfMade = shape !== 'whole' && !listed.names.includes('CURRENT');
    return { number, path: directory.path, halfMade, bytes: listed.bytes };
  }

  /** A directory that is part of no store, with all that is in it. */
  private async other(directory: Directory, above: readonly Directory[]): Promise<FolderEntry[]> {
    const { name, path: at } = directory;
    const within = [...above, directory];
    let listed: Listed;
    try {
      listed = await this.list(directory, within);
    } catch (cause) {
      if (!isFileSystemError(cause)) throw cause; // aborted
      return cause.code === 'ENOENT' ? [] : [unreadable(directory, cause)];
    }
    if (databaseShape(listed.names) === 'whole') {
      const database: DatabaseEntry = { kind: 'database', name, path: at, bytes: listed.bytes };
      return [database];
    }
    const entries: FolderEntry[] = [];
    if (within.length < deepest) {
      for (const child of listed.directories) entries.push(...(await this.other(child, within)));
    }
    return [{ kind: 'folder', name, path: at, entries: [...entries, ...listed.others] }];
  }

  private async tryList(
    directory: Directory,
    above: readonly Directory[],
  ): Promise<Listed | undefined> {
    try {
      return await this.list(directory, above);
    } catch (error) {
      if (!isFileSystemError(error)) throw error; // aborted
      return undefined; // `other` says why
    }
  }

  private async list(directory: Directory, above: readonly Directory[]): Promise<Listed> {
    const known = this.listings.get(directory);
    if (known) return known;
    const found = await this.walker.children(directory, above);
    const children = found.filter(({ name }) => !isLitter(name));
    const isDirectory = (child: Child) => child.kind === 'directory';
    const others = children.filter((child) => child.kind !== 'directory');
    const listed = {
      directories: children.filter(isDirectory),
      others,
      names: children.map((child) => child.name),
      bytes: others.reduce((sum, child) => sum + (child.kind === 'file' ? child.bytes : 0), 0),
    };
    this.listings.set(directory, listed);
    return listed;
  }
}

function unreadable({ name, path }: Directory, cause: unknown): FolderEntry {
  return { kind: 'unreadable', name, path, cause };
}
