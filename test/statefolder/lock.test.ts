import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { lockHolder } from '../../src/statefolder/index';
import { deviceOf, holderOf } from '../../src/statefolder/lock';

/** Takes the lock as RocksDB does (fcntl F_SETLK, env/fs_posix.cc) and keeps it until stdin ends. */
const holder = `
import fcntl, sys
file = open(sys.argv[1], "a")
fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
print("held", flush=True)
sys.stdin.read()
`;

const locks = `1: POSIX  ADVISORY  WRITE 27467 fe:00:10009740 0 EOF
1: -> POSIX  ADVISORY  WRITE 27501 fe:00:10009740 0 EOF
2: POSIX  ADVISORY  READ 300 fe:00:555 0 EOF
3: FLOCK  ADVISORY  WRITE 400 00:2a:777 0 EOF
4: POSIX  ADVISORY  WRITE 0 fe:00:888 0 EOF
`;
const disk = { major: 0xfen, minor: 0n };

describe('lockHolder', () => {
  let folder: string;
  let child: ChildProcess | undefined;

  before(async function () {
    if (process.platform !== 'linux') this.skip();
    folder = await mkdtemp(path.join(os.tmpdir(), 'state-folder-lock-'));
  });

  after(async () => {
    child?.kill();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  it('names the process that holds LOCK, nobody before and after', async () => {
    assert.equal(await lockHolder(folder), undefined, 'no LOCK');
    const lock = path.join(folder, 'LOCK');
    await writeFile(lock, '');
    assert.equal(await lockHolder(folder), undefined, 'not held');

    child = spawn('python3', ['-c', holder, lock], { stdio: ['pipe', 'pipe', 'inherit'] });
    assert.ok(child.stdout && child.stdin);
    await once(child.stdout, 'data');
    assert.equal(await lockHolder(folder), child.pid);

    child.stdin.end();
    await once(child, 'exit');
    assert.equal(await lockHolder(folder), undefined, 'left behind');
  });
});

describe('holderOf', () => {
  it('knows a lock by device and inode', () => {
    assert.equal(holderOf(locks, [disk], 10009740n), 27467);
    assert.equal(holderOf(locks, [{ major: 8n, minor: 1n }], 10009740n), undefined);
    assert.equal(holderOf(locks, [disk], 10009741n), undefined);
  });

  it('takes the device of the mount where stat() tells another', () => {
    const subvolume = { major: 0n, minor: 0x31n };
    assert.equal(holderOf(locks, [subvolume, disk], 10009740n), 27467);
  });

  it('counts neither readers, nor who waits, nor who is outside of the container', () => {
    assert.equal(holderOf(locks, [disk], 555n), undefined);
    assert.equal(holderOf(locks, [disk], 888n), undefined);
    const onlyWaiting = locks.split('\n')[1] ?? '';
    assert.equal(holderOf(onlyWaiting, [disk], 10009740n), undefined);
  });
});

describe('deviceOf', () => {
  it('takes device numbers apart as glibc does', () => {
    assert.deepEqual(deviceOf(65024n), disk);
    const wide = { major: 0x1234_5cden, minor: 0x6789_abf0n };
    assert.deepEqual(deviceOf(0x1234_5678_9abc_def0n), wide);
  });
});
