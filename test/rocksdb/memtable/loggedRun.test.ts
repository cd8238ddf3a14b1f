import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ValueType } from '../../../src/rocksdb/internalKey';
import { createKernel } from '../../../src/rocksdb/kernel/kernel';
import type { Operation } from '../../../src/rocksdb/log/writeBatch';
import { bytewise, comparatorOf } from '../../../src/rocksdb/manifest/comparator';
import { LoggedRun } from '../../../src/rocksdb/memtable/loggedRun';
import { seekBlock, type Run } from '../../../src/rocksdb/memtable/run';
import { loggedOperations } from './loggedOperations';

const kernel = createKernel();
const reverseBytewise = comparatorOf('rocksdb.ReverseBytewiseComparator') ?? bytewise;

type Entry = readonly [key: string, sequence: number, type: number, value: number];

function entriesOfBlock(run: Run, index: number): Entry[] {
  const block = run.block(index);
  return Array.from({ length: block.length }, (_, i): Entry => {
    const key = Buffer.from(block.userKey(i)).toString('hex');
    return [key, block.sequence(i), block.type(i), block.value(i).length];
  });
}

const entriesOf = (run: Run) =>
  Array.from({ length: run.blocks }, (_, i) => entriesOfBlock(run, i)).flat();

/** Without those that a newer one of the same key hides: a block may have one. */
const countingOf = (entries: readonly Entry[]) =>
  entries.filter(
    ([key], i) =>
      !entries.slice(0, i).some(([other, , type]) => other === key && type !== ValueType.merge),
  );

/** Large values, so that there are many blocks; few keys, so that they meet. */
const operation = fc.record({
  key: fc.uint8Array({ max: 7, maxLength: 3 }),
  type: fc.constantFrom(ValueType.value, ValueType.merge, ValueType.deletion),
  size: fc.integer({ min: 0, max: 3000 }),
});

describe('a run of operations as they were logged', () => {
  it('is the same before and after it is laid out, and wherever it is entered', () =>
    fc.assert(
      fc.property(
        fc.array(operation, { minLength: 1, maxLength: 120 }),
        fc.boolean(),
        fc.uint8Array({ max: 7, maxLength: 3 }),
        (all, reverse, wanted) => {
          const comparator = reverse ? reverseBytewise : bytewise;
          const operations = loggedOperations(
            all.map(({ key, type, size }, i): Operation => {
              return { columnFamily: 0, sequence: i + 1, key, type, value: new Uint8Array(size) };
            }),
          );
          const order = all.map((one, i) => ({ ...one, sequence: i + 1 }));
          order.sort((a, b) => comparator.compare(a.key, b.key) || b.sequence - a.sequence);
          const expected: Entry[] = [];
          for (const [i, { key, sequence, type, size }] of order.entries()) {
            const newer = order.slice(0, i).filter((one) => Buffer.compare(one.key, key) === 0);
            if (newer.some((one) => one.type !== ValueType.merge)) continue;
            expected.push([Buffer.from(key).toString('hex'), sequence, type, size]);
          }
          const run = new LoggedRun(operations, kernel, comparator);
          const first = run.blocks - 1; // the last block alone, before any other
          const last = entriesOfBlock(run, first);
          const isPassed = (index: number) =>
            entriesOfBlock(run, index).every(
              ([key]) => comparator.compare(Buffer.from(key, 'hex'), wanted) < 0,
            );
          const blocksBefore = (count: number) => Array.from({ length: count }, (_, i) => i);
          const block = seekBlock(run, wanted, comparator.compare);
          assert.ok(blocksBefore(block).every(isPassed));
          const entries = entriesOf(run);
          assert.deepEqual(countingOf(entries), expected);
          assert.deepEqual(last, entries.slice(-last.length));
          run.laidOut();
          assert.equal(run.blocks - 1, first);
          assert.deepEqual(entriesOf(run), entries);
          const found = seekBlock(run, wanted, comparator.compare);
          assert.ok(blocksBefore(found).every(isPassed));
        },
      ),
      { numRuns: 200 },
    ));
});
