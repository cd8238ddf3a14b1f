import assert from 'node:assert/strict';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CorruptionError, openReadOnly, UnsupportedFormatError } from '../../../src/rocksdb/index';
import { fixtures, withCopy } from '../expected';

/** Its database lies in `db`, its second path is `second`. */
const store = path.join(fixtures, '13-logs/paths-9');

async function countOf(directory: string, follow?: (directory: string) => boolean) {
  const database = await openReadOnly(directory, follow ? { follow } : {});
  try {
    let count = 0;
    for await (const entry of database.entries('default')) count += entry.key.length > 0 ? 1 : 0;
    return count;
  } finally {
    await database.close();
  }
}

const refused = (directory: string, follow?: (directory: string) => boolean) =>
  assert.rejects(countOf(directory, follow), (error) => {
    assert.ok(error instanceof UnsupportedFormatError, String(error));
    assert.equal(error.reason, 'several db_paths');
    return true;
  });

const logOf = (...folders: string[]) =>
  folders
    .map((folder) => `2026/01/01-00:00:00.0 1 SST files in ${folder} dir, Total Num: 1, files: \n`)
    .join('');

describe('tables in several folders', () => {
  it('are found beside the database and in it, where they are of this database', () =>
    withCopy(store, async (copy) => {
      const directory = path.join(copy, 'db');
      assert.equal(await countOf(directory), 75);
      await rename(path.join(copy, 'second'), path.join(directory, 'more'));
      assert.equal(await countOf(directory), 75);
      await writeFile(path.join(directory, 'IDENTITY'), 'another database');
      await refused(directory);
    }));

  it('are found where LOG tells, or where that is now', () =>
    withCopy(store, async (copy) => {
      const directory = path.join(copy, 'db');
      await mkdir(path.join(copy, 'far/away'), { recursive: true });
      await rename(path.join(copy, 'second'), path.join(copy, 'far/away/second'));
      await refused(directory);
      await writeFile(path.join(directory, 'LOG'), logOf('/app/db', '/app/far/away/second'));
      assert.equal(await countOf(directory), 75);
      await rm(path.join(directory, 'IDENTITY'));
      assert.equal(await countOf(directory), 75);
    }));

  it('are found when the database has no folder among the paths', () =>
    withCopy(store, async (copy) => {
      const directory = path.join(copy, 'db');
      await mkdir(path.join(copy, 'first'));
      for (const name of await readdir(directory)) {
        if (name.endsWith('.sst')) {
          await rename(path.join(directory, name), path.join(copy, 'first', name));
        }
      }
      await assert.rejects(countOf(directory), CorruptionError);
      await writeFile(path.join(directory, 'LOG'), logOf('/app/first', '/app/second'));
      assert.equal(await countOf(directory), 75);
    }));

  it('are looked for only where one may look', () =>
    withCopy(store, async (copy) => {
      const asked: string[] = [];
      const follow = (directory: string) => {
        asked.push(path.relative(copy, directory));
        return false;
      };
      await refused(path.join(copy, 'db'), follow);
      assert.ok(asked.includes(''), String(asked));
    }));
});
