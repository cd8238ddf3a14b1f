import { opendir, stat } from 'node:fs/promises';
import path from 'node:path';
import { isNetworkPath } from './directory';
import { partitionNumber } from './layout';

/** Folders of tools, which hold no state and many files. */
const skipped = new Set([
  '.git',
  '.hg',
  '.svn',
  '.venv',
  'venv',
  'node_modules',
  'site-packages',
  '__pycache__',
  '.mypy_cache',
  '.pytest_cache',
  '.ruff_cache',
  '.tox',
  '.nox',
  '.cache',
]);

/** Whether a folder of this name is not looked into. */
export function isSkipped(name: string): boolean {
  return skipped.has(name);
}

/** Above the four levels of a store, how deep a state folder may lie in the workspace. */
const deepest = 12;
const concurrency = 16;

export interface FindOptions {
  /** Absolute paths where the app says that it keeps its state; they need not be there. */
  readonly candidates: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/**
 * The state folders in a workspace: those of `candidates` that are there, and every folder that has
 * the shape <group>/<store>/<stream id>/<partition>/CURRENT in it, wherever it lies and whatever
 * Git ignores. Links are not followed. Sorted.
 */
export async function findStateFolders(
  workspaceFolder: string,
  { candidates, signal }: FindOptions,
): Promise<string[]> {
  const found = new Set<string>();
  for (const candidate of candidates) {
    if (isNetworkPath(candidate) && !isNetworkPath(workspaceFolder)) continue;
    const there = await stat(candidate).catch(() => undefined);
    if (there?.isDirectory()) found.add(path.resolve(candidate));
  }
  let level = [workspaceFolder];
  for (let depth = 0; level.length > 0 && depth < deepest; depth++) {
    const next: string[] = [];
    for (let first = 0; first < level.length; first += concurrency) {
      signal?.throwIfAborted();
      const some = level.slice(first, first + concurrency);
      const listed = await Promise.all(some.map((directory) => look(directory)));
      listed.forEach(({ subfolders, isDatabase }, index) => {
        const directory = some[index];
        if (directory === undefined) return;
        if (!isDatabase) next.push(...subfolders);
        else {
          const folder = stateFolderAbove(directory, workspaceFolder);
          if (folder !== undefined) found.add(folder);
        }
      });
    }
    level = next;
  }
  // A partition without a stream level lies one level higher; its folder is inside a found one then.
  const all = [...found].sort();
  return all.filter((folder) => !all.some((other) => isBelow(folder, other)));
}

function isBelow(folder: string, other: string): boolean {
  return folder !== other && folder.startsWith(other + path.sep);
}

/**
 * The state folder of a database at `directory`: four levels up, three where the store's own folder
 * holds the partition (no stream level). Undefined where that is no partition or lies outside.
 */
export function stateFolderAbove(directory: string, workspaceFolder: string): string | undefined {
  if (partitionNumber(path.basename(directory)) === undefined) return undefined;
  const folder = path.resolve(directory, '../../../..');
  const inside = folder === workspaceFolder || folder.startsWith(workspaceFolder + path.sep);
  return inside ? folder : undefined;
}

/** A directory's subfolders, or that it is a database. */
async function look(directory: string): Promise<{ subfolders: string[]; isDatabase: boolean }> {
  const subfolders: string[] = [];
  try {
    for await (const entry of await opendir(directory)) {
      if (entry.name === 'CURRENT' && entry.isFile()) return { subfolders: [], isDatabase: true };
      if (entry.isDirectory() && !isSkipped(entry.name)) {
        subfolders.push(path.join(directory, entry.name));
      }
    }
  } catch (error) {
    // Not ours to read, or gone meanwhile.
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
  }
  return { subfolders, isDatabase: false };
}
