import { readFile, realpath } from 'node:fs/promises';
import { mountOf, parseMounts } from './mounts';

/** The type of the file system that a folder is on (`ext4`, `nfs4`); undefined where the system does not tell. */
export async function fileSystemOf(folder: string): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined;
  try {
    return fileSystemOn(await realpath(folder), await readFile('/proc/self/mountinfo', 'utf8'));
  } catch {
    return undefined;
  }
}

/** The same for a path without links, from the text of /proc/self/mountinfo. */
export function fileSystemOn(folder: string, mountinfo: string): string | undefined {
  return mountOf(folder, parseMounts(mountinfo))?.type;
}
