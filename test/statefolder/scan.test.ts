import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, cp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  isNetworkPath,
  partitionsOf,
  scanStateFolder,
  type ConsumerGroup,
  type FolderEntry,
  type StateFolder,
} from '../../src/statefolder/index';
import { copyFixture, inTemporaryFolder } from './temporaryFolder';

const follow = { followLinks: true };

/** Groups, stores, streams and partitions as lines. */
function outline(folder: StateFolder): string[] {
  return folder.groups.flatMap((group) =>
    group.stores.flatMap((store) =>
      store.streams.map(
        ({ id, partitions }) =>
          `${group.name}/${store.name}/${id ?? '-'}: ${partitions.map((one) => one.number + (one.halfMade ? '?' : '')).join()}`,
      ),
    ),
  );
}

/** Other entries as lines, `name/` for folders, with all that is in them. */
function names(entries: readonly FolderEntry[]): string[] {
  return entries.flatMap((entry) => {
    const line = `${entry.kind} ${entry.name}`;
    return entry.kind === 'folder'
      ? [line, ...names(entry.entries).map((name) => `  ${name}`)]
      : [line];
  });
}

function groupOf(folder: StateFolder, name: string): ConsumerGroup {
  const group = folder.groups.find((one) => one.name === name);
  assert.ok(group, `no group ${name}`);
  return group;
}

describe('scanStateFolder', () => {
  it('knows every level of a whole folder, and what lies beside', () =>
    inTemporaryFolder(async (at) => {
      const state = path.join(at, 'state');
      await copyFixture('10-layout', state);
      const folder = await scanStateFolder(state, follow);
      assert.deepEqual(
        folder.groups.map(({ name }) => name),
        ['my-app-v2', 'quixstreams-default', 'workspace-env-group.with.dots'],
      );
      assert.deepEqual(
        outline(folder).filter((line) => line.startsWith('my-app-v2')),
        [
          'my-app-v2/default/half-deleted: 0?',
          'my-app-v2/default/orders: 0,1,10',
          'my-app-v2/default/orders--groupby--customer: 2',
          'my-app-v2/default/orders--payments: 0',
          'my-app-v2/default/with-wal-dir: 0',
        ],
      );
      assert.deepEqual(names(folder.others), [
        'folder models',
        '  folder deep',
        '    folder er',
        '      folder 4',
        '        folder 5',
        '          file weights.bin',
        'file .hidden',
        'file model1.dat',
        'file README.txt',
      ]);
      assert.ok(partitionsOf(folder).every(({ bytes }) => bytes > 0));
    }));

  it('shows every store of a real app, the default store first', () =>
    inTemporaryFolder(async (at) => {
      const state = path.join(at, 'state');
      await copyFixture('12-real-app', state);
      const lines = outline(await scanStateFolder(state, follow));
      assert.equal(lines.length, 12);
      assert.ok(lines[0]?.startsWith('freddy-example-prod-features/default/f-in: 0'));
    }));

  it('knows stores without a stream level', () =>
    inTemporaryFolder(async (at) => {
      const state = path.join(at, 'state');
      await copyFixture('08a-odd-content-open', state);
      const lines = outline(await scanStateFolder(state, follow));
      assert.ok(lines.includes('odd/default/-: 0'), lines.join('\n'));
      assert.ok(lines.includes('odd/unicode/orders: 0'));
    }));

  it('shows what Git cannot keep: empty groups and partitions, half stores', () =>
    inTemporaryFolder(async (at) => {
      const state = path.join(at, 'state');
      await copyFixture('10-layout', state);
      const orders = path.join(state, 'my-app-v2/default/orders');
      await mkdir(path.join(state, 'no-store-yet'));
      await mkdir(path.join(orders, '7'));
      await mkdir(path.join(orders, '007'));
      await writeFile(path.join(orders, '007/notes.txt'), '');
      await rm(path.join(orders, '10/CURRENT'));
      await rm(path.join(orders, '10/MANIFEST-000005'));
      await rm(path.join(orders, '1/MANIFEST-000005'));
      const folder = await scanStateFolder(state, follow);
      assert.deepEqual(groupOf(folder, 'no-store-yet').stores, []);
      const store = groupOf(folder, 'my-app-v2').stores[0];
      const stream = store?.streams.find(({ id }) => id === 'orders');
      assert.deepEqual(
        stream?.partitions.map(({ number, halfMade }) => [number, halfMade]),
        [
          [0, false],
          [1, false], // damaged, which its reader says
          [7, true],
          [10, true],
        ],
      );
      assert.deepEqual(names(stream?.others ?? []), ['folder 007', '  file notes.txt']);
    }));

  it("leaves out the Finder's files, and takes no folder for full because of one", () =>
    inTemporaryFolder(async (at) => {
      const state = path.join(at, 'state');
      await copyFixture('10-layout', state);
      await mkdir(path.join(state, 'empty-group'));
      await mkdir(path.join(state, 'my-app-v2/default/orders/7'));
      const before = await scanStateFolder(state, follow);
      const walk = async (folder: string) => writeFile(path.join(folder, '.DS_Store'), 'x');
      for (const group of before.groups) {
        await walk(group.path);
        for (const store of group.stores) {
          await walk(store.path);
          for (const stream of store.streams) {
            await walk(stream.path);
            for (const partition of stream.partitions) await walk(partition.path);
          }
        }
      }
      await walk(state);
      await walk(path.join(state, 'models/deep'));
      const after = await scanStateFolder(state, follow);
      assert.deepEqual(outline(after), outline(before));
      assert.deepEqual(names(after.others), names(before.others));
      assert.deepEqual(
        after.groups.map(({ name, others }) => [name, names(others)]),
        before.groups.map(({ name, others }) => [name, names(others)]),
      );
    }));

  it('follows links to what lies elsewhere, but in no loop and never twice', () =>
    inTemporaryFolder(async (at) => {
      const state = path.join(at, 'state');
      await copyFixture('10-layout', state);
      await cp(path.join(state, 'my-app-v2'), path.join(at, 'volume/linked'), { recursive: true });
      await writeFile(path.join(at, 'weights.bin'), 'weights');
      await symlink(path.join(at, 'volume/linked'), path.join(state, 'linked-group'));
      await symlink('../weights.bin', path.join(state, 'linked.bin'));
      await symlink('nowhere', path.join(state, 'dangling'));
      await symlink('.', path.join(state, 'self'));
      await symlink('../..', path.join(state, 'models/up'));
      await symlink('ring-b', path.join(state, 'ring-a'));
      await symlink('ring-a', path.join(state, 'ring-b'));
      await symlink('../models', path.join(state, 'my-app-v2/again'));
      await symlink(path.join(state, 'models'), path.join(state, 'models-again'));
      const folder = await scanStateFolder(state, follow);
      assert.equal(groupOf(folder, 'linked-group').stores.length, 1);
      const lines = names(folder.others);
      for (const link of ['dangling', 'ring-a', 'ring-b', 'self']) {
        assert.ok(lines.includes(`link ${link}`), `${link}: ${lines.join('\n')}`);
      }
      assert.ok(lines.includes('  link up'));
      assert.ok(lines.includes('file linked.bin'));
      const linkedTwice = [
        ...names(groupOf(folder, 'my-app-v2').others),
        ...lines.filter((line) => !line.startsWith(' ')),
      ].filter((line) => /again$/.test(line));
      assert.deepEqual(linkedTwice.sort(), ['folder models-again', 'link again']);
      const dangling = folder.others.find(({ name }) => name === 'dangling');
      assert.equal(dangling?.kind === 'link' && dangling.target, 'nowhere');
    }));

  it('stays small where links multiply', () =>
    inTemporaryFolder(async (at) => {
      const all = Array.from({ length: 12 }, (_, number) => `folder${number}`);
      for (const name of all) {
        await mkdir(path.join(at, name));
        await writeFile(path.join(at, name, 'file'), '');
        for (const other of all) {
          if (other !== name) await symlink(path.join('..', other), path.join(at, name, other));
        }
      }
      const { others } = await scanStateFolder(at, follow);
      assert.ok(names(others).length < 2000, `${names(others).length} entries`);
    }));

  it('follows no link out of the folder where that is not allowed', () =>
    inTemporaryFolder(async (at) => {
      const state = path.join(at, 'state');
      await copyFixture('10-layout', state);
      await cp(path.join(state, 'my-app-v2'), path.join(at, 'elsewhere'), { recursive: true });
      await symlink('../elsewhere', path.join(state, 'out'));
      await symlink('my-app-v2', path.join(state, 'within'));
      await symlink('/etc/hostname', path.join(state, 'hostname'));
      await symlink('hop', path.join(state, 'two-hops'));
      await symlink('../elsewhere', path.join(state, 'hop'));
      const folder = await scanStateFolder(state, { followLinks: false });
      const links = folder.others.filter(({ kind }) => kind === 'link').map(({ name }) => name);
      assert.deepEqual(links, ['hop', 'hostname', 'out', 'two-hops']);
      assert.equal(groupOf(folder, 'within').stores.length, 1);
    }));

  it('knows a RocksDB of the app’s own as one database, whatever is in it', () =>
    inTemporaryFolder(async (at) => {
      const state = path.join(at, 'state');
      await copyFixture('10-layout', state);
      const store = path.join(state, 'my-app-v2/default/orders/0');
      for (const own of ['state.dict', 'caches/lookup', 'my-app-v2/own']) {
        await cp(store, path.join(state, own), { recursive: true });
      }
      const folder = await scanStateFolder(state, follow);
      const own = folder.others.find(({ name }) => name === 'state.dict');
      assert.ok(own?.kind === 'database' && own.bytes > 0);
      assert.ok(names(folder.others).includes('  database lookup'));
      assert.deepEqual(names(groupOf(folder, 'my-app-v2').others), ['database own']);
    }));

  it('gives a part that was opened alone the levels above it', () =>
    inTemporaryFolder(async (at) => {
      const state = path.join(at, 'state');
      await copyFixture('10-layout', state);
      await copyFixture('08a-odd-content-open', path.join(at, 'old'));
      const part = async (name: string) => {
        const lines = outline(await scanStateFolder(path.join(at, name), follow));
        return lines.filter((line) => /orders:|-:/.test(line));
      };
      const orders = ['my-app-v2/default/orders: 0,1,10'];
      assert.deepEqual(await part('state/my-app-v2'), orders);
      assert.deepEqual(await part('state/my-app-v2/default'), orders);
      assert.deepEqual(await part('state/my-app-v2/default/orders'), orders);
      assert.deepEqual(await part('state/my-app-v2/default/orders/10'), [
        'my-app-v2/default/orders: 10',
      ]);
      assert.deepEqual(await part('old/odd/default'), ['odd/default/-: 0']);
      assert.deepEqual(await part('old/odd/default/0'), ['odd/default/-: 0']);
      assert.deepEqual(await part('old/odd/unicode'), ['odd/unicode/orders: 0']);
    }));

  it('says what it may not read, and shows the rest', function () {
    if (process.platform === 'win32') return this.skip();
    if (process.getuid?.() === 0) {
      console.log('      skipped: root may read every directory');
      return this.skip();
    }
    return inTemporaryFolder(async (at) => {
      const state = path.join(at, 'state');
      await copyFixture('10-layout', state);
      await chmod(path.join(state, 'models/deep'), 0);
      try {
        const lines = names((await scanStateFolder(state, follow)).others);
        assert.ok(lines.includes('  unreadable deep'), lines.join('\n'));
      } finally {
        await chmod(path.join(state, 'models/deep'), 0o755);
      }
    });
  });

  it('opens no pipe, and takes none for a store’s file', function () {
    if (process.platform === 'win32') return this.skip();
    return inTemporaryFolder(async (at) => {
      const partition = path.join(at, 'group/default/orders/0');
      await mkdir(partition, { recursive: true });
      execFileSync('mkfifo', [path.join(at, 'pipe')]);
      const { others } = await scanStateFolder(at, follow);
      assert.deepEqual(names(others), ['unreadable pipe']);
    });
  });

  it('rejects with the reason of an aborted signal, wherever the scan is', () =>
    inTemporaryFolder(async (at) => {
      const state = path.join(at, 'state');
      for (let number = 0; number < 200; number++) {
        await mkdir(path.join(state, `models/${number}/weights`), { recursive: true });
        await writeFile(path.join(state, `models/${number}/weights/file`), '');
      }
      const whole = performance.now();
      await scanStateFolder(state, follow);
      const ms = performance.now() - whole;
      for (const part of [0, 0.2, 0.4, 0.6, 0.8]) {
        const aborted = AbortSignal.timeout(Math.floor(ms * part));
        await scanStateFolder(state, { ...follow, signal: aborted }).then(
          () => assert.ok(!aborted.aborted, 'it went on'),
          (error: unknown) => assert.equal(error, aborted.reason),
        );
      }
      const reason = new Error('no longer wanted');
      await assert.rejects(
        scanStateFolder(state, { ...follow, signal: AbortSignal.abort(reason) }),
        reason,
      );
    }));

  it('rejects with ENOENT where there is no folder', () =>
    inTemporaryFolder(async (at) => {
      const missing = scanStateFolder(path.join(at, 'state'), follow);
      await assert.rejects(missing, { code: 'ENOENT' });
    }));

  it('reads 5,000 files, and lets others run meanwhile', () =>
    inTemporaryFolder(async (at) => {
      const models = path.join(at, 'models');
      await mkdir(models);
      const numbers = Array.from({ length: 5000 }, (_, number) => number);
      for (let first = 0; first < numbers.length; first += 500) {
        const some = numbers.slice(first, first + 500);
        await Promise.all(some.map((number) => writeFile(path.join(models, `${number}.bin`), '')));
      }
      let turns = 0;
      let scanning = true;
      const others = (async () => {
        for (; scanning; turns++) await nextTurn();
      })();
      const found = await scanStateFolder(at, follow);
      scanning = false;
      await others;
      const entry = found.others[0];
      assert.equal(entry?.kind === 'folder' && entry.entries.length, 5000);
      assert.ok(turns > 20, `${turns} turns for others`);
    }));
});

describe('isNetworkPath', () => {
  it('knows UNC paths in every spelling', () => {
    for (const file of [
      '\\\\host\\share',
      '//host/share',
      '\\/host/share',
      '\\\\?\\UNC\\host\\x',
    ]) {
      assert.equal(isNetworkPath(file), true, file);
    }
    for (const file of ['C:\\state', '\\\\?\\C:\\state', '/state', 'state', '\\state']) {
      assert.equal(isNetworkPath(file), false, file);
    }
  });
});
