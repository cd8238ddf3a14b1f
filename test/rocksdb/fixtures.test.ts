import assert from 'node:assert/strict';
import { openReadOnly } from '../../src/rocksdb/index';
import { checkFamily } from './checkFamily';
import { storesOf, type ExpectedStore } from './expected';

const sound = [
  '01-default-wal-open',
  '02a-default-50cp-closed',
  '02b-default-mixed-open',
  '02c-default-nochangelog-open',
  '03a-default-20k-closed',
  '03b-default-20k-levels-open',
  '04-compression',
  '05-ttl',
  '08a-odd-content-open',
  '08b-huge-and-many',
  '08c-huge-wal-open',
  '10-layout',
  '12-real-app',
];

async function check(store: ExpectedStore) {
  const families = store.column_families ?? {};
  const database = await openReadOnly(store.directory);
  try {
    assert.deepEqual([...database.columnFamilies].sort(), Object.keys(families).sort());
    assert.equal(database.columnFamilies[0], 'default');
    if (store.latest_sequence !== undefined) {
      assert.equal(database.latestSequence, store.latest_sequence);
    }
    assert.deepEqual(database.warnings, []);
    for (const [name, expected] of Object.entries(families)) {
      await checkFamily(database, name, expected);
    }
  } finally {
    await database.close();
  }
}

describe('stores that the real library wrote', () => {
  for (const fixture of sound) {
    describe(fixture, () => {
      for (const store of storesOf(fixture)) {
        if (store.path.includes('with-wal-dir')) continue; // damage.test.ts
        it(store.path, () => check(store));
      }
    });
  }
});
