import { lstat, readdir, readlink, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { FileEntry, LinkEntry, UnreadableEntry } from './stateFolder';

/** A directory on the way down, with the real ones above it: what a loop is told by. */
export interface Directory {
  readonly kind: 'directory';
  readonly name: string;
  readonly path: string;
  readonly real: string;
}

export type Child = Directory | FileEntry | LinkEntry | UnreadableEntry;

export interface WalkOptions {
  /** Whether links may lead out of the folder: not in workspaces that are not trusted. */
  readonly followLinks: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** A network path; reading one unasked would send the user's credentials to that host. */
export function isNetworkPath(file: string): boolean {
  return /^(\\\\|\/\/)[^\\/]/.test(file) && !/^\\\\[.?]\\[A-Za-z]:/.test(file);
}

/** The digits first, then by name: `2` before `10`. */
export function compareNames(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true }) || (a < b ? -1 : 1);
}

/** How many files are asked for their size at once. */
const concurrency = 32;

/**
 * Lists folders below `root` without going round in loops or, where that is not allowed, out of it.
 */
export class Walker {
  private constructor(
    private readonly root: string,
    private readonly options: WalkOptions,
  ) {}

  /** A walker, and the folder that it begins with. @throws when `root` is not there */
  static async create(root: string, options: WalkOptions): Promise<[Walker, Directory]> {
    const real = await realpath(root);
    const top: Directory = { kind: 'directory', name: path.basename(root), path: root, real };
    return [new Walker(real, options), top];
  }

  /** What is in `directory`, by name; the directories above it are `above`, itself included. */
  async children(directory: Directory, above: readonly Directory[]): Promise<Child[]> {
    this.options.signal?.throwIfAborted();
    const names = await readdir(directory.path);
    const children: Child[] = [];
    for (let first = 0; first < names.length; first += concurrency) {
      this.options.signal?.throwIfAborted();
      const some = names.slice(first, first + concurrency);
      const found = await Promise.all(some.map((name) => this.child(directory, name, above)));
      children.push(...found.filter((child) => child !== undefined));
    }
    return children.sort((a, b) => compareNames(a.name, b.name));
  }

  private async child(
    parent: Directory,
    name: string,
    above: readonly Directory[],
  ): Promise<Child | undefined> {
    const file = path.join(parent.path, name);
    try {
      const found = await lstat(file);
      if (found.isSymbolicLink()) return await this.link(file, name, above);
      if (found.isDirectory()) {
        return { kind: 'directory', name, path: file, real: path.join(parent.real, name) };
      }
      const { size, mtimeMs } = found;
      return { kind: 'file', name, path: file, bytes: size, modifiedMs: mtimeMs };
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      return { kind: 'unreadable', name, path: file, cause };
    }
  }

  private async link(file: string, name: string, above: readonly Directory[]): Promise<Child> {
    const target = await readlink(file).catch(() => undefined);
    const link: LinkEntry = { kind: 'link', name, path: file, target };
    if (target === undefined || isNetworkPath(target)) return link;
    const real = await realpath(file).catch(() => undefined); // dangling, or a loop of links
    if (real === undefined || isNetworkPath(real)) return link;
    if (!this.options.followLinks && !isInside(this.root, real)) return link;
    if (above.some((directory) => isInside(real, directory.real))) return link;
    const found = await stat(file);
    return found.isDirectory()
      ? { kind: 'directory', name, path: file, real }
      : { kind: 'file', name, path: file, bytes: found.size, modifiedMs: found.mtimeMs };
  }
}

/** Whether `file` is `folder` or lies in it. */
export function isInside(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return (
    relative === '' ||
    (!relative.startsWith('..' + path.sep) && relative !== '..' && !path.isAbsolute(relative))
  );
}
