import assert from 'node:assert/strict';
import { readdir, readlink } from 'node:fs/promises';
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile, appendFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { StorePartition } from '../../src/quixstreams/index';
import { FileGoneError, NotADatabaseError } from '../../src/rocksdb/index';
import { PartitionReader } from '../../src/statefolder/index';

const fixtures = path.resolve(import.meta.dirname, '../fixtures');
/** Everything of it is in the write-ahead log. */
const inLog = path.join(fixtures, '10-layout/state/quixstreams-default/default/orders/0');
const other = path.join(fixtures, '10-layout/state/workspace-env-group.with.dots/default/orders/0');
/** Tables on several levels and a log. */
const withTables = path.join(
  fixtures,
  '03b-default-20k-levels-open/state/quixstreams-default/default/orders/0',
);
const logName = '000004.log';

/** All entries, as text. */
async function contents(partition: StorePartition): Promise<string[]> {
  const found: string[] = [];
  for await (const { rawKey, value } of partition.allEntries()) {
    found.push(
      `${Buffer.from(rawKey).toString('hex')}=${Buffer.from(value.bytes).toString('hex')}`,
    );
  }
  return found;
}

/** Files below `folder` that this process has open. */
async function openFiles(folder: string): Promise<string[]> {
  const targets = await Promise.all(
    (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
  );
  return targets.filter((target) => target.startsWith(folder));
}

describe('PartitionReader', () => {
  let folder: string;
  let partition: string;
  let reader: PartitionReader;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'state-folder-reader-'));
    partition = path.join(folder, '0');
    reader = new PartitionReader(partition, {});
  });

  afterEach(async () => {
    await reader.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  it('tells what a checkpoint wrote, and reads it', async () => {
    await cp(inLog, partition, { recursive: true });
    const log = await readFile(path.join(inLog, logName));
    await writeFile(path.join(partition, logName), log.subarray(0, log.length >> 1));
    const before = await reader.read(contents);
    assert.equal((await reader.refresh()).changed, false);

    await appendFile(path.join(partition, logName), log.subarray(log.length >> 1));
    const update = await reader.refresh();
    assert.equal(update.changed, true);
    assert.equal(update.gone, false);
    assert.ok((update.written?.get('default')?.length ?? 0) > 0);
    const after = await reader.read(contents);
    assert.ok(after.length > before.length);

    const whole = new PartitionReader(inLog, {});
    assert.deepEqual(after, await whole.read(contents));
    await whole.dispose();
  });

  it('opens at the first refresh as well, which knows of no view before', async () => {
    await cp(inLog, partition, { recursive: true });
    assert.deepEqual(await reader.refresh(), { changed: true, written: undefined, gone: false });
    assert.deepEqual((await reader.refresh()).changed, false);
  });

  it('says that a deleted partition is gone, as often as it is asked, and opens it when it is back', async () => {
    await cp(withTables, partition, { recursive: true });
    await reader.read(contents);
    await rm(partition, { recursive: true });
    assert.equal((await reader.refresh()).gone, true);
    assert.equal((await reader.refresh()).gone, true);
    await assert.rejects(reader.read(contents), FileGoneError);

    await mkdir(partition);
    assert.equal((await reader.refresh()).gone, true, 'being made');
    await assert.rejects(reader.read(contents), NotADatabaseError);

    await cp(inLog, partition, { recursive: true });
    assert.deepEqual(await reader.refresh(), { changed: true, written: undefined, gone: false });
    assert.ok((await reader.read(contents)).length > 0);
  });

  it('reads the new store when the folder was deleted and made anew between two looks', async () => {
    await cp(inLog, partition, { recursive: true });
    const before = await reader.read(contents);
    await rm(partition, { recursive: true });
    await cp(other, partition, { recursive: true });
    const update = await reader.refresh();
    assert.deepEqual(update, { changed: true, written: undefined, gone: false });
    const after = await reader.read(contents);
    assert.notDeepEqual(after, before);
    const fresh = new PartitionReader(other, {});
    assert.deepEqual(after, await fresh.read(contents));
    await fresh.dispose();
  });

  it('holds no file once it is released, once the partition is gone, and once it is disposed', async function () {
    if (process.platform !== 'linux') this.skip();
    await cp(withTables, partition, { recursive: true });
    await reader.read(contents);
    assert.ok((await openFiles(partition)).length > 0, 'tables are held while it reads');
    await reader.release();
    assert.deepEqual(await openFiles(partition), []);

    await reader.read(contents);
    await rm(partition, { recursive: true });
    await reader.refresh();
    assert.deepEqual(await openFiles(partition), []);

    await cp(withTables, partition, { recursive: true });
    await reader.read(contents);
    await reader.dispose();
    assert.deepEqual(await openFiles(partition), []);
    await reader.read(contents); // somebody asks late
    await reader.refresh();
    assert.deepEqual(await openFiles(partition), []);
  });

  it('lets a read end that has begun when it is disposed, and closes then', async function () {
    if (process.platform !== 'linux') this.skip();
    await cp(withTables, partition, { recursive: true });
    const whole = await reader.read(contents);
    let disposed: Promise<void> | undefined;
    const found = await reader.read(async (store) => {
      disposed = reader.dispose();
      return contents(store);
    });
    assert.deepEqual(found, whole);
    await disposed;
    assert.deepEqual(await openFiles(partition), []);
  });

  it('gives no short answer when its view is closed under a read', async () => {
    await cp(withTables, partition, { recursive: true });
    const whole = await reader.read(contents);
    let tries = 0;
    const found = await reader.read(async (store) => {
      if (++tries === 1) await reader.release(); // a reset of the folder does not wait for ever
      return contents(store);
    });
    assert.equal(tries, 2);
    assert.deepEqual(found, whole);
  });

  it('does not lose what was written while it was released', async () => {
    await cp(inLog, partition, { recursive: true });
    const log = await readFile(path.join(inLog, logName));
    await writeFile(path.join(partition, logName), log.subarray(0, log.length >> 1));
    await reader.read(contents);
    await reader.release();
    await appendFile(path.join(partition, logName), log.subarray(log.length >> 1));
    await reader.read(contents); // opens the newer view: rows read before it are old
    assert.deepEqual(await reader.refresh(), { changed: true, written: undefined, gone: false });
  });

  it('begins a read anew four times while files go under it, then says so', async () => {
    await cp(inLog, partition, { recursive: true });
    let tries = 0;
    const found = await reader.read(async (store) => {
      if (++tries < 4) throw new FileGoneError(path.join(partition, '000011.sst'), 'gone');
      return contents(store);
    });
    assert.equal(tries, 4);
    assert.ok(found.length > 0);

    tries = 0;
    const never = reader.read(async () => {
      tries++;
      throw new FileGoneError(path.join(partition, '000011.sst'), 'gone');
    });
    await assert.rejects(never, FileGoneError);
    assert.equal(tries, 4);
  });

  it('does not move the view on under a read', async () => {
    await cp(inLog, partition, { recursive: true });
    const log = await readFile(path.join(inLog, logName));
    await writeFile(path.join(partition, logName), log.subarray(0, log.length >> 1));
    let refreshed = false;
    let refresh: Promise<unknown> | undefined;
    const [first, second] = await reader.read(async (store) => {
      const before = await contents(store);
      await appendFile(path.join(partition, logName), log.subarray(log.length >> 1));
      refresh = reader.refresh().then(() => (refreshed = true));
      const after = await contents(store);
      assert.equal(refreshed, false);
      return [before, after];
    });
    assert.deepEqual(second, first);
    await refresh;
    assert.ok((await reader.read(contents)).length > first.length);
  });

  it('is not held up by a read that does not end', async () => {
    await cp(inLog, partition, { recursive: true });
    let end = () => {};
    const held = new Promise<void>((resolve) => {
      end = resolve;
    });
    const reading = reader.read(() => held);
    const update = await reader.refresh();
    assert.equal(update.gone, false);
    assert.ok((await reader.read(contents)).length > 0);
    end();
    await reading;
  });

  it('keeps the last good view when a refresh fails', async () => {
    await cp(inLog, partition, { recursive: true });
    const before = await reader.read(contents);
    const manifest = path.join(partition, 'MANIFEST-000005');
    await rename(manifest, `${manifest}.away`);
    await assert.rejects(reader.refresh());
    assert.deepEqual(await reader.read(contents), before);
    await rename(`${manifest}.away`, manifest);
    assert.equal((await reader.refresh()).gone, false);
    assert.deepEqual(await reader.read(contents), before);
  });

  it('rejects with the reason of an aborted signal', async () => {
    await cp(inLog, partition, { recursive: true });
    const reason = new Error('enough');
    await assert.rejects(reader.read(contents, AbortSignal.abort(reason)), reason);
  });
});
