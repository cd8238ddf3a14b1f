import { readFile, realpath } from 'node:fs/promises';
import { mountOf, mountsBelow, parseMounts } from './mounts';

/** Where changes are heard of: by the operating system's events, or only by looking. */
export type WatchMode = 'events' | 'poll';

/** File systems whose events do not come, or come only for changes made on this side. */
const withoutEvents =
  /^(9p|drvfs|virtiofs|vboxsf|vmhgfs|prl_fs|nfs\d?|cifs|smb\d?|ceph|lustre|afs|fuse(\..*)?|fakeowner|grpcfuse)$/;

/**
 * How a folder can be watched. On Windows a watch holds folders that their owner wants to delete;
 * WSL's /mnt, bind mounts of containers on a desktop and network drives tell of no changes, whether
 * the folder is on one or has one in it.
 */
export async function watchMode(folder: string): Promise<WatchMode> {
  // With this set, as some containers do, chokidar looks at folders and hears of no write in them.
  if (process.env['CHOKIDAR_USEPOLLING'] !== undefined) return 'poll';
  if (process.platform === 'win32') return 'poll';
  // On macOS network drives are mounted there, and so are others.
  if (process.platform === 'darwin' && folder.startsWith('/Volumes/')) return 'poll';
  if (process.platform !== 'linux') return 'events';
  try {
    const mountinfo = await readFile('/proc/self/mountinfo', 'utf8');
    return watchModeOn(await realpath(folder).catch(() => folder), mountinfo);
  } catch {
    return 'events';
  }
}

/** The same for a path without links, from the text of /proc/self/mountinfo. */
export function watchModeOn(folder: string, mountinfo: string): WatchMode {
  const mounts = parseMounts(mountinfo);
  const on = mountOf(folder, mounts);
  // Not for `/` itself: what is mounted somewhere on the machine says nothing of state.
  const below = folder === '/' ? [] : mountsBelow(folder, mounts);
  const types = [...(on ? [on] : []), ...below].map(({ type }) => type);
  return types.some((type) => withoutEvents.test(type)) ? 'poll' : 'events';
}
