import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { appendFile, readdir, readFile, readlink, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createKernel } from '../../src/rocksdb/kernel/kernel';
import {
  AccessError,
  CorruptionError,
  FileGoneError,
  openReadOnly,
  UnsupportedFormatError,
  type Database,
  type Entry,
} from '../../src/rocksdb/index';
import { storesOf, withCopy } from './expected';
import { LogWriter, writeBatch } from './log/logWriter';

const kernel = createKernel();

/** A store whose every entry is in its log, 000004.log, and one with tables and a log. */
const [walOnly] = storesOf('01-default-wal-open');
const [mixed] = storesOf('02b-default-mixed-open');
const [closed] = storesOf('03a-default-20k-closed');
assert.ok(walOnly && mixed && closed);

const bytes = (text: string) => Buffer.from(text);

async function append(file: string, ...records: Buffer[]): Promise<void> {
  const before = await readFile(file);
  const writer = new LogWriter(kernel, before);
  for (const record of records) writer.add(record);
  await appendFile(file, writer.bytes.subarray(before.length));
}

async function keysOf(database: Database, columnFamily = 'default'): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of database.entries(columnFamily))
    keys.push(Buffer.from(key).toString());
  return keys;
}

async function text(database: Database, key: string): Promise<string | undefined> {
  const value = await database.get('default', bytes(key));
  return value && Buffer.from(value).toString();
}

const written = (map: ReadonlyMap<string, readonly Uint8Array[]> | undefined) =>
  map && [...map].map(([name, keys]) => [name, keys.map((key) => Buffer.from(key).toString())]);

/** Runs `use` on a copy of a store, open. */
async function withDatabase(
  directory: string,
  use: (database: Database, copy: string) => Promise<void>,
): Promise<void> {
  await withCopy(directory, async (copy) => {
    const database = await openReadOnly(copy);
    try {
      await use(database, copy);
    } finally {
      await database.close();
    }
  });
}

describe('a view that moves on', () => {
  it('tells the keys written since, also the first ones of an empty store', () =>
    withCopy(walOnly.directory, async (copy) => {
      const log = path.join(copy, '000004.log');
      await writeFile(log, '');
      const database = await openReadOnly(copy);
      assert.equal(database.latestSequence, 0);
      assert.deepEqual(await database.refresh(), { changed: false, written: new Map() });
      await append(
        log,
        writeBatch(1, [
          [0, 'a', '1'],
          [1, 'm', '2'],
        ]),
      );
      const first = await database.refresh();
      assert.equal(first.changed, true);
      assert.deepEqual(written(first.written), [
        ['default', ['a']],
        ['__metadata__', ['m']],
      ]);
      await append(log, writeBatch(3, [[0, 'a']]), writeBatch(4, [[0, 'b', '3']]));
      const second = await database.refresh();
      assert.deepEqual(written(second.written), [['default', ['a', 'b']]]);
      assert.deepEqual(await database.refresh(), { changed: false, written: new Map() });
      await database.close();
    }));

  it('does not know what was written in a log that it never saw', () =>
    withDatabase(walOnly.directory, async (database, copy) => {
      const log = path.join(copy, '000004.log');
      const next = database.latestSequence + 1;
      await append(log, writeBatch(next + 10, [[0, 'a', '1']]));
      const refreshed = await database.refresh();
      assert.deepEqual(refreshed, { changed: true, written: undefined });
      assert.equal(await text(database, 'a'), '1');
    }));

  it('does not know which keys a range delete took', () =>
    withDatabase(walOnly.directory, async (database, copy) => {
      const log = path.join(copy, '000004.log');
      const next = database.latestSequence + 1;
      const keys = [...'abc'].map((key) => [0, key, '1'] as const);
      await append(log, writeBatch(next, keys));
      await database.refresh();
      const range = writeBatch(next + 3, []);
      range.writeUInt32LE(1, 8);
      await append(
        log,
        Buffer.concat([range, Buffer.of(0x0f, 1), bytes('a'), Buffer.of(1), bytes('c')]),
      );
      assert.deepEqual(await database.refresh(), { changed: true, written: undefined });
      assert.deepEqual(await Promise.all([...'abc'].map((key) => text(database, key))), [
        undefined,
        undefined,
        '1',
      ]);
    }));

  it('leaves a scan that has begun what it began with', () =>
    withDatabase(mixed.directory, async (database, copy) => {
      const before = await keysOf(database);
      const scan = database.entries('default');
      const keys: string[] = [];
      const take = ({ key }: Entry) => keys.push(Buffer.from(key).toString());
      const first = await scan.next();
      if (first.done !== true) take(first.value);
      const log = path.join(copy, '000033.log');
      const last = before.at(-1) ?? '';
      const next = database.latestSequence + 1;
      await append(
        log,
        writeBatch(next, [
          [0, `${last}x`, 'new'],
          [0, last],
        ]),
      );
      await database.refresh();
      for (const name of await readdir(copy)) {
        if (name.endsWith('.sst')) await rm(path.join(copy, name));
      }
      for await (const entry of scan) take(entry);
      assert.deepEqual(keys, before);
      assert.deepEqual((await keysOf(database)).slice(-1), [`${last}x`]);
    }));

  it('lets refreshes at the same time follow each other', () =>
    withDatabase(walOnly.directory, async (database, copy) => {
      const log = path.join(copy, '000004.log');
      await append(log, writeBatch(database.latestSequence + 1, [[0, 'a', '1']]));
      const all = await Promise.all([database.refresh(), database.refresh(), database.refresh()]);
      assert.deepEqual(
        all.map(({ changed }) => changed),
        [true, false, false],
      );
      assert.equal(await text(database, 'a'), '1');
    }));

  it('refuses an edit that it does not know as long as it stands there, and keeps the view', () =>
    withDatabase(walOnly.directory, async (database, copy) => {
      const manifest = path.join(copy, 'MANIFEST-000005');
      const sound = await readFile(manifest);
      const before = await keysOf(database);
      await append(manifest, Buffer.of(0x0b, 0x01)); // tag 11
      await append(manifest, Buffer.of(0x03, 0x63)); // and a sound one behind it
      for (let i = 0; i < 3; i++) {
        await assert.rejects(database.refresh(), UnsupportedFormatError);
        assert.deepEqual(await keysOf(database), before);
      }
      await writeFile(manifest, sound);
      assert.deepEqual(await database.refresh(), { changed: true, written: undefined });
      assert.deepEqual(await keysOf(database), before);
    }));

  it('refuses a batch that cannot be right, every time', () =>
    withDatabase(walOnly.directory, async (database, copy) => {
      const log = path.join(copy, '000004.log');
      const next = database.latestSequence + 1;
      const bad = writeBatch(next + 1, [[0, 'b', '2']]);
      bad.writeUInt32LE(7, 8); // says that it has seven operations
      await append(log, writeBatch(next, [[0, 'a', '1']]), bad);
      for (let i = 0; i < 2; i++) {
        await assert.rejects(database.refresh(), (error) => {
          assert.ok(error instanceof CorruptionError);
          assert.equal(error.file, log);
          assert.ok(error.offset !== undefined);
          return true;
        });
        assert.equal(await text(database, 'a'), undefined);
      }
    }));

  it('notices a new column family, though nothing is in it', () =>
    withDatabase(walOnly.directory, async (database, copy) => {
      const name = bytes('windows');
      const edit = [Buffer.of(0xc8, 0x01, 9, 0xc9, 0x01, name.length), name, Buffer.of(2, 4)];
      await append(path.join(copy, 'MANIFEST-000005'), Buffer.concat(edit));
      const { changed } = await database.refresh();
      assert.equal(changed, true);
      assert.deepEqual(database.columnFamilies, ['default', '__metadata__', 'windows']);
    }));

  it('stops where its signal says', () =>
    withDatabase(closed.directory, async (database) => {
      const stop = new AbortController();
      const reason = new Error('enough');
      const scan = database.entries('default', { signal: stop.signal });
      await scan.next();
      stop.abort(reason);
      await assert.rejects(scan.next(), reason);
      await assert.rejects(database.refresh(stop.signal), reason);
      await assert.rejects(openReadOnly(closed.directory, { signal: stop.signal }), reason);
    }));
});

describe('what lies in a database directory', () => {
  it('is let go when nobody asks, and opened again if it is still the same', async function () {
    if (process.platform !== 'linux') this.skip();
    await withDatabase(closed.directory, async (database, copy) => {
      const open = async () => {
        const targets = (await readdir('/proc/self/fd')).map((fd) =>
          readlink(`/proc/self/fd/${fd}`).catch(() => ''),
        );
        return (await Promise.all(targets)).filter((target) => target.startsWith(copy)).length;
      };
      const letGo = async () => {
        assert.ok((await open()) > 0);
        for (const end = Date.now() + 10_000; (await open()) > 0; await delay(50)) {
          assert.ok(Date.now() < end, 'descriptors are let go');
        }
      };
      await letGo();
      const before = await keysOf(database);
      assert.equal(before.length, closed.column_families?.['default']?.count);

      const other = await openReadOnly(copy);
      await letGo();
      const table = path.join(copy, '000029.sst');
      await writeFile(`${table}.other`, await readFile(table));
      await rename(`${table}.other`, table);
      await assert.rejects(keysOf(other), FileGoneError);
      await other.close();
    });
  });

  it('may be a pipe, which is not waited for', async function () {
    if (process.platform === 'win32') this.skip();
    await withCopy(walOnly.directory, async (copy) => {
      const log = path.join(copy, '000004.log');
      await rm(log);
      await promisify(execFile)('mkfifo', [log]);
      await assert.rejects(openReadOnly(copy), (error) => {
        assert.ok(error instanceof CorruptionError || error instanceof AccessError);
        assert.equal(error.file, log);
        return true;
      });
    });
  });
});
