// /proc/self/mountinfo (man 5 proc), a line for each mount, the later over the earlier:
//
//   36 35 98:0 /root /mount/point options … - type source options
//
// Device numbers are decimal; a blank in a path is written as \040.

/** A mounted file system. */
export interface Mount {
  /** Absolute path of the directory that it is mounted on. */
  readonly point: string;
  /** The file system's device, as the kernel knows it. Some (btrfs, overlay) tell stat() another. */
  readonly major: bigint;
  readonly minor: bigint;
  readonly type: string;
}

/** The mounts in the text of /proc/self/mountinfo. */
export function parseMounts(mountinfo: string): Mount[] {
  const mounts: Mount[] = [];
  for (const line of mountinfo.split('\n')) {
    const [before = '', after = ''] = line.split(' - ');
    const [, , device = '', , at] = before.split(' ');
    const [, major, minor] = /^(\d+):(\d+)$/.exec(device) ?? [];
    const [type] = after.split(' ');
    if (at === undefined || major === undefined || minor === undefined || !type) continue;
    const point = at.replace(/\\([0-7]{3})/g, (_, octal: string) =>
      String.fromCharCode(parseInt(octal, 8)),
    );
    mounts.push({ point, major: BigInt(major), minor: BigInt(minor), type });
  }
  return mounts;
}

/** The mount that an absolute path without links is on. */
export function mountOf(file: string, mounts: readonly Mount[]): Mount | undefined {
  let found: Mount | undefined;
  for (const mount of mounts) {
    if (!isOn(mount, file)) continue;
    if (!found || mount.point.length >= found.point.length) found = mount;
  }
  return found;
}

/** The mounts on directories below `folder`. */
export function mountsBelow(folder: string, mounts: readonly Mount[]): Mount[] {
  const start = folder.endsWith('/') ? folder : `${folder}/`;
  return mounts.filter(({ point }) => point.startsWith(start));
}

function isOn({ point }: Mount, file: string): boolean {
  return point === '/' || file === point || file.startsWith(`${point}/`);
}
