import assert from 'node:assert/strict';
import os from 'node:os';
import path from 'node:path';
import { watchMode } from '../../src/statefolder/index';
import { fileSystemOf, modeOf } from '../../src/statefolder/watchMode';

// Lines of /proc/self/mountinfo as these systems have them.
const wsl = `
80 63 8:48 / / rw,relatime - ext4 /dev/sdd rw,discard,errors=remount-ro,data=ordered
101 80 0:60 / /mnt/c rw,noatime - 9p C:\\134 rw,dirsync,aname=drvfs;path=C:\\;uid=1000,mmap,access=client
115 80 0:49 / /mnt/wslg rw,relatime - tmpfs none rw
120 80 0:61 / /mnt/my\\040drive rw,noatime - drvfs D: rw`;
const dockerDesktop = `
640 500 0:120 / / rw,relatime - overlay overlay rw,lowerdir=/var/lib/docker/l
652 640 0:45 /Users/me/app /workspaces/app rw,relatime - fakeowner /run/host_mark/Users rw,fakeowner
653 640 0:46 / /grpc rw - fuse.grpcfuse grpcfuse rw,user_id=0
654 640 0:47 / /virtio rw,relatime - virtiofs mac rw`;
const server = `
22 1 259:2 / / rw,relatime shared:1 - ext4 /dev/nvme0n1p2 rw
90 22 0:52 /export /home/me/nfs rw,relatime shared:50 - nfs4 nas:/export rw,vers=4.2
91 22 0:53 / /home/me/share rw,relatime shared:51 - cifs //nas/share rw
92 90 259:3 / /home/me/nfs/local rw,relatime shared:52 - xfs /dev/nvme0n1p3 rw
93 22 0:54 / /home/me/ssh rw - fuse.sshfs me@host: rw
94 22 8:1 / /media/usb rw - fuseblk /dev/sdb1 rw`;

describe('watchMode', () => {
  it('polls where events come only for one side’s changes', () => {
    const modes: [string, string, string, 'poll' | 'events'][] = [
      [wsl, '/home/me/app', 'ext4', 'events'],
      [wsl, '/mnt/c/Users/me/app', '9p', 'poll'],
      [wsl, '/mnt/c', '9p', 'poll'],
      [wsl, '/mnt/code', 'ext4', 'events'],
      [wsl, '/mnt/my drive/app', 'drvfs', 'poll'],
      [dockerDesktop, '/workspaces/app/state', 'fakeowner', 'poll'],
      [dockerDesktop, '/workspaces/other', 'overlay', 'events'],
      [dockerDesktop, '/grpc/app', 'fuse.grpcfuse', 'poll'],
      [dockerDesktop, '/virtio/app', 'virtiofs', 'poll'],
      [server, '/home/me/nfs/app', 'nfs4', 'poll'],
      [server, '/home/me/nfs/local/app', 'xfs', 'events'],
      [server, '/home/me/share/app', 'cifs', 'poll'],
      [server, '/home/me/ssh/app', 'fuse.sshfs', 'poll'],
      [server, '/media/usb/app', 'fuseblk', 'events'],
    ];
    for (const [mountinfo, folder, type, mode] of modes) {
      assert.equal(fileSystemOf(folder, mountinfo), type, folder);
      assert.equal(modeOf(type), mode, folder);
    }
  });

  it('takes the last of two file systems on one mount point', () => {
    const over = `${server}\n95 22 0:55 / /media/usb rw - nfs4 nas:/usb rw`;
    assert.equal(fileSystemOf('/media/usb', over), 'nfs4');
  });

  it('has an answer for every folder of this machine, there or not', async () => {
    for (const folder of [os.tmpdir(), path.join(os.tmpdir(), 'not/there')]) {
      const mode = await watchMode(folder);
      assert.ok(mode === 'events' || mode === 'poll');
    }
    if (process.platform === 'linux') assert.equal(await watchMode('/'), 'events');
  });
});
