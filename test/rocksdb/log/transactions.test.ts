import assert from 'node:assert/strict';
import { CodingError } from '../../../src/rocksdb/bytes/coding';
import { Transactions, UnknownTransactionError } from '../../../src/rocksdb/log/transactions';

const batch = (sequence: number, count: number, body: string) =>
  Buffer.concat([
    Buffer.from([sequence, 0, 0, 0, 0, 0, 0, 0, count, 0, 0, 0]),
    Buffer.from(body.replaceAll(' ', ''), 'hex'),
  ]);

/** Puts of `k` and `l`, the latter in column family 3, prepared as `x`; log data and a noop between. */
const prepare = '09 01 016b 0131 03 01ff 0d 05 03 016c 0132 0a 0178';
const commit = '0b 0178';

function resolve(transactions: Transactions, record: Uint8Array, families = [0, 3]) {
  const resolved = transactions.resolve(record, (family) => families.includes(family));
  const texts = resolved.operations.map(({ columnFamily, sequence, type, key, value }) =>
    [columnFamily, sequence, type, Buffer.from(key), Buffer.from(value)].join(),
  );
  return { texts, next: resolved.nextSequence };
}

describe('transactions', () => {
  it('count where they are committed, with the sequences of then', () => {
    const transactions = new Transactions(true);
    assert.deepEqual(resolve(transactions, batch(10, 2, prepare)), { texts: [], next: 10 });
    assert.equal(transactions.open, true);
    const put = batch(10, 1, '01 016b 0133');
    assert.deepEqual(resolve(transactions, put), { texts: ['0,10,1,k,3'], next: 11 });
    assert.deepEqual(resolve(transactions, batch(11, 1, `01 016d 0134 ${commit}`)), {
      texts: ['0,11,1,m,4', '0,12,1,k,1', '3,13,1,l,2'],
      next: 14,
    });
    assert.equal(transactions.open, false);
  });

  it('take their sequences of column families that are not wanted, too', () => {
    const transactions = new Transactions(true);
    resolve(transactions, batch(10, 2, prepare));
    assert.deepEqual(resolve(transactions, batch(10, 0, commit), [3]), {
      texts: ['3,11,1,l,2'],
      next: 12,
    });
  });

  it('do not count when they are rolled back, or prepared only', () => {
    const transactions = new Transactions(true);
    resolve(transactions, batch(10, 2, prepare));
    assert.deepEqual(resolve(transactions, batch(10, 0, '0c 0178')), { texts: [], next: 10 });
    assert.equal(transactions.open, false);
    assert.deepEqual(resolve(transactions, batch(10, 0, commit)), { texts: [], next: 10 });
  });

  it('are refused where their preparation may be in a log that was not read', () => {
    assert.throws(
      () => resolve(new Transactions(false), batch(10, 0, commit)),
      UnknownTransactionError,
    );
  });

  it('of other policies are refused by name', () => {
    for (const [body, name] of [
      ['12', /write-prepared/],
      ['13', /write-prepared/],
      ['15 0874747474747474740178', /timestamps/],
    ] as const) {
      assert.throws(
        () => resolve(new Transactions(true), batch(10, 0, body)),
        (error) => error instanceof UnknownTransactionError && name.test(error.message),
      );
    }
  });

  it('that cannot be are damage', () => {
    for (const [count, body] of [
      [2, prepare.slice(0, -7)],
      [1, prepare],
      [0, '09 09'],
      [0, '0a 0178'],
      [0, '7f'],
    ] as const) {
      const transactions = new Transactions(true);
      assert.throws(() => resolve(transactions, batch(10, count, body)), CodingError, body);
    }
  });
});
