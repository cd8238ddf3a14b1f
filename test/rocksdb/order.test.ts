import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compareBytes } from '../../src/rocksdb/coding';
import { operationOrder } from '../../src/rocksdb/operationOrder';
import type { Operation } from '../../src/rocksdb/writeBatch';

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

  it('of operations is by key, of the same key the newest first', () =>
    fc.assert(
      fc.property(fc.array(key, { maxLength: 300 }), fc.boolean(), (keys, repeated) => {
        const all = repeated ? [...keys, ...keys, ...keys.map(() => keys[0] ?? Buffer.of())] : keys;
        const operations = all.map((one, i): Operation => ({
          columnFamily: 0,
          sequence: i + 1,
          type: 1,
          key: one,
          value: Buffer.of(),
        }));
        const expected = operations
          .map((_, i) => i)
          .sort((a, b) => Buffer.compare(all[a] ?? Buffer.of(), all[b] ?? Buffer.of()) || b - a);
        assert.deepEqual([...operationOrder(operations)], expected);
      }),
      { numRuns: 300 },
    ));
});
