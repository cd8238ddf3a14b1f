import { statfs } from 'node:fs/promises';
import { databaseUsage, noUsage, type DatabaseUsage } from '../../rocksdb/index';
import {
  scanStateFolder,
  type DatabaseEntry,
  type FileEntry,
  type FolderEntry,
  type Partition,
} from '../../statefolder/index';

/** What a part of a state folder takes up. */
export interface UsageRow {
  /** Of a group, store, stream or folder as on disk, of a partition as logged: `f-in[0]`; that of a stream's only one. */
  readonly name: string;
  /** How many levels of the state folder are above it. */
  readonly depth: number;
  readonly bytes: number;
}

/** What takes up a state folder. Sizes are bytes of the files' lengths. */
export interface DiskUsage {
  readonly path: string;
  readonly bytes: number;
  /** Groups, stores, streams and partitions in the order of the tree, then what else is there. */
  readonly rows: readonly UsageRow[];
  /** Of all databases together. */
  readonly databases: DatabaseUsage;
  /** Files of the app's own, the largest first. */
  readonly files: readonly FileEntry[];
  /** Databases that could not be asked, and why: their bytes count as `rest`. */
  readonly problems: readonly { readonly path: string; readonly error: unknown }[];
  /** Of the disk that it is on; undefined where the system does not tell. */
  readonly disk: { readonly freeBytes: number; readonly bytes: number } | undefined;
}

/**
 * Tells what takes up the state folder at `path`, or the part of one that it is.
 * @throws as `scanStateFolder`
 */
export async function diskUsage(
  path: string,
  options: { readonly follow: boolean; readonly signal: AbortSignal },
): Promise<DiskUsage> {
  const { follow, signal } = options;
  const folder = await scanStateFolder(path, { followLinks: follow, signal });
  const walk = new UsageWalk(follow, signal);
  for (const group of folder.groups) {
    await walk.level(group.name, 0, async () => {
      for (const store of group.stores) {
        await walk.level(store.name, 1, async () => {
          for (const stream of store.streams) {
            const { id, partitions, others } = stream;
            const below = async (depth: number) => {
              for (const partition of partitions) await walk.partition(id, partition, depth);
              await walk.others(others, depth);
            };
            const isJoined = partitions.length === 1 && others.length === 0;
            if (id === undefined || isJoined) await below(2);
            else await walk.level(id, 2, () => below(3));
          }
          await walk.others(store.others, 2);
        });
      }
      await walk.others(group.others, 1);
    });
  }
  await walk.others(folder.others, 0);
  const { rows, databases, files, problems, bytes } = walk;
  files.sort((a, b) => b.bytes - a.bytes);
  return { path: folder.path, bytes, rows, databases, files, problems, disk: await diskOf(path) };
}

async function diskOf(path: string): Promise<DiskUsage['disk']> {
  try {
    const { bavail, blocks, bsize } = await statfs(path);
    return { freeBytes: bavail * bsize, bytes: blocks * bsize };
  } catch {
    return undefined;
  }
}

/** Sums up what is below, and keeps a row for each level. */
class UsageWalk {
  readonly rows: UsageRow[] = [];
  readonly databases: { -readonly [Kind in keyof DatabaseUsage]: number } = { ...noUsage };
  readonly files: FileEntry[] = [];
  readonly problems: { path: string; error: unknown }[] = [];
  bytes = 0;

  constructor(
    private readonly follow: boolean,
    private readonly signal: AbortSignal,
  ) {}

  /** A row that holds what `below` adds. */
  async level(name: string, depth: number, below: () => Promise<void>): Promise<void> {
    const before = this.bytes;
    const at = this.rows.length;
    await below();
    this.rows.splice(at, 0, { name, depth, bytes: this.bytes - before });
  }

  partition(stream: string | undefined, partition: Partition, depth: number): Promise<void> {
    const { number, path, bytes, halfMade } = partition;
    const name = stream === undefined ? String(number) : `${stream}[${number}]`;
    return this.database(name, path, bytes, depth, halfMade);
  }

  async others(entries: readonly FolderEntry[], depth: number): Promise<void> {
    for (const entry of entries) {
      if (entry.kind === 'file') {
        this.bytes += entry.bytes;
        this.files.push(entry);
      } else if (entry.kind === 'database') {
        const { name, path, bytes }: DatabaseEntry = entry;
        await this.database(name, path, bytes, depth, false);
      } else if (entry.kind === 'folder') {
        await this.level(entry.name, depth, () => this.others(entry.entries, depth + 1));
      }
    }
  }

  /** `scanned`: bytes of its files as the scan saw them. */
  private async database(
    name: string,
    path: string,
    scanned: number,
    depth: number,
    halfMade: boolean,
  ): Promise<void> {
    const usage = halfMade ? { ...noUsage, rest: scanned } : await this.ask(path, scanned);
    let bytes = 0;
    for (const kind of Object.keys(usage) as (keyof DatabaseUsage)[]) {
      this.databases[kind] += usage[kind];
      bytes += usage[kind];
    }
    this.bytes += bytes;
    this.rows.push({ name, depth, bytes });
  }

  private async ask(path: string, scanned: number): Promise<DatabaseUsage> {
    try {
      return await databaseUsage(path, { follow: () => this.follow, signal: this.signal });
    } catch (error) {
      this.signal.throwIfAborted();
      this.problems.push({ path, error });
      return { ...noUsage, rest: scanned };
    }
  }
}
