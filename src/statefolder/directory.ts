import { lstat, readdir, readlink, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { isInside, isNetworkPath, realPath } from './realPath';
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

const { compare } = new Intl.Collator('en', { numeric: true });

/** By name, numbers in it as numbers: `2` before `10`. */
export function compareNames(a: string, b: string): number {
  return compare(a, b) || (a < b ? -1 : 1);
}

/** Whether it is the operating system's, such as ENOENT. That of an aborted signal is not. */
export function isFileSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string';
}

/** How many files are asked for their size at once. */
const concurrency = 64;

/**
 * Lists folders below `root` without going round in loops or, where that is not allowed, out of it.
 */
export class Walker {
  /** Where links led: of two to one place the first is followed, so that links cannot multiply. */
  private readonly followed = new Set<string>();

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
    const { signal } = this.options;
    signal?.throwIfAborted();
    const names = await readdir(directory.path);
    const children: Child[] = [];
    for (let first = 0; first < names.length; first += concurrency) {
      signal?.throwIfAborted();
      const some = names.slice(first, first + concurrency);
      const found = await Promise.all(some.map((name) => this.child(directory, name)));
      children.push(...found.filter((child) => child !== undefined));
    }
    children.sort((a, b) => compareNames(a.name, b.name));
    for (const [index, child] of children.entries()) {
      if (child.kind === 'link') children[index] = await this.follow(child, directory, above);
    }
    return children;
  }

  private async child(parent: Directory, name: string): Promise<Child | undefined> {
    const file = path.join(parent.path, name);
    try {
      const found = await lstat(file);
      if (found.isDirectory()) {
        return { kind: 'directory', name, path: file, real: path.join(parent.real, name) };
      }
      if (found.isSymbolicLink()) {
        const target = await readlink(file).catch(() => undefined);
        return { kind: 'link', name, path: file, target };
      }
      // A pipe would hold whoever opens it, until somebody writes to it.
      if (!found.isFile()) throw new SpecialFileError(file);
      return { kind: 'file', name, path: file, bytes: found.size, modifiedMs: found.mtimeMs };
    } catch (cause) {
      if (isFileSystemError(cause) && cause.code === 'ENOENT') return undefined;
      return { kind: 'unreadable', name, path: file, cause };
    }
  }

  /** What a link leads to, under its own name; the link itself where it is not followed. */
  private async follow(
    link: LinkEntry,
    parent: Directory,
    above: readonly Directory[],
  ): Promise<Child> {
    const { name, path: file, target } = link;
    if (target === undefined || isNetworkPath(target)) return link;
    const real = await realPath(path.join(parent.real, name), parent.real);
    if (real === undefined) return link; // dangling, or a loop of links
    if (!this.options.followLinks && !isInside(this.root, real)) return link;
    const found = await stat(real).catch(() => undefined);
    if (found?.isFile()) {
      return { kind: 'file', name, path: file, bytes: found.size, modifiedMs: found.mtimeMs };
    }
    if (!found?.isDirectory()) return link;
    if (this.followed.has(real) || above.some((directory) => isInside(real, directory.real))) {
      return link;
    }
    this.followed.add(real);
    return { kind: 'directory', name, path: file, real };
  }
}

/** A pipe, socket or device where files are expected. */
export class SpecialFileError extends Error {
  readonly code = 'special';
  constructor(readonly file: string) {
    super(`${file} is no regular file`);
    this.name = 'SpecialFileError';
  }
}
