import assert from 'node:assert/strict';
import { readFile, realpath } from 'node:fs/promises';
import os from 'node:os';
import { watchMode } from '../../src/statefolder/index';
import { mountOf, parseMounts } from '../../src/statefolder/mounts';
import { watchModeOn } from '../../src/statefolder/watchMode';

const mountinfo = `27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
24 27 0:6 / /dev rw,relatime shared:2 - devtmpfs devtmpfs rw
80 27 0:60 / /mnt/c rw,noatime - 9p C:\\134 rw,dirsync
81 27 0:61 / /workspaces/app rw,relatime master:1 - virtiofs host rw
82 81 254:1 / /workspaces/app/state rw,relatime - ext4 /dev/vdb rw
83 27 0:62 / /home/me/net\\040drive rw - fuse.sshfs me@host: rw
84 27 0:63 / /srv rw - nfs4 host:/srv rw
85 27 0:64 / /data rw - overlay overlay rw
86 85 0:65 / /data rw - xfs /dev/vdc rw
87 27 8:1 / /media/stick rw - fuseblk /dev/sda1 rw
`;

describe('watchMode', () => {
  it('looks where file systems tell of no changes', () => {
    assert.equal(watchModeOn('/home/me', mountinfo), 'poll', 'a network drive is in it');
    assert.equal(watchModeOn('/home/me/app', mountinfo), 'events');
    assert.equal(watchModeOn('/mnt/c/Users/me/app', mountinfo), 'poll');
    assert.equal(watchModeOn('/mnt/cc', mountinfo), 'events');
    assert.equal(watchModeOn('/workspaces/app', mountinfo), 'poll');
    assert.equal(watchModeOn('/srv/state', mountinfo), 'poll');
    assert.equal(watchModeOn('/home/me/net drive/app', mountinfo), 'poll');
  });

  it('listens where events come, on a local disk in such a folder, too', () => {
    assert.equal(watchModeOn('/workspaces/app/state', mountinfo), 'events');
    assert.equal(watchModeOn('/data/state', mountinfo), 'events');
    assert.equal(watchModeOn('/media/stick/app', mountinfo), 'events');
    assert.equal(watchModeOn('/', mountinfo), 'events');
  });

  it('listens where nothing is known', () => {
    assert.equal(watchModeOn('/app', ''), 'events');
  });

  it('says how a folder of this machine is watched', async () => {
    const folder = os.tmpdir();
    if (process.platform === 'win32') assert.equal(await watchMode(folder), 'poll');
    else if (process.platform !== 'linux') assert.equal(await watchMode(folder), 'events');
    else {
      const mounts = await readFile('/proc/self/mountinfo', 'utf8');
      assert.ok(parseMounts(mounts).some(({ point }) => point === '/'));
      assert.equal(await watchMode(folder), watchModeOn(await realpath(folder), mounts));
    }
  });
});

describe('mountOf', () => {
  it('takes the deepest mount, the later of two on one directory', () => {
    const mounts = parseMounts(mountinfo);
    assert.equal(mounts.length, 10);
    assert.equal(mountOf('/data/x', mounts)?.type, 'xfs');
    assert.equal(mountOf('/workspaces/app/state/g', mounts)?.point, '/workspaces/app/state');
    assert.deepEqual(mountOf('/media/stick', mounts), {
      point: '/media/stick',
      major: 8n,
      minor: 1n,
      type: 'fuseblk',
    });
    assert.equal(mountOf('/x', []), undefined);
  });
});
