import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ValueType } from '../../../src/rocksdb/internalKey';
import { createKernel } from '../../../src/rocksdb/kernel/kernel';
import { bytewise } from '../../../src/rocksdb/manifest/comparator';
import type { Operation } from '../../../src/rocksdb/log/writeBatch';
import { loggedOperations } from './loggedOperations';
import { Memtable } from '../../../src/rocksdb/memtable/memtable';
import { BatchBuilder } from '../../../src/rocksdb/read/batch';
import { Merge } from '../../../src/rocksdb/read/merge';
import { RunSource } from '../../../src/rocksdb/read/sources';

const start = new Uint8Array(0);
const kernel = createKernel();

async function contents(memtable: Memtable): Promise<[string, string][]> {
  const sources = memtable.runs.map((run, rank) => new RunSource(rank, run, bytewise.compare));
  const merge = new Merge(sources, start, undefined, memtable.rangeDeletions, '/db', bytewise);
  const builder = new BatchBuilder(1024);
  while (await merge.fill(builder));
  const batch = builder.build();
  return Array.from({ length: batch.length }, (_, i) => [
    Buffer.from(batch.key(i)).toString(),
    Buffer.from(batch.value(i)).toString(),
  ]);
}

/** Puts, deletes and range deletes over few keys, so that they meet. */
const key = fc.stringMatching(/^[ab]{0,3}$/);
const step = fc.oneof(
  fc.record({ type: fc.constant(ValueType.value), key, value: fc.string({ maxLength: 3 }) }),
  fc.record({ type: fc.constant(ValueType.deletion), key, value: fc.constant('') }),
  fc.record({ type: fc.constant(ValueType.rangeDeletion), key, value: key }),
);

describe('memtable', () => {
  it('has the newest sequence first, also where logs have changed their names', () => {
    const put = (sequence: number, value: string): Operation[] => [
      {
        columnFamily: 0,
        sequence,
        type: ValueType.value,
        key: Buffer.from('k'),
        value: Buffer.from(value),
      },
    ];
    const memtable = Memtable.empty
      .add(4, loggedOperations(put(2, 'new')), kernel, bytewise)
      .add(9, loggedOperations(put(1, 'old')), kernel, bytewise);
    const values = memtable.runs.map((run) => Buffer.from(run.block(0).value(0)).toString());
    assert.deepEqual(values, ['new', 'old']);
  });

  it('shows what a map would hold after the same operations, however they came in', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { maxLength: 12 }), { maxLength: 12 }),
        async (all) => {
          const model = new Map<string, string>();
          let memtable = Memtable.empty;
          let sequence = 1;
          for (const [index, steps] of all.entries()) {
            const operations = steps.map((one): Operation => {
              if (one.type === ValueType.value) model.set(one.key, one.value);
              else if (one.type === ValueType.deletion) model.delete(one.key);
              else {
                for (const known of [...model.keys()]) {
                  if (one.key <= known && known < one.value) model.delete(known);
                }
              }
              return {
                columnFamily: 0,
                sequence: sequence++,
                type: one.type,
                key: Buffer.from(one.key),
                value: Buffer.from(one.value),
              };
            });
            memtable = memtable.add(
              Math.floor(index / 3),
              loggedOperations(operations),
              kernel,
              bytewise,
            );
          }
          const expected = [...model].sort(([a], [b]) => (a < b ? -1 : 1));
          assert.deepEqual(await contents(memtable), expected);
        },
      ),
      { numRuns: 300 },
    ));

  it('lets go of the logs that tables hold by now, and of nothing else', async () => {
    const put = (sequence: number, name: string): Operation => ({
      columnFamily: 0,
      sequence,
      type: ValueType.value,
      key: Buffer.from(name),
      value: Buffer.from('v'),
    });
    const memtable = Memtable.empty
      .add(4, loggedOperations([put(1, 'old')]), kernel, bytewise)
      .add(7, loggedOperations([put(2, 'new')]), kernel, bytewise);
    assert.deepEqual(await contents(memtable.from(5)), [['new', 'v']]);
    assert.equal(memtable.from(4), memtable);
  });

  it('is what it was when it was asked, whoever asks later and however often more came', async () => {
    const count = 300; // more than wait to be put in order
    const put = (sequence: number): Operation => ({
      columnFamily: 0,
      sequence,
      type: ValueType.value,
      key: Buffer.from(String(sequence % 7)),
      value: Buffer.from(String(sequence)),
    });
    const newest = (last: number) =>
      [0, 1, 2, 3, 4, 5, 6]
        .filter((name) => last >= 7 || (name > 0 && name <= last))
        .map((name) => [String(name), String(last - ((last - name) % 7))]);
    const all: Memtable[] = [Memtable.empty];
    for (let sequence = 1; sequence <= count; sequence++) {
      const before = all.at(-1) ?? Memtable.empty;
      all.push(before.add(4, loggedOperations([put(sequence)]), kernel, bytewise));
      if (sequence % 50 === 9) await contents(before);
    }
    for (const [last, memtable] of all.entries()) {
      assert.deepEqual(await contents(memtable), newest(last));
      assert.ok(memtable.runs.length < 10);
    }
  });
});
