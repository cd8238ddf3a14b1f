import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { mountOf, parseMounts } from './mounts';

/** A device by its numbers, as the kernel has them. */
export interface Device {
  readonly major: bigint;
  readonly minor: bigint;
}

/**
 * The id of the process that holds a partition's LOCK; undefined when nobody does, or where that
 * cannot be known: other systems than Linux, and holders outside of this container. LOCK itself is
 * not opened: to close it would drop the lock that a process of ours has.
 */
export async function lockHolder(partitionPath: string): Promise<number | undefined> {
  if (process.platform !== 'linux') return undefined;
  try {
    const file = path.join(partitionPath, 'LOCK');
    const [locks, mountinfo, real, { dev, ino }] = await Promise.all([
      readFile('/proc/locks', 'utf8'),
      readFile('/proc/self/mountinfo', 'utf8'),
      realpath(file),
      stat(file, { bigint: true }),
    ]);
    const mount = mountOf(real, parseMounts(mountinfo));
    return holderOf(locks, [deviceOf(dev), ...(mount ? [mount] : [])], ino);
  } catch {
    return undefined;
  }
}

/** The numbers in a stat()'s `dev`: glibc has major in bits 8–19 and 32–63, minor in 0–7 and 12–31. */
export function deviceOf(dev: bigint): Device {
  return {
    major: ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & ~0xfffn),
    minor: (dev & 0xffn) | ((dev >> 12n) & 0xffff_ff00n),
  };
}

/**
 * The process that holds a write lock on the file with this inode on one of `devices`, from the text
 * of /proc/locks (man 5 proc), where the device is hexadecimal; `->` marks one that waits:
 *
 *   1: POSIX  ADVISORY  WRITE 3548 08:01:1575029 0 EOF
 *   1: -> POSIX  ADVISORY  WRITE 3551 08:01:1575029 0 EOF
 */
export function holderOf(
  locks: string,
  devices: readonly Device[],
  inode: bigint,
): number | undefined {
  for (const line of locks.split('\n')) {
    const match = /^\d+: \w+\s+\w+\s+WRITE\s+(\d+)\s+([0-9a-f]+):([0-9a-f]+):(\d+)\s/.exec(line);
    if (!match) continue;
    const [, pid, major, minor, lineInode] = match;
    if (BigInt(lineInode ?? 0) !== inode || Number(pid) === 0) continue;
    const at = { major: BigInt(`0x${major}`), minor: BigInt(`0x${minor}`) };
    if (devices.some((one) => one.major === at.major && one.minor === at.minor)) return Number(pid);
  }
  return undefined;
}
