import assert from 'node:assert/strict';
import type { Database } from '../../src/rocksdb/index';
import { describeValue, Digest, type ExpectedFamily } from './expected';

/** Scans a column family, looks its keys up and scans a part of it: all as expected.json has it. */
export async function checkFamily(
  database: Database,
  name: string,
  expected: ExpectedFamily,
): Promise<void> {
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
