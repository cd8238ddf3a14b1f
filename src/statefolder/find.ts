import { opendir, stat } from 'node:fs/promises';
import path from 'node:path';
import { isFileSystemError } from './directory';
import { isStoreName, partitionNumber } from './layout';
import { isInside, isNetworkPath, realPath } from './realPath';

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
  /** Whether a candidate in the workspace may be a link that leads out of it: not where that is untrusted. */
  readonly followLinks?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The state folders in a workspace: those of `candidates` that are there, and every folder that has
 * the shape <group>/<store>/<stream id>/<partition>/CURRENT in it, wherever it lies and whatever
 * Git ignores. A workspace that is itself a part of a state folder counts as one. Links are not
 * followed to find more. Sorted.
 */
export async function findStateFolders(
  workspaceFolder: string,
  { candidates, followLinks = false, signal }: FindOptions,
): Promise<string[]> {
  const workspace = path.resolve(workspaceFolder);
  const named = new Set<string>();
  for (const candidate of candidates) {
    const folder = await candidateFolder(candidate, workspace, followLinks);
    if (folder !== undefined) named.add(folder);
  }
  const databases = await findDatabases(workspace, signal);
  const found = new Set<string>();
  // Those that lie deepest first: with them it is known where those without a stream level belong.
  for (const database of databases.reverse()) {
    const homes = homesOf(database, workspace);
    const home =
      homes.find((folder) => named.has(folder)) ??
      homes.find((folder) => found.has(folder)) ??
      homes[0];
    if (home !== undefined) found.add(home);
  }
  // A candidate without stores that is but a part of another folder adds nothing.
  const own = [...named].filter((folder) => ![...found].some((other) => isInside(other, folder)));
  return [...new Set([...found, ...own])].sort();
}

/** A candidate that is a folder and may be looked into. */
async function candidateFolder(
  candidate: string,
  workspace: string,
  followLinks: boolean,
): Promise<string | undefined> {
  const folder = path.resolve(candidate);
  if (isNetworkPath(folder) && !isNetworkPath(workspace)) return undefined;
  const real = await realPath(folder);
  if (real === undefined || !(await stat(real).catch(() => undefined))?.isDirectory()) {
    return undefined;
  }
  if (!followLinks && isInside(workspace, folder)) {
    const realWorkspace = await realPath(workspace);
    if (realWorkspace === undefined || !isInside(realWorkspace, real)) return undefined;
  }
  return folder;
}

/** Every directory with a CURRENT, those that lie higher first. */
async function findDatabases(
  workspace: string,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const databases: string[] = [];
  let level = [workspace];
  for (let depth = 0; level.length > 0 && depth < deepest; depth++) {
    const next: string[] = [];
    for (let first = 0; first < level.length; first += concurrency) {
      signal?.throwIfAborted();
      const some = level.slice(first, first + concurrency);
      const listed = await Promise.all(some.map((directory) => look(directory, signal)));
      listed.forEach((subfolders, index) => {
        if (subfolders) next.push(...subfolders);
        else databases.push(some[index] ?? '');
      });
    }
    level = next;
  }
  return databases;
}

/**
 * The state folders that a database may belong to, likelier first: four levels up, three where a store
 * has no stream level. What lies above the workspace is not for us to look at: it stands for it then.
 */
function homesOf(database: string, workspace: string): string[] {
  const [partition, stream, store] = [0, 1, 2].map((up) =>
    path.basename(path.resolve(database, '../'.repeat(up))),
  );
  if (partitionNumber(partition ?? '') === undefined) return [];
  const whole = path.resolve(database, '../../../..');
  const flat = path.resolve(database, '../../..');
  const isFlat = isStoreName(stream ?? '') && !isStoreName(store ?? '');
  return (isFlat ? [flat, whole] : [whole, flat]).map((folder) =>
    isInside(workspace, folder) ? folder : workspace,
  );
}

/** A directory's subfolders; undefined where it is a database. */
async function look(
  directory: string,
  signal: AbortSignal | undefined,
): Promise<string[] | undefined> {
  const subfolders: string[] = [];
  try {
    for await (const entry of await opendir(directory, { bufferSize: 256 })) {
      signal?.throwIfAborted();
      if (entry.name === 'CURRENT' && entry.isFile()) return undefined;
      if (entry.name === 'pyvenv.cfg') return []; // a Python environment of any name
      if (entry.isDirectory() && !isSkipped(entry.name)) {
        subfolders.push(path.join(directory, entry.name));
      }
    }
  } catch (error) {
    if (!isFileSystemError(error)) throw error; // aborted
    // Not ours to read, or gone meanwhile.
  }
  return subfolders;
}
