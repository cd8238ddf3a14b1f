import assert from 'node:assert/strict';
import { openReadOnly, UnsupportedFormatError, type Database } from '../../src/rocksdb/index';
import {
  describeValue,
  Digest,
  storesOf,
  type ExpectedFamily,
  type ExpectedStore,
} from './expected';

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

async function checkFamily(database: Database, name: string, expected: ExpectedFamily) {
  const digest = new Digest();
  const keys: Uint8Array[] = [];
  for await (const entry of database.entries(name)) {
    digest.add(entry);
    keys.push(entry.key);
    const wanted = expected.entries?.[digest.count - 1];
    if (wanted) {
      assert.equal(Buffer.from(entry.key).toString('hex'), wanted[0]);
      const value = describeValue(entry.value);
      assert.deepEqual(value, wanted[1]);
    }
  }
  assert.deepEqual(digest.result(), { count: expected.count, digest: expected.digest });
  await checkLookups(database, name, keys);
  await checkBounds(database, name, keys);
}

/** Every key of a small column family is found by itself, of a large one every so many. */
async function checkLookups(database: Database, name: string, keys: readonly Uint8Array[]) {
  const step = Math.max(1, Math.floor(keys.length / 100));
  for (let i = 0; i < keys.length; i += step) {
    const key = keys[i] ?? new Uint8Array();
    assert.ok(await database.get(name, key), `${name}: ${Buffer.from(key).toString('hex')}`);
    const absent = Buffer.concat([key, Buffer.from([0])]);
    if (!keys[i + 1] || absent.compare(keys[i + 1] ?? absent) !== 0) {
      assert.equal(await database.get(name, absent), undefined);
    }
  }
}

async function checkBounds(database: Database, name: string, keys: readonly Uint8Array[]) {
  const at = Math.floor(keys.length / 3);
  const until = Math.min(keys.length, at + 40);
  const from = keys[at];
  if (!from) return;
  const found: Uint8Array[] = [];
  for await (const { key } of database.entries(name, { from, to: keys[until] })) found.push(key);
  const wanted = keys[until] ? keys.slice(at, until) : keys.slice(at);
  assert.deepEqual(found, wanted);
  const after = Buffer.concat([from, Buffer.from([0])]);
  for await (const { key } of database.entries(name, { from: after })) {
    assert.deepEqual(key, keys[at + 1]);
    break;
  }
}

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
        if (store.path.includes('bz2')) {
          it(`${store.path} is refused: bz2`, async () => {
            const database = await openReadOnly(store.directory);
            try {
              await assert.rejects(database.entries('default').next(), (error) => {
                assert.ok(error instanceof UnsupportedFormatError);
                assert.match(error.reason, /bz2/);
                assert.match(error.file, /\.sst$/);
                return true;
              });
            } finally {
              await database.close();
            }
          });
        } else {
          it(store.path, () => check(store));
        }
      }
    });
  }
});
