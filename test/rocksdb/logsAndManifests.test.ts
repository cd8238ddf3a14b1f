import assert from 'node:assert/strict';
import { openReadOnly, UnsupportedFormatError, type Database } from '../../src/rocksdb/index';
import { Digest, storesOf, type ExpectedStore } from './expected';

/** What cannot be read of a store, by name. */
type Store = ExpectedStore & { readonly feature?: string };

async function digestsOf(database: Database, families: readonly string[]) {
  const found: Record<string, unknown> = {};
  for (const name of families) {
    const digest = new Digest();
    const keys: Uint8Array[] = [];
    for await (const entry of database.entries(name)) {
      digest.add(entry);
      keys.push(entry.key);
    }
    for (const key of keys) assert.ok(await database.get(name, key), Buffer.from(key).toString());
    found[name] = digest.result();
  }
  return found;
}

async function open<T>(directory: string, use: (database: Database) => Promise<T>): Promise<T> {
  const database = await openReadOnly(directory);
  try {
    return await use(database);
  } finally {
    await database.close();
  }
}

const check = (store: Store) =>
  open(store.directory, async (database) => {
    const { column_families: families = {}, latest_sequence: sequence } = store;
    assert.equal(database.latestSequence, sequence);
    const names = Object.keys(families);
    assert.deepEqual([...database.columnFamilies].sort(), [...names].sort());
    const expected = Object.entries(families).map(([name, { count, digest }]) => [
      name,
      { count, digest },
    ]);
    assert.deepEqual(await digestsOf(database, names), Object.fromEntries(expected));
    assert.deepEqual(database.warnings, []);
  });

describe('what logs and MANIFESTs of many versions hold', () => {
  for (const store of storesOf('13-logs') as Store[]) {
    const { feature } = store;
    if (feature === undefined) it(store.path, () => check(store));
    else {
      it(`${store.path}: ${feature} are refused by name`, async () => {
        const readDefault = () =>
          open(store.directory, (database) => digestsOf(database, ['default']));
        await assert.rejects(readDefault(), (error) => {
          assert.ok(error instanceof UnsupportedFormatError, String(error));
          assert.ok(error.reason.includes(feature), error.reason);
          return true;
        });
      });
    }
  }

  it('other column families can be read beside one with blob files', async () => {
    for (const store of storesOf('13-logs').filter(({ path }) => path.startsWith('blobs'))) {
      const { count, digest } = store.column_families?.words ?? assert.fail();
      await open(store.directory, async (database) => {
        assert.deepEqual(await digestsOf(database, ['words']), { words: { count, digest } });
      });
    }
  });
});

describe('the state of an app of Kafka Streams', () => {
  for (const store of storesOf('14-kafka-streams')) it(store.path, () => check(store));
});
