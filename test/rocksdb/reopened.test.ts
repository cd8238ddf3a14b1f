import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createKernel } from '../../src/rocksdb/kernel/kernel';
import { isSameFile } from '../../src/rocksdb/file';
import {
  FileGoneError,
  NotADatabaseError,
  openReadOnly,
  WalTailError,
} from '../../src/rocksdb/index';
import { storesOf, withCopy } from './expected';
import { LogWriter, writeBatch } from './log/logWriter';

const [walOnly] = storesOf('01-default-wal-open');
const [closed] = storesOf('03a-default-20k-closed');
assert.ok(walOnly && closed);

/** A column family `windows`, as a MANIFEST's edit: its id is 9, its logs begin with number 4. */
const newFamily = Buffer.concat([
  Buffer.of(0xc8, 0x01, 9, 0xc9, 0x01, 7),
  Buffer.from('windows'),
  Buffer.of(2, 4),
]);

describe('a database whose app opens it anew', () => {
  const kernel = createKernel();

  const withRecord = async (file: string, record: Buffer) =>
    new LogWriter(kernel, await readFile(file)).add(record).bytes;

  it('is read through the MANIFEST that CURRENT names at the end, though both were there', () =>
    withCopy(walOnly.directory, async (copy) => {
      const next = path.join(copy, 'MANIFEST-000020');
      await writeFile(next, await withRecord(path.join(copy, 'MANIFEST-000005'), newFamily));
      await mkdir(path.join(copy, 'wal'));
      await writeFile(path.join(copy, 'OPTIONS-000030'), `[DBOptions]\n  wal_dir=${copy}/wal\n`);
      let asked = 0;
      // Asked after MANIFEST and tables are read: at this moment the app has opened the store.
      const follow = () => {
        if (asked++ === 0) writeFileSync(path.join(copy, 'CURRENT'), 'MANIFEST-000020\n');
        return true;
      };
      const database = await openReadOnly(copy, { follow });
      assert.ok(database.columnFamilies.includes('windows'));
      await database.close();
    }));

  it('is read on from where it was when the first edit comes into a young MANIFEST', () =>
    withCopy(walOnly.directory, async (copy) => {
      const manifest = path.join(copy, 'MANIFEST-000005');
      const edited = await withRecord(manifest, newFamily);
      const bytes = await readFile(manifest);
      for (let i = 0; i < 5; i++) {
        // Written in one go: its times of birth and of change are the same until the edit.
        await rm(manifest);
        writeFileSync(manifest, bytes);
        const database = await openReadOnly(copy);
        await appendFile(manifest, edited.subarray(bytes.length));
        const { changed, written } = await database.refresh();
        assert.deepEqual({ changed, written }, { changed: true, written: new Map() });
        await database.close();
      }
    }));

  it('keeps no file of a store that is deleted', async function () {
    if (process.platform !== 'linux') this.skip();
    await withCopy(closed.directory, async (copy) => {
      const database = await openReadOnly(copy);
      await rm(copy, { recursive: true });
      await assert.rejects(database.refresh(), FileGoneError);
      await mkdir(copy);
      await assert.rejects(database.refresh(), NotADatabaseError);
      const open = async () => {
        const names = await readdir('/proc/self/fd');
        const targets = names.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => ''));
        return (await Promise.all(targets)).filter((target) => target.startsWith(copy));
      };
      for (const end = Date.now() + 10_000; (await open()).length > 0; await delay(50)) {
        assert.ok(Date.now() < end, String(await open()));
      }
      await database.close();
    });
  });

  it('has a log that was cut, and later ones that go on without a hole or do not count', async () => {
    for (const hole of [0, 1]) {
      await withCopy(walOnly.directory, async (copy) => {
        const first = path.join(copy, '000004.log');
        const log = new LogWriter(kernel).add(writeBatch(1, [[0, 'a', '1']]));
        await writeFile(first, Buffer.concat([log.bytes, log.bytes.subarray(0, 9)]));
        const later = new LogWriter(kernel).add(writeBatch(2 + hole, [[0, 'b', '2']]));
        await writeFile(path.join(copy, '000021.log'), later.bytes);
        const database = await openReadOnly(copy);
        const keys: string[] = [];
        for await (const { key } of database.entries('default')) {
          keys.push(Buffer.from(key).toString());
        }
        assert.deepEqual(keys, hole === 0 ? ['a', 'b'] : ['a']);
        const [warning, ...others] = database.warnings;
        assert.ok(warning instanceof WalTailError);
        assert.deepEqual([warning.file, warning.torn, others], [first, hole === 0, []]);
        await database.close();
      });
    }
  });
});

describe('the identity of files', () => {
  const file = (bornMs: number, changedMs: number, place = '1:2') => ({ place, bornMs, changedMs });

  it('is place and birth, whatever changed since', () => {
    assert.ok(isSameFile(file(10, 20), file(10, 30)));
    assert.ok(!isSameFile(file(10, 20), file(10, 20, '1:3')));
    assert.ok(!isSameFile(file(10, 20), file(15, 20)));
  });

  it('is that of a file that had not changed since its birth', () => {
    assert.ok(isSameFile(file(10, 10), file(10, 30)));
    assert.ok(isSameFile(file(10, 30), file(10, 10)));
    assert.ok(!isSameFile(file(10, 30), file(40, 40)));
    assert.ok(!isSameFile(file(10, 10), file(40, 50)));
  });

  it('is place alone where the system knows no births', () => {
    assert.ok(isSameFile(file(10, 10), file(30, 30)));
  });
});
