import { readFile, realpath } from 'node:fs/promises';

/** Where changes are heard of: by the operating system's events, or only by looking. */
export type WatchMode = 'events' | 'poll';

/** File systems whose events do not come, or come only for changes made on this side. */
const withoutEvents =
  /^(9p|drvfs|virtiofs|vboxsf|vmhgfs|prl_fs|nfs\d?|cifs|smb\d?|fuse(\..*)?|fakeowner|grpcfuse)$/;

/**
 * How a folder can be watched. On Windows a watch holds folders that their owner wants to delete;
 * WSL's /mnt, bind mounts of containers on a desktop and network drives tell of no changes.
 */
export async function watchMode(folder: string): Promise<WatchMode> {
  if (process.platform === 'win32') return 'poll';
  if (process.platform !== 'linux') return 'events';
  try {
    const mounts = await readFile('/proc/self/mountinfo', 'utf8');
    const real = await realpath(folder).catch(() => folder);
    return withoutEvents.test(fileSystemOf(real, mounts) ?? '') ? 'poll' : 'events';
  } catch {
    return 'events';
  }
}

/**
 * The type of the file system that `folder` is on, from the text of /proc/self/mountinfo
 * (man 5 proc): `36 35 98:0 /root /mount/point options … - type source options`.
 */
export function fileSystemOf(folder: string, mountinfo: string): string | undefined {
  let longest = -1;
  let type: string | undefined;
  for (const line of mountinfo.split('\n')) {
    const [before = '', after = ''] = line.split(' - ');
    const point = before
      .split(' ')[4]
      ?.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
    if (point === undefined) continue;
    const holds = point === '/' || folder === point || folder.startsWith(`${point}/`);
    if (holds && point.length >= longest) {
      longest = point.length;
      type = after.split(' ')[0];
    }
  }
  return type;
}
