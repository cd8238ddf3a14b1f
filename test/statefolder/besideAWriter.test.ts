import assert from 'node:assert/strict';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { cp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { FileGoneError, NotADatabaseError } from '../../src/rocksdb/index';
import { valueText } from '../../src/quixstreams/index';
import { lockHolder, PartitionReader } from '../../src/statefolder/index';
import { python } from '../python.mjs';
import { copyFixture, inTemporaryFolder, until } from './temporaryFolder';

/** An app's store without the app: each line sets the total of PC1 and commits, `close` ends it. */
const writerProgram = `
import logging, sys
from quixstreams.state.rocksdb import RocksDBStore
logging.disable(logging.WARNING)
store = RocksDBStore(name="default", stream_id="cpu-load", base_dir=sys.argv[1])
store.assign_partition(0)
print("open", flush=True)
for line in sys.stdin:
    if line.strip() == "close":
        break
    transaction = store.start_partition_transaction(0)
    transaction.as_state(prefix=b"PC1").set("total", int(line))
    transaction.prepare()
    transaction.flush(changelog_offset=int(line))
    print(line.strip(), flush=True)
store.close()
print("closed", flush=True)
`;

class Writer {
  private static readonly running = new Set<Writer>();
  private readonly lines: AsyncIterator<string>;

  private constructor(readonly process: ChildProcessWithoutNullStreams) {
    this.lines = createInterface(process.stdout)[Symbol.asyncIterator]();
  }

  static async open(group: string): Promise<Writer> {
    const child = spawn(await python(), ['-c', writerProgram, group]);
    const writer = new Writer(child);
    Writer.running.add(writer);
    await writer.expect('open');
    return writer;
  }

  /** Those that a failed test left. */
  static killAll(): void {
    for (const { process } of Writer.running) process.kill('SIGKILL');
    Writer.running.clear();
  }

  async commit(total: number): Promise<void> {
    this.process.stdin.write(`${total}\n`);
    await this.expect(String(total));
  }

  async close(): Promise<void> {
    this.process.stdin.write('close\n');
    await this.expect('closed');
    this.process.stdin.end();
  }

  private async expect(wanted: string): Promise<void> {
    const { value } = (await this.lines.next()) as { value: string | undefined };
    assert.equal(value, wanted);
  }
}

const key = Buffer.from('PC1|"total"');

async function total(reader: PartitionReader): Promise<number> {
  const entry = await reader.read((partition) => partition.get('default', key));
  return entry ? Number(valueText(entry.value, 100)) : NaN;
}

/** The files below `folder` that this process holds open. */
function heldIn(folder: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      const file = readlinkSync(`/proc/self/fd/${descriptor}`);
      return file.startsWith(folder) ? [file] : [];
    } catch {
      return []; // that of the directory that was just read
    }
  });
}

describe('PartitionReader beside a writer', function () {
  this.timeout(120_000);
  before(() => python());
  afterEach(() => Writer.killAll());

  it('follows a live writer, its close, its end and its next start', () =>
    inTemporaryFolder(async (at) => {
      const partition = path.join(at, 'group/default/cpu-load/0');
      const reader = new PartitionReader(partition, {});
      let writer = await Writer.open(path.join(at, 'group'));
      await writer.commit(1);
      assert.equal(await total(reader), 1);
      await reader.refresh(); // it was empty when the first checkpoint came
      await writer.commit(2);
      assert.equal(await total(reader), 1); // the view stays until it is moved on
      const { written, ...found } = await reader.refresh();
      assert.deepEqual(found, { changed: true, gone: false });
      const keys = written?.get('default')?.map((bytes) => Buffer.from(bytes).toString());
      assert.deepEqual(keys, ['PC1|"total"']);
      assert.equal(await total(reader), 2);
      assert.equal((await reader.refresh()).changed, false);
      await writer.close();
      await reader.refresh();
      assert.equal(await total(reader), 2);
      writer = await Writer.open(path.join(at, 'group'));
      await writer.commit(3);
      assert.equal((await reader.refresh()).changed, true);
      assert.equal(await total(reader), 3);
      await writer.close();
      await reader.dispose();
    }));

  it('says that the folder is gone, and reads the one that is made in its place', () =>
    inTemporaryFolder(async (at) => {
      const group = path.join(at, 'group');
      const partition = path.join(group, 'default/cpu-load/0');
      const reader = new PartitionReader(partition, {});
      let writer = await Writer.open(group);
      await writer.commit(10);
      await writer.close();
      assert.equal(await total(reader), 10);
      await rm(group, { recursive: true });
      const gone = { changed: true, written: undefined, gone: true };
      assert.deepEqual(await reader.refresh(), gone);
      assert.equal((await reader.refresh()).gone, true);
      await assert.rejects(
        total(reader),
        (error) => error instanceof FileGoneError || error instanceof NotADatabaseError,
      );
      writer = await Writer.open(group);
      await writer.commit(20);
      assert.deepEqual(await reader.refresh(), { ...gone, gone: false });
      assert.equal(await total(reader), 20);
      await writer.commit(21);
      assert.equal((await reader.refresh()).written?.get('default')?.length, 1);
      await writer.close();
      await reader.dispose();
    }));

  it('reads another database with files of the same names in the place of this one', () =>
    inTemporaryFolder(async (at) => {
      for (const [group, number] of [
        ['group', 7],
        ['other', 20],
      ] as const) {
        const writer = await Writer.open(path.join(at, group));
        await writer.commit(number);
        await writer.close();
      }
      const partition = path.join(at, 'group/default/cpu-load/0');
      const reader = new PartitionReader(partition, {});
      assert.equal(await total(reader), 7);
      await rename(partition, path.join(at, 'before'));
      await rename(path.join(at, 'other/default/cpu-load/0'), partition);
      const all = { changed: true, written: undefined, gone: false };
      assert.deepEqual(await reader.refresh(), all);
      assert.equal(await total(reader), 20);
      await reader.dispose();
    }));

  it('reads another database that takes the place of this one at once', () =>
    inTemporaryFolder(async (at) => {
      const partition = path.join(at, 'group/default/cpu-load/0');
      const writer = await Writer.open(path.join(at, 'group'));
      await writer.commit(7);
      await writer.close();
      const reader = new PartitionReader(partition, {});
      assert.equal(await total(reader), 7);
      await copyFixture('12-real-app', path.join(at, 'other'));
      const other = 'freddy-example-prod-features/default/f-in/0';
      await rename(partition, path.join(at, 'before'));
      await cp(path.join(at, 'other', other), partition, { recursive: true });
      const { changed, written, gone } = await reader.refresh();
      assert.deepEqual([changed, written, gone], [true, undefined, false]);
      assert.equal(await total(reader), 14);
      await reader.dispose();
    }));

  it('holds nothing in the folder after release and dispose, whatever still runs', () =>
    inTemporaryFolder(async (at) => {
      await copyFixture('03b-default-20k-levels-open', at);
      const group = readdirSync(at)[0] ?? '';
      const store = readdirSync(path.join(at, group, 'default'))[0] ?? '';
      const partition = path.join(at, group, 'default', store, '0');
      const reader = new PartitionReader(partition, {});
      const count = () =>
        reader.read(async (opened) => {
          let entries = 0;
          for await (const { rawKey } of opened.allEntries()) entries += Math.sign(rawKey.length);
          return entries;
        });
      const whole = await count();
      assert.ok(heldIn(at).length > 0);
      await reader.release();
      assert.deepEqual(heldIn(at), []);
      // a read and a refresh that run meanwhile end as if nothing were
      const running = [count(), reader.refresh(), count()] as const;
      await reader.release();
      assert.equal((await running[1]).gone, false);
      assert.deepEqual([await running[0], await running[2]], [whole, whole]);
      const later = [reader.refresh(), count()] as const;
      await reader.dispose();
      await Promise.all(later);
      assert.deepEqual(heldIn(at), []);
      assert.equal(await count(), whole); // for that read alone
      await reader.refresh();
      assert.deepEqual(heldIn(at), []);
    }));

  it('tells to read all again when the view jumped between two refreshes', () =>
    inTemporaryFolder(async (at) => {
      const reader = new PartitionReader(path.join(at, 'group/default/cpu-load/0'), {});
      const writer = await Writer.open(path.join(at, 'group'));
      await writer.commit(1);
      assert.equal(await total(reader), 1);
      await writer.commit(2);
      await reader.release();
      assert.equal(await total(reader), 2);
      const all = { changed: true, written: undefined, gone: false };
      assert.deepEqual(await reader.refresh(), all);
      assert.equal((await reader.refresh()).changed, false);
      await writer.close();
      await reader.dispose();
    }));
});

describe('lockHolder', function () {
  this.timeout(60_000);
  afterEach(() => Writer.killAll());

  it('is the process that has the store open', async function () {
    if (process.platform !== 'linux') return this.skip();
    await inTemporaryFolder(async (at) => {
      const partition = path.join(at, 'group/default/cpu-load/0');
      assert.equal(await lockHolder(partition), undefined);
      const writer = await Writer.open(path.join(at, 'group'));
      assert.equal(await lockHolder(partition), writer.process.pid);
      await writer.close();
      assert.equal(await lockHolder(partition), undefined);
      const killed = await Writer.open(path.join(at, 'group'));
      killed.process.kill('SIGKILL');
      await until('nobody holds it', async () => (await lockHolder(partition)) === undefined);
    });
  });
});
