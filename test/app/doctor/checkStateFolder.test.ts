import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { checkStateFolder } from '../../../src/app/index';
import {
  diskFinding,
  fileSystemFindings,
  watchesFinding,
} from '../../../src/app/doctor/placeFindings';
import { fileSystemOn } from '../../../src/statefolder/index';

const fixtures = path.resolve(import.meta.dirname, '../../fixtures');
const options = () => ({
  follow: () => true,
  followLinks: true,
  signal: new AbortController().signal,
});

/** Takes the lock as RocksDB does, and keeps it until stdin ends. */
const holder = `
import fcntl, sys
file = open(sys.argv[1], "a")
fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
print("held", flush=True)
sys.stdin.read()
`;

/** `code path`, of all findings but those on the machine's own disk. */
async function foundIn(folder: string): Promise<string[]> {
  const { findings } = await checkStateFolder(folder, options());
  return findings
    .filter(({ code }) => code !== 'disk-nearly-full')
    .map((one) => `${one.code} ${path.relative(folder, one.path).split(path.sep).join('/')}`);
}

describe('checkStateFolder', () => {
  let folder: string;
  const copy = (from: string, to: string) =>
    cp(path.join(fixtures, from), path.join(folder, to), { recursive: true });
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'state-folder-doctor-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('finds nothing wrong with whole folders', async () => {
    for (const fixture of ['12-real-app', '04-compression']) {
      // Git does not ignore the fixtures themselves.
      await copy(`${fixture}/state`, fixture);
      const { findings, stores } = await checkStateFolder(path.join(folder, fixture), options());
      const wrong = findings.filter(({ severity }) => severity !== 'information');
      assert.deepEqual(wrong, [], fixture);
      assert.ok(stores > 0);
      assert.ok(findings.some(({ code }) => code === 'written-by'));
    }
  });

  it('tells damage that keeps RocksDB from opening a store from damage that it finds later', async () => {
    const found = await foundIn(path.join(fixtures, '11-damaged/state'));
    const has = (code: string, kind: string) =>
      assert.ok(found.includes(`${code} damage/${kind}/orders/0`), `${code} ${kind}`);
    for (const kind of ['sst-missing', 'sst-truncated', 'current-missing', 'manifest-bitflip'])
      has('store-damaged', kind);
    has('store-incomplete', 'manifest-missing');
    has('log-missing', 'wal-missing');
    assert.ok(!found.some((one) => one.endsWith('damage/sound/orders/0')));
  });

  it('finds a store whose making was cut short', async () => {
    await copy('11-damaged/state/damage/sound', 'g/default');
    await mkdir(path.join(folder, 'g/default/orders/1'));
    await writeFile(path.join(folder, 'g/default/orders/1/MANIFEST-000001'), '');
    assert.deepEqual(await foundIn(folder), ['store-half-made g/default/orders/1', 'written-by ']);
  });

  it('finds partitions without offset or TTL beside others, and stores without a changelog', async () => {
    await copy('11-damaged/state/damage/sound/orders/0', 'g/default/orders/0');
    const plain = '02c-default-nochangelog-open/state/quixstreams-default/default';
    await copy(`${plain}/orders/0`, 'g/default/orders/1');
    await copy(`${plain}/orders/0`, 'h/default/orders/0');
    await copy('05-ttl/state/quixstreams-default/ttl-flushed/orders/0', 'g/default/orders/2');
    const found = await foundIn(folder);
    assert.deepEqual(
      found.filter((one) => !one.startsWith('written-by')),
      ['offset-missing g/default/orders/1', 'ttl-mixed g/default', 'changelog-off h/default'],
    );
  });

  it('finds migrations to TTL that were cut short', async () => {
    await copy('15-kinds/state', 'state');
    const found = await foundIn(path.join(folder, 'state'));
    assert.deepEqual(
      found.filter((one) => one.startsWith('ttl-')),
      ['ttl-unfinished app/ttl-half/orders/0', 'ttl-unfinished app/ttl-pending/orders/0'],
    );
  });

  it('says who holds a lock', async function () {
    if (process.platform !== 'linux') this.skip();
    await copy('11-damaged/state/damage/sound', 'g/default');
    const lock = path.join(folder, 'g/default/orders/0/LOCK');
    const child = spawn('python3', ['-c', holder, lock], { stdio: ['pipe', 'pipe', 'inherit'] });
    try {
      await once(child.stdout, 'data');
      const { findings } = await checkStateFolder(folder, options());
      const held = findings.find(({ code }) => code === 'lock-held');
      assert.deepEqual(held?.facts, { pid: child.pid, program: 'python3' });
    } finally {
      child.stdin.end();
      await once(child, 'exit');
    }
  });

  it('finds what comes near the limit of Quix Cloud', async () => {
    await copy('11-damaged/state/damage/sound', 'g/default');
    const model = path.join(folder, 'model.bin');
    await writeFile(model, '');
    for (const [bytes, severity] of [
      [79e9, undefined],
      [81e9, 'warning'],
      [96e9, 'error'],
    ] as const) {
      await truncate(model, bytes); // takes up nothing
      const { findings } = await checkStateFolder(folder, options());
      assert.equal(findings.find(({ code }) => code === 'near-limit')?.severity, severity);
    }
  });

  it('tells of each store how far it is, and ends when it is told to', async () => {
    const state = path.join(fixtures, '11-damaged/state');
    const told: number[] = [];
    const abort = new AbortController();
    const reason = new Error('enough');
    const progress = ({ done }: { done: number }) => {
      told.push(done);
      if (done === 3) abort.abort(reason);
    };
    const check = checkStateFolder(state, { ...options(), signal: abort.signal, progress });
    await assert.rejects(check, reason);
    assert.deepEqual(told, [1, 2, 3]);
  });
});

// These are not provoked: they are told of disks, systems and mounts that are not here.
describe('what is wrong with the place of a state folder', () => {
  const mounts = `22 1 254:0 / / rw - ext4 /dev/vda rw
30 22 0:40 / /mnt/team rw - nfs4 server:/team rw
31 22 0:41 / /mnt/win rw - cifs //server/share rw
`;

  it('is a file system that loses locks', () => {
    const codes = (at: string) =>
      fileSystemFindings(at, fileSystemOn(at, mounts)).map(({ code }) => code);
    assert.deepEqual(codes('/home/me/state'), []);
    assert.deepEqual(codes('/mnt/team/app/state'), ['network-file-system']);
    assert.deepEqual(codes('/mnt/win/state'), ['network-file-system']);
    assert.deepEqual(codes('/mnt/winter/state'), []);
    for (const at of [
      '/home/me/Dropbox/app/state',
      'C:\\Users\\me\\OneDrive - Works\\app\\state',
      '/Users/me/Library/Mobile Documents/com~apple~CloudDocs/app/state',
      '/Users/me/Library/CloudStorage/GoogleDrive-me@example.com/state',
    ])
      assert.deepEqual(codes(at), ['synced-folder'], at);
    assert.deepEqual(codes('/home/me/dropbox-clone/state'), []);
  });

  it('is a disk that is nearly full', () => {
    const severity = (freeBytes: number, bytes: number) =>
      diskFinding('/state', { freeBytes, bytes })?.severity;
    assert.equal(severity(50e9, 100e9), undefined);
    assert.equal(severity(4e9, 100e9), 'warning');
    assert.equal(severity(11e9, 4000e9), undefined);
    assert.equal(severity(9e9, 4000e9), 'warning');
    assert.equal(severity(50e6, 100e9), 'error');
    assert.equal(severity(0, 0), undefined, 'a file system that does not tell');
  });

  it('is a system that lets too few folders be watched', () => {
    assert.equal(watchesFinding('/state', 1000, 524288), undefined);
    assert.equal(watchesFinding('/state', 5000, 8192)?.code, 'few-watches');
    assert.equal(watchesFinding('/state', 5000, NaN), undefined);
  });
});
