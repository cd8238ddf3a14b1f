import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bytewise } from '../../../src/rocksdb/manifest/comparator';
import { compareBytes } from '../../../src/rocksdb/bytes/coding';
import { loggedOperations } from '../memtable/loggedOperations';
import { OperationOrder } from '../../../src/rocksdb/memtable/operationOrder';
import type { Operation } from '../../../src/rocksdb/log/writeBatch';

/** Keys that begin alike, end in zeros or are the same: where an order goes wrong. */
const key = fc
  .tuple(
    fc.constantFrom('', 'customer-', 'customer-0000', 'customer-00001', 'x'.repeat(200)),
    fc.uint8Array({ max: 3, maxLength: 7 }),
  )
  .map(([start, end]) => Buffer.concat([Buffer.from(start), end]));

describe('the order of keys', () => {
  it('is that of the runtime, whatever the length', () =>
    fc.assert(
      fc.property(key, key, (a, b) => {
        assert.equal(Math.sign(compareBytes(a, b)), Buffer.compare(a, b));
      }),
      { numRuns: 1000 },
    ));

  it('of operations is by key, of the same key the newest first, wherever one begins to ask', () =>
    fc.assert(
      fc.property(
        fc.array(key, { minLength: 1, maxLength: 300 }),
        fc.constantFrom(1, 3, 20),
        fc.nat(),
        (keys, times, at) => {
          const all = Array.from({ length: times }, () => keys).flat();
          const operations = all.map((one, i): Operation => ({
            columnFamily: 0,
            sequence: i + 1,
            type: 1,
            key: one,
            value: Buffer.of(),
          }));
          const sorted = [...operations].sort(
            (a, b) => Buffer.compare(a.key, b.key) || b.sequence - a.sequence,
          );
          const expected = sorted.map(({ sequence }) => sequence - 1);
          const order = new OperationOrder(loggedOperations(operations), bytewise);
          const start = at % all.length;
          assert.deepEqual([...order.slice(start, start + 9)], expected.slice(start, start + 9));
          assert.deepEqual([...order.slice(0, all.length)], expected);
        },
      ),
      { numRuns: 300 },
    ));
});
