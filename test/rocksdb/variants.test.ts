import assert from 'node:assert/strict';
import { openReadOnly, UnsupportedFormatError, type Database } from '../../src/rocksdb/index';
import { checkFamily } from './checkFamily';
import { Digest, storesOf, type ExpectedFamily, type ExpectedStore } from './expected';

/** A store that the reader does not read, and its word for why. */
interface Variant extends ExpectedStore {
  readonly refused?: string;
}

async function check(store: Variant) {
  const database = await openReadOnly(store.directory);
  try {
    assert.deepEqual(database.warnings, []);
    assert.equal(database.latestSequence, store.latest_sequence);
    const families = store.column_families ?? {};
    assert.deepEqual([...database.columnFamilies].sort(), Object.keys(families).sort());
    for (const [name, expected] of Object.entries(families)) {
      await checkFamily(database, name, expected);
      await checkAtOnce(database, name, expected);
    }
  } finally {
    await database.close();
  }
}

/** The same where many blocks are decoded as one, are only counted, or many keys are looked up. */
async function checkAtOnce(database: Database, name: string, expected: ExpectedFamily) {
  const digest = new Digest();
  const keys: Uint8Array[] = [];
  const values: Uint8Array[] = [];
  for await (const batch of database.batches(name)) {
    for (let i = 0; i < batch.length; i++) {
      digest.add({ key: batch.key(i), value: batch.value(i) });
      keys.push(batch.key(i).slice());
      values.push(batch.value(i).slice());
    }
  }
  assert.deepEqual(digest.result(), { count: expected.count, digest: expected.digest });
  assert.equal(await database.count(name), expected.count);
  assert.deepEqual(await database.getMany(name, keys), values);
  // In any order, again and again, and some that are not there, alone as well.
  const known = new Set(keys.map((key) => Buffer.from(key).toString('hex')));
  const absent = keys
    .map((key) => Buffer.from([...key, 0]))
    .filter((key) => !known.has(key.toString('hex')));
  const asked = [...absent, ...keys.toReversed(), ...keys.slice(0, 3), new Uint8Array(0)];
  const answers = [
    ...absent.map(() => undefined),
    ...values.toReversed(),
    ...values.slice(0, 3),
    known.has('') ? values[keys.findIndex(({ length }) => length === 0)] : undefined,
  ];
  assert.deepEqual(await database.getMany(name, asked), answers);
  for (const i of [0, absent.length, asked.length - 1]) {
    assert.deepEqual(await database.get(name, asked[i] ?? new Uint8Array(0)), answers[i]);
  }
}

async function checkRefused(store: Variant) {
  const database = await openReadOnly(store.directory);
  try {
    await assert.rejects(database.entries('default').next(), (error) => {
      assert.ok(error instanceof UnsupportedFormatError, String(error));
      assert.equal(error.reason, store.refused);
      assert.match(error.file, /\.sst$/);
      return true;
    });
  } finally {
    await database.close();
  }
}

describe('stores of many versions and options of RocksDB', () => {
  for (const store of storesOf('variants') as Variant[]) {
    if (store.refused === undefined) it(store.path, () => check(store));
    else it(`${store.path} is refused`, () => checkRefused(store));
  }
});
