import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * The id of the process that holds a partition's LOCK; undefined when nobody does, or where that
 * cannot be known (other systems than Linux). LOCK itself is not opened: /proc/locks names holders by
 * device and inode (man 5 proc): `1: POSIX  ADVISORY  WRITE 3548 08:01:1575029 0 EOF`.
 */
export async function lockHolder(partitionPath: string): Promise<number | undefined> {
  if (process.platform !== 'linux') return undefined;
  try {
    const [locks, { dev, ino }] = await Promise.all([
      readFile('/proc/locks', 'utf8'),
      stat(path.join(partitionPath, 'LOCK'), { bigint: true }),
    ]);
    return holderOf(locks, dev, ino);
  } catch {
    return undefined;
  }
}

/** The holder of a write lock on a file, from the text of /proc/locks. */
export function holderOf(locks: string, device: bigint, inode: bigint): number | undefined {
  // glibc's encoding of a device number: major in bits 8–19 and 32–63, minor in 0–7 and 12–31.
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn);
  const minor = (device & 0xffn) | ((device >> 12n) & ~0xffn & 0xffff_ffffn);
  for (const line of locks.split('\n')) {
    const match = /WRITE\s+(\d+)\s+([0-9a-f]+):([0-9a-f]+):(\d+)\s/.exec(line);
    if (!match) continue;
    const [, pid, lineMajor, lineMinor, lineInode] = match;
    const same =
      BigInt(`0x${lineMajor}`) === major &&
      BigInt(`0x${lineMinor}`) === minor &&
      BigInt(lineInode ?? 0) === inode;
    if (same && Number(pid) > 0) return Number(pid);
  }
  return undefined;
}
