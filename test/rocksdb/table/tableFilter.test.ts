import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Decompressor } from '../../../src/rocksdb/bytes/compression';
import { createKernel } from '../../../src/rocksdb/kernel/kernel';
import { HashedKey } from '../../../src/rocksdb/table/filterHash';
import { openFilter } from '../../../src/rocksdb/table/filter';
import { readTableContents } from '../../../src/rocksdb/table/tableContents';
import { fixtures, storesOf } from '../expected';

const largestKey = new Uint8Array(64).fill(255);
const kernel = createKernel();
const environment = { kernel, decompressor: new Decompressor(kernel), readAhead: 0 };

/** The newest table of a store, its filter, and all its user keys. */
async function tableOf(directory: string, damageLaterReads = false) {
  const name = readdirSync(directory)
    .filter((file) => file.endsWith('.sst'))
    .sort()
    .at(-1);
  assert.ok(name);
  const file = path.join(directory, name);
  const bytes = readFileSync(file);
  let damage = 0;
  const contents = await readTableContents(
    {
      path: file,
      readExactly: (offset, length) => {
        const read = Uint8Array.from(bytes.subarray(offset, offset + length));
        read[0] = (read[0] ?? 0) ^ damage;
        return read;
      },
    },
    {
      size: bytes.length,
      bounds: { start: new Uint8Array(0), end: largestKey },
      largestSequence: 0,
    },
    environment,
  );
  const keys: Uint8Array[] = [];
  for (let i = 0; i < contents.index.length; i++) {
    const block = await contents.reader.dataBlock(contents.index.handle(i));
    for (let j = 0; j < block.length; j++) keys.push(block.userKey(j).slice());
  }
  assert.ok(keys.length > 50);
  if (damageLaterReads) damage = 1;
  return { filter: contents.filter, keys };
}

/** Between those of the stores, of many lengths. */
const absent = Array.from({ length: 1000 }, (_, i) =>
  Buffer.from(`user-0${i % 5}|session-00${i % 9}${i}${'x'.repeat(i % 230)}`),
);

describe('filters of tables', () => {
  for (const { path: name, directory } of storesOf('variants')) {
    if (!name.startsWith('filter-')) continue;
    if (name.startsWith('filter-prefix') || name.startsWith('filter-bloomfilter-10-blocks')) {
      it(`${name}: has none that tells of keys`, async () => {
        assert.equal((await tableOf(directory)).filter, undefined);
      });
      continue;
    }
    it(`${name}: knows its keys and few others`, async () => {
      const { filter, keys } = await tableOf(directory);
      assert.ok(filter);
      for (const key of keys) {
        assert.equal(
          await filter.mayContain(new HashedKey(key)),
          true,
          Buffer.from(key).toString(),
        );
      }
      let wrong = 0;
      for (const key of absent) if (await filter.mayContain(new HashedKey(key))) wrong++;
      // 3.5 bits a key are wrong for a fifth, 10 bits for a hundredth.
      const most = name.includes('3.5') ? 350 : 60;
      assert.ok(wrong < most, `${wrong} of ${absent.length}`);
    });
  }

  it('are not used where they are damaged', async () => {
    const directory = path.join(fixtures, 'variants', 'filter-bloomfilter-10-11');
    const sound = await tableOf(directory);
    const [key] = sound.keys;
    assert.ok(key && sound.filter);
    const outside = absent.find((each) => sound.filter?.mayContain(new HashedKey(each)) === false);
    assert.equal(outside, undefined, 'nothing is read before it is asked for');
    assert.equal(await sound.filter.mayContain(new HashedKey(key)), true);
    const told = absent.find((each) => sound.filter?.mayContain(new HashedKey(each)) === false);
    assert.ok(told);
    const damaged = await tableOf(directory, true);
    assert.ok(damaged.filter);
    assert.equal(await damaged.filter.mayContain(new HashedKey(told)), true);
    assert.equal(await damaged.filter.mayContain(new HashedKey(key)), true);
  });

  it('of kinds that are not known are not used', () => {
    const withTail = (...tail: number[]) =>
      openFilter(Uint8Array.of(...new Uint8Array(64), ...tail));
    assert.ok(withTail(255, 0, 6, 0, 0));
    assert.equal(withTail(255, 1, 6, 0, 0), undefined);
    assert.equal(withTail(255, 0, 0x26, 0, 0), undefined, 'lines of 128 bytes');
    assert.equal(withTail(255, 0, 31, 0, 0), undefined);
    assert.equal(withTail(255, 0, 6, 1, 0), undefined);
    assert.equal(withTail(253, 0, 6, 0, 0), undefined);
    assert.equal(withTail(0, 1, 0, 0, 0), undefined);
    assert.equal(withTail(6, 3, 0, 0, 0), undefined, 'lines of no whole length');
    assert.equal(withTail(254, 0, 1, 0, 0), undefined, 'one block');
    assert.equal(openFilter(Uint8Array.of(255, 0, 6, 0, 0)), undefined);
  });
});
