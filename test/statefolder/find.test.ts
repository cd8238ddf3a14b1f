import assert from 'node:assert/strict';
import { cp, mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findStateFolders, scanStateFolder } from '../../src/statefolder/index';
import { copyFixture, inTemporaryFolder } from './temporaryFolder';

/** The state folders in `at`, relative to it. */
async function found(
  at: string,
  candidates: string[] = [],
  followLinks = false,
  workspace = at,
): Promise<string[]> {
  const absolute = candidates.map((candidate) => path.resolve(at, candidate));
  const folders = await findStateFolders(workspace, { candidates: absolute, followLinks });
  return folders.map((folder) => path.relative(at, folder));
}

describe('findStateFolders', () => {
  it('finds a state folder by its shape at any depth, whatever Git ignores', () =>
    inTemporaryFolder(async (at) => {
      await copyFixture('10-layout', path.join(at, 'state'));
      await copyFixture('01-default-wal-open', path.join(at, 'services/counter/.local/data'));
      await writeFile(path.join(at, '.gitignore'), 'state\n.local\n');
      assert.deepEqual(await found(at), ['services/counter/.local/data', 'state']);
    }));

  it('looks into no folder of a tool, nor into a Python environment of any name', () =>
    inTemporaryFolder(async (at) => {
      for (const folder of ['.venv', 'node_modules/x', '.git', 'deep/__pycache__', 'py311/lib']) {
        await copyFixture('01-default-wal-open', path.join(at, folder, 'state'));
      }
      await writeFile(path.join(at, 'py311/pyvenv.cfg'), '');
      assert.deepEqual(await found(at), []);
      // What the app says counts all the same.
      assert.deepEqual(await found(at, ['.venv/state']), ['.venv/state']);
    }));

  it('takes candidates that are folders, stores in them or not', () =>
    inTemporaryFolder(async (at) => {
      await mkdir(path.join(at, 'app/state'), { recursive: true });
      await writeFile(path.join(at, 'file'), '');
      assert.deepEqual(await found(at, ['app/state', 'nowhere', 'file', 'app/../app/state/']), [
        'app/state',
      ]);
    }));

  it('takes a candidate outside of the workspace', () =>
    inTemporaryFolder(async (at) => {
      await copyFixture('01-default-wal-open', path.join(at, 'volume/state'));
      await mkdir(path.join(at, 'workspace'));
      const workspace = path.join(at, 'workspace');
      assert.deepEqual(await found(at, ['volume/state'], false, workspace), ['volume/state']);
    }));

  it('follows a candidate that is a link out of the workspace only where it may', () =>
    inTemporaryFolder(async (at) => {
      const workspace = path.join(at, 'workspace');
      await copyFixture('01-default-wal-open', path.join(at, 'volume'));
      await copyFixture('01-default-wal-open', path.join(workspace, 'inside'));
      await symlink('../volume', path.join(workspace, 'state'));
      await symlink('inside', path.join(workspace, 'link'));
      await symlink('ring', path.join(workspace, 'ring'));
      const candidates = ['state', 'link', 'ring'].map((name) => `workspace/${name}`);
      assert.deepEqual(await found(at, candidates, false, workspace), [
        'workspace/inside',
        'workspace/link',
      ]);
      assert.deepEqual(await found(at, candidates, true, workspace), [
        'workspace/inside',
        'workspace/link',
        'workspace/state',
      ]);
    }));

  it('follows no link to find more', () =>
    inTemporaryFolder(async (at) => {
      await copyFixture('01-default-wal-open', path.join(at, 'volume'));
      await mkdir(path.join(at, 'workspace'));
      await symlink('../volume', path.join(at, 'workspace/linked'));
      await symlink('..', path.join(at, 'workspace/loop'));
      assert.deepEqual(await found(at, [], true, path.join(at, 'workspace')), []);
    }));

  it("takes a RocksDB of the app's own for no store", () =>
    inTemporaryFolder(async (at) => {
      await copyFixture('01-default-wal-open', path.join(at, 'fixture'));
      const folder = await scanStateFolder(path.join(at, 'fixture'), { followLinks: false });
      const partition = folder.groups[0]?.stores[0]?.streams[0]?.partitions[0];
      assert.ok(partition);
      await cp(partition.path, path.join(at, 'app/state/state.dict'), { recursive: true });
      await rename(path.join(at, 'fixture'), path.join(at, '.venv'));
      assert.deepEqual(await found(at), []);
      assert.deepEqual(await found(at, ['app/state']), ['app/state']);
    }));

  it('knows where stores without a stream level belong', () =>
    inTemporaryFolder(async (at) => {
      await copyFixture('08a-odd-content-open', path.join(at, 'a/state'));
      assert.deepEqual(await found(at), ['a/state']);
      // alone, the store's name tells; with a name of its own, what the app says
      const store = path.join(at, 'a/state/odd/default/0');
      await cp(store, path.join(at, 'b/data/group/default/0'), { recursive: true });
      await cp(store, path.join(at, 'c/state/group/mine/0'), { recursive: true });
      assert.deepEqual(await found(at, ['c/state']), ['a/state', 'b/data', 'c/state']);
    }));

  it('keeps state folders apart that lie in one another', () =>
    inTemporaryFolder(async (at) => {
      await copyFixture('01-default-wal-open', at);
      await copyFixture('10-layout', path.join(at, 'services/counter/state'));
      // `.` is the state folder of an app that says so
      assert.deepEqual(await found(at, ['.', 'services/counter/state']), [
        '',
        'services/counter/state',
      ]);
      // a candidate that is a part of another folder is none of its own
      await mkdir(path.join(at, 'services/counter/state/my-app-v2/state'));
      assert.deepEqual(await found(at, ['services/counter/state/my-app-v2/state']), [
        '',
        'services/counter/state',
      ]);
    }));

  it('shows a workspace that is a state folder, or only a part of one', () =>
    inTemporaryFolder(async (at) => {
      await copyFixture('10-layout', path.join(at, 'state'));
      const group = 'state/my-app-v2';
      for (const part of ['state', group, `${group}/default`, `${group}/default/orders/10`]) {
        assert.deepEqual(await found(at, [], false, path.join(at, part)), [part]);
        assert.deepEqual(await found(at, [], false, path.join(at, part) + path.sep), [part]);
        const folder = await scanStateFolder(path.join(at, part), { followLinks: false });
        const names = folder.groups.map(({ name }) => name);
        assert.ok(names.includes('my-app-v2'), `${part}: ${names.join()}`);
      }
    }));

  it('rejects with the reason of an aborted signal', () =>
    inTemporaryFolder(async (at) => {
      await mkdir(path.join(at, 'a/b/c'), { recursive: true });
      const signal = AbortSignal.abort();
      const finding = findStateFolders(at, { candidates: [], signal });
      await assert.rejects(finding, (error) => error === signal.reason);
    }));

  it('finds nothing in a folder that is gone', () =>
    inTemporaryFolder(async (at) => {
      assert.deepEqual(await found(path.join(at, 'nowhere')), []);
    }));
});
