import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Decompressor } from '../../../src/rocksdb/bytes/compression';
import { createKernel } from '../../../src/rocksdb/kernel/kernel';
import { CorruptionError, openReadOnly } from '../../../src/rocksdb/index';
import type { Damage } from '../../../src/rocksdb/read/sources';
import { blockTrailerSize } from '../../../src/rocksdb/table/block';
import { firstHandles, indexStartBytes } from '../../../src/rocksdb/table/indexStart';
import { readTableContents } from '../../../src/rocksdb/table/tableContents';
import { fixtures, storesOf, withCopy } from '../expected';

const kernel = createKernel();
const environment = { kernel, decompressor: new Decompressor(kernel), readAhead: 0 };
const bounds = { start: new Uint8Array(0), end: new Uint8Array(0) };

/** Every table of a fixture that is whole. */
function tablesOf(fixture: string): string[] {
  return storesOf(fixture).flatMap(({ directory }) =>
    readdirSync(directory)
      .filter((name) => name.endsWith('.sst'))
      .map((name) => path.join(directory, name)),
  );
}

/** A store with a long index. */
const manyKeys = path.join(fixtures, '08b-huge-and-many/state/odd/many/orders/0');

function largestTable(directory: string): string {
  const files = readdirSync(directory).filter((name) => name.endsWith('.sst'));
  const bySize = files.sort(
    (a, b) => statSync(path.join(directory, b)).size - statSync(path.join(directory, a)).size,
  );
  return path.join(directory, bySize[0] ?? assert.fail());
}

async function withDamagedIndex(
  at: number,
  use: (directory: string, file: string) => Promise<void>,
): Promise<void> {
  await withCopy(manyKeys, async (directory) => {
    const file = largestTable(directory);
    const { handle } = await indexOf(file);
    assert.ok(at < handle.size);
    const bytes = readFileSync(file);
    bytes[handle.offset + at] = 255 - (bytes[handle.offset + at] ?? 0);
    writeFileSync(file, bytes);
    await use(directory, file);
  });
}

async function keysOf(directory: string): Promise<string[]> {
  const database = await openReadOnly(directory);
  const keys: string[] = [];
  for await (const { key } of database.entries('default'))
    keys.push(Buffer.from(key).toString('hex'));
  await database.close();
  return keys;
}

async function indexOf(file: string) {
  const bytes = new Uint8Array(readFileSync(file));
  const source = {
    path: file,
    readExactly: (offset: number, length: number) => bytes.subarray(offset, offset + length),
  };
  const place = { size: bytes.length, bounds, largestSequence: 0 };
  const { index, indexHandle, indexCoding } = await readTableContents(source, place, environment);
  const { offset, size } = indexHandle;
  const handles = Array.from({ length: index.length }, (_, i) => index.handle(i));
  const start = bytes.subarray(offset, offset + Math.min(size, indexStartBytes));
  const compression = bytes[offset + size] ?? 0;
  return { handle: indexHandle, start, compression, coding: indexCoding, handles };
}

describe('the beginning of an index', () => {
  it('tells where the first data blocks are, of each coding', async () => {
    const most = new Map<number, number>();
    for (const file of ['04-compression', '08b-huge-and-many', 'variants'].flatMap(tablesOf)) {
      if (file.includes('dictionary')) continue; // its blocks need what is not known here
      const index = await indexOf(file).catch(() => undefined);
      if (!index || index.coding.twoLevels) continue;
      const { start, compression, coding, handles } = index;
      const found = firstHandles(start, compression, coding);
      assert.deepEqual(found, handles.slice(0, found.length), file);
      most.set(compression, Math.max(most.get(compression) ?? 0, found.length));
    }
    // Stored as they are, LZ4, LZ4HC; not snappy, zlib and zstd.
    assert.deepEqual(
      [0, 4, 5, 1, 2, 7].map((compression) => most.get(compression)),
      [8, 8, 8, 0, 0, 0],
    );
  });

  it('tells less where less of it is there, and nothing wrong where it is damaged', async () => {
    const { start, compression, coding, handles } = await indexOf(largestTable(manyKeys));
    for (let length = 0; length < start.length; length++) {
      const found = firstHandles(start.subarray(0, length), compression, coding);
      assert.deepEqual(found, handles.slice(0, found.length));
    }
    for (let at = 0; at < start.length; at++) {
      const damaged = Uint8Array.from(start);
      damaged[at] = 255 - (damaged[at] ?? 0);
      let end = 0;
      for (const { offset, size } of firstHandles(damaged, compression, coding)) {
        assert.equal(offset, end);
        end += size + blockTrailerSize;
      }
    }
  });
});

describe('a table whose index is damaged', () => {
  it('gives its first entries, and then says what is wrong', async () => {
    const whole = await keysOf(manyKeys);
    for (const at of [0, 3, 40, 700]) {
      await withDamagedIndex(at, async (directory, file) => {
        const database = await openReadOnly(directory);
        const keys: string[] = [];
        const reading = (async () => {
          for await (const { key } of database.entries('default')) {
            keys.push(Buffer.from(key).toString('hex'));
          }
        })();
        await assert.rejects(reading, (error) => {
          assert.ok(error instanceof CorruptionError && error.file === file);
          return true;
        });
        assert.ok(at < 700 || keys.length > 500);
        assert.deepEqual(keys, whole.slice(0, keys.length));
        // Told of the damage, a scan passes over the rest of the table, once.
        const damages: Damage[] = [];
        let given = 0;
        const onDamage = (damage: Damage) => damages.push(damage);
        for await (const batch of database.batches('default', { onDamage })) given += batch.length;
        assert.ok(given >= keys.length && given < whole.length);
        assert.deepEqual(
          damages.map(({ error }) => error.file),
          [file],
        );
        assert.equal(Buffer.from(damages[0]?.first ?? []).toString('hex'), whole[0]);
        assert.equal(Buffer.from(damages[0]?.last ?? []).toString('hex'), whole.at(-1));
        // Nor does one get to a later key without it.
        const from = Buffer.from(whole[5000] ?? '', 'hex');
        for await (const batch of database.batches('default', { from, onDamage })) {
          assert.equal(batch.length, 0);
        }
        assert.equal(damages.length, 2);
        // Whoever looks a key up needs the index.
        const key = Buffer.from(keys[0] ?? whole[0] ?? '', 'hex');
        await assert.rejects(database.get('default', key), CorruptionError);
        await database.close();
      });
    }
  });
});
