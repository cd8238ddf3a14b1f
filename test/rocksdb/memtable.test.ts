import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ValueType } from '../../src/rocksdb/internalKey';
import { Memtable } from '../../src/rocksdb/memtable';
import { MergingIterator } from '../../src/rocksdb/mergingIterator';
import { valueOf } from '../../src/rocksdb/scan';
import { RunSource } from '../../src/rocksdb/sources';
import type { Operation } from '../../src/rocksdb/writeBatch';

const start = new Uint8Array(0);

async function contents(memtable: Memtable): Promise<[string, string][]> {
  const found: [string, string][] = [];
  const sources = memtable.runs.map((run) => new RunSource(run));
  const deletions = memtable.rangeDeletions;
  const versions = new MergingIterator(sources, start, deletions);
  for (;;) {
    const version = await versions.next();
    if (!version) return found;
    const value = valueOf(version, deletions, '/db');
    if (value) {
      found.push([Buffer.from(version.key).toString(), Buffer.from(value).toString()]);
    }
  }
}

/** Puts, deletes and range deletes over few keys, so that they meet. */
const key = fc.stringMatching(/^[ab]{0,3}$/);
const step = fc.oneof(
  fc.record({ type: fc.constant(ValueType.value), key, value: fc.string({ maxLength: 3 }) }),
  fc.record({ type: fc.constant(ValueType.deletion), key, value: fc.constant('') }),
  fc.record({ type: fc.constant(ValueType.rangeDeletion), key, value: key }),
);

describe('memtable', () => {
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
            memtable = memtable.add(Math.floor(index / 3), operations);
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
    const memtable = Memtable.empty.add(4, [put(1, 'old')]).add(7, [put(2, 'new')]);
    assert.deepEqual(await contents(memtable.from(5)), [['new', 'v']]);
    assert.equal(memtable.from(4), memtable);
  });
});
