import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { inspectDatabase, NotADatabaseError } from '../../../src/rocksdb/index';
import { python } from '../../python.mjs';
import { fixtures, withCopy } from '../expected';

const damage = path.join(fixtures, '11-damaged/state/damage');
const sound = path.join(damage, 'sound/orders/0');
const levels = path.join(
  fixtures,
  '03b-default-20k-levels-open/state/quixstreams-default/default/orders/0',
);

describe('inspectDatabase', function () {
  this.timeout(30_000);

  it('tells tables by column family and level, as RocksDB looks through them', async () => {
    const { tables, rocksdbVersion, lastSequence, manifest, optionsFile } =
      await inspectDatabase(levels);
    assert.deepEqual(
      tables.map(({ columnFamily, level, name }) => `${columnFamily} ${level} ${name}`),
      [
        ...['default 0 000038.sst', 'default 0 000034.sst', 'default 1 000036.sst'],
        ...['default 2 000029.sst', 'default 2 000030.sst', 'default 2 000031.sst'],
        ...['default 2 000032.sst', '__metadata__ 0 000039.sst', '__metadata__ 0 000035.sst'],
      ],
    );
    const [first] = tables;
    assert.ok(first?.facts);
    const { createdMs, dataBytes, rawBytes, ...facts } = first.facts;
    assert.deepEqual(facts, {
      formatVersion: 6,
      checksum: 'XXH3',
      entries: 300,
      deletions: 60,
      rangeDeletions: 0,
      dataBlocks: 3,
      compression: 'LZ4',
      filter: 'bloomfilter',
    });
    assert.ok(dataBytes > 0 && rawBytes > dataBytes);
    assert.equal(new Date(createdMs ?? 0).toISOString().slice(0, 10), '2026-11-24');
    assert.deepEqual(
      [first.smallest, first.largest].map((key) => Buffer.from(key).toString()),
      ['u00000|"s"', 'u00299|"s"'],
    );
    assert.deepEqual([first.smallestSequence, first.largestSequence], [22_051, 22_350]);
    assert.deepEqual(
      [rocksdbVersion, lastSequence, manifest, optionsFile],
      ['9.8.4', 22_351, { name: 'MANIFEST-000005', size: 3067 }, 'OPTIONS-000009'],
    );
  });

  it('tells which log is kept by which column family', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'state-folder-inspect-'));
    try {
      const store = path.join(folder, 'two-logs');
      const script = path.join(import.meta.dirname, '../verify/writeTwoLogs.py');
      await promisify(execFile)(await python(), [script, store]);
      const { logs, columnFamilies } = await inspectDatabase(store);
      assert.deepEqual(
        logs.map(({ keptBy }) => keptBy),
        [['slow'], ['default', 'slow']],
      );
      assert.deepEqual(
        columnFamilies.map(({ name, tables, entries, logNumber }) => [
          name,
          tables,
          entries,
          logNumber,
        ]),
        [
          ['default', 1, 40, logs[1]?.number],
          ['slow', 0, 0, logs[0]?.number],
        ],
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('tells all other files, but does not look at LOCK, and the bytes of all', async () => {
    await withCopy(sound, async (copy) => {
      await writeFile(path.join(copy, 'notes.txt'), 'abc');
      const { otherFiles, bytes, logs, tables, manifest } = await inspectDatabase(copy);
      const names = otherFiles.map(({ name }) => name);
      assert.ok(names.includes('CURRENT') && names.includes('notes.txt'));
      assert.ok(!names.includes('LOCK') && !names.includes('000013.log'));
      const all = [...otherFiles, ...logs, ...tables, manifest];
      assert.equal(
        bytes,
        all.reduce((sum, { size }) => sum + size, 0),
      );
    });
  });

  it('shows what it can of a damaged database', async () => {
    const table = await inspectDatabase(path.join(damage, 'sst-index-flip/orders/0'));
    const [broken] = table.tables.filter(({ error }) => error !== undefined);
    assert.equal(broken?.name, '000011.sst');
    assert.equal(broken.error?.code, 'corrupt');
    assert.equal(table.tables.filter(({ facts }) => facts !== undefined).length, 3);
    const manifest = await inspectDatabase(path.join(damage, 'manifest-bitflip/orders/0'));
    assert.equal(manifest.problems[0]?.code, 'corrupt');
    assert.ok(manifest.otherFiles.some(({ name }) => name === '000011.sst'));
    await assert.rejects(
      inspectDatabase(path.join(damage, 'current-missing/orders/0')),
      NotADatabaseError,
    );
  });
});
