import assert from 'node:assert/strict';
import { cp, rm } from 'node:fs/promises';
import {
  FileGoneError,
  NotADatabaseError,
  openReadOnly,
  type Database,
} from '../../src/rocksdb/index';
import { Digest, storesOf, withCopy, type ExpectedStore } from './expected';

async function assertShows(database: Database, store: ExpectedStore): Promise<void> {
  for (const [name, family] of Object.entries(store.column_families ?? {})) {
    const digest = new Digest();
    for await (const entry of database.entries(name)) digest.add(entry);
    const expected = { count: family.count, digest: family.digest };
    assert.deepEqual(digest.result(), expected, `${name} of ${store.path}`);
  }
}

/** Stores whose tables and logs have the same numbers, and one that has none. */
const stores = [
  ...storesOf('04-compression'),
  ...storesOf('03a-default-20k-closed'),
  ...storesOf('01-default-wal-open').slice(0, 1),
];

describe('a database that is deleted and made anew', () => {
  for (const [index, store] of stores.entries()) {
    const next = stores[(index + 1) % stores.length] ?? store;
    it(`is shown as it is now: ${next.path} after ${store.path}`, () =>
      withCopy(store.directory, async (directory) => {
        const database = await openReadOnly(directory);
        await assertShows(database, store);
        await rm(directory, { recursive: true });
        await cp(next.directory, directory, { recursive: true });
        const { changed, written } = await database.refresh();
        assert.equal(changed, true);
        assert.equal(written, undefined);
        await assertShows(database, next);
        await database.close();
      }));
  }

  it('is gone in between, and closed it answers nothing', async () => {
    const [store] = stores;
    assert.ok(store);
    await withCopy(store.directory, async (directory) => {
      const database = await openReadOnly(directory);
      await rm(directory, { recursive: true });
      await assert.rejects(
        database.refresh(),
        (error) => error instanceof FileGoneError || error instanceof NotADatabaseError,
      );
      await assertShows(database, store); // the view before stays
      await database.close();
      assert.throws(() => database.columnFamilies, FileGoneError);
    });
  });
});
