import { Walker, type Child, type Directory, type WalkOptions } from './directory';
import { databaseShape, partitionNumber } from './layout';
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
 * Everything in the state folder at `path`: its groups, stores, streams and partitions, and what
 * else lies there. Reads names and sizes, no store.
 * @throws the error of node:fs when the folder itself cannot be read, `signal`'s reason
 */
export async function scanStateFolder(path: string, options: WalkOptions): Promise<StateFolder> {
  const [walker, top] = await Walker.create(path, options);
  return new Scan(walker).stateFolder(top);
}

/** A directory's children, those that are directories apart. */
interface Listed {
  readonly directories: readonly Directory[];
  readonly others: readonly FolderEntry[];
  readonly names: readonly string[];
  readonly bytes: number;
}

class Scan {
  constructor(private readonly walker: Walker) {}

  async stateFolder(top: Directory): Promise<StateFolder> {
    const { directories, others } = await this.list(top, []);
    const groups: ConsumerGroup[] = [];
    const rest: FolderEntry[] = [...others];
    for (const directory of directories) {
      const above = [top, directory];
      const stores = await this.group(directory, above);
      if (stores) groups.push(stores);
      else rest.push(...(await this.other(directory, [top])));
    }
    return { path: top.path, groups, others: rest };
  }

  /** A consumer group has a store, or nothing in it: an app whose stores are yet to come. */
  private async group(
    directory: Directory,
    above: readonly Directory[],
  ): Promise<ConsumerGroup | undefined> {
    const listed = await this.tryList(directory, above);
    if (!listed || databaseShape(listed.names)) return undefined;
    const stores: Store[] = [];
    const others: FolderEntry[] = [...listed.others];
    const apart: Directory[] = [];
    for (const child of listed.directories) {
      const store = await this.store(child, [...above, child]);
      if (store) stores.push(store);
      else apart.push(child);
    }
    if (stores.length === 0 && listed.names.length > 0) return undefined;
    for (const child of apart) others.push(...(await this.other(child, above)));
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
    const others: FolderEntry[] = [...listed.others];
    for (const child of apart) others.push(...(await this.other(child, above)));
    return { name: directory.name, path: directory.path, streams, others };
  }

  private async stream(
    directory: Directory,
    above: readonly Directory[],
  ): Promise<Stream | undefined> {
    const listed = await this.tryList(directory, above);
    if (!listed || databaseShape(listed.names)) return undefined;
    const partitions: Partition[] = [];
    const others: FolderEntry[] = [...listed.others];
    const apart: Directory[] = [];
    for (const child of listed.directories) {
      const partition = await this.partition(child, above);
      if (partition) partitions.push(partition);
      else apart.push(child);
    }
    if (partitions.length === 0) return undefined;
    for (const child of apart) others.push(...(await this.other(child, above)));
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
    const { name, path } = directory;
    const within = [...above, directory];
    let listed: Listed;
    try {
      listed = await this.list(directory, within);
    } catch (cause) {
      return [unreadable(directory, cause)];
    }
    if (databaseShape(listed.names) === 'whole') {
      const database: DatabaseEntry = { kind: 'database', name, path, bytes: listed.bytes };
      return [database];
    }
    const entries: FolderEntry[] = [];
    if (within.length < deepest) {
      for (const child of listed.directories) entries.push(...(await this.other(child, within)));
    }
    return [{ kind: 'folder', name, path, entries: [...entries, ...listed.others] }];
  }

  private async tryList(
    directory: Directory,
    above: readonly Directory[],
  ): Promise<Listed | undefined> {
    try {
      return await this.list(directory, above);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error; // aborted
      return undefined; // `other` says why
    }
  }

  private async list(directory: Directory, above: readonly Directory[]): Promise<Listed> {
    const children = await this.walker.children(directory, above.length > 0 ? above : [directory]);
    const isDirectory = (child: Child) => child.kind === 'directory';
    const others = children.filter((child) => child.kind !== 'directory');
    return {
      directories: children.filter(isDirectory),
      others,
      names: children.map((child) => child.name),
      bytes: others.reduce((sum, child) => sum + (child.kind === 'file' ? child.bytes : 0), 0),
    };
  }
}

function unreadable({ name, path }: Directory, cause: unknown): FolderEntry {
  return { kind: 'unreadable', name, path, cause };
}
