import assert from 'node:assert/strict';
import { CodingError } from '../../../src/rocksdb/bytes/coding';
import {
  batchHeader,
  readOperations,
  TransactionMarkerError,
  type Operation,
} from '../../../src/rocksdb/log/writeBatch';

function operations(record: Uint8Array): Operation[] {
  const found: Operation[] = [];
  readOperations(record, {
    add(columnFamily, sequence, type, keyStart, keyEnd, valueStart, valueEnd) {
      const key = record.subarray(keyStart, keyEnd);
      const value = record.subarray(valueStart, valueEnd);
      found.push({ columnFamily, sequence, type, key, value });
    },
  });
  return found;
}

describe('write batches', () => {
  const batch = (count: number, body: string) =>
    Buffer.concat([
      Buffer.from('0a00000000000000', 'hex'),
      Buffer.of(count, 0, 0, 0),
      Buffer.from(body, 'hex'),
    ]);

  it('number their operations, those of all column families', () => {
    // put a=1; delete b in family 3; log data; put c=2 in family 1
    const record = batch(3, '0101610131' + '04030162' + '0302ffff' + '050101630132');
    assert.deepEqual(batchHeader(record), { sequence: 10, count: 3 });
    assert.deepEqual(
      operations(record).map(({ columnFamily, sequence, type, key, value }) =>
        [columnFamily, sequence, type, Buffer.from(key), Buffer.from(value)].join(),
      ),
      ['0,10,1,a,1', '3,11,0,b,', '1,12,1,c,2'],
    );
  });

  it('take the column family of a range delete the other way round', () => {
    const [plain] = operations(batch(1, '0f01610162'));
    const [inFamily] = operations(batch(1, '0e0201610162'));
    assert.deepEqual([plain?.columnFamily, inFamily?.columnFamily], [0, 2]);
    assert.deepEqual([plain?.type, inFamily?.type], [0x0f, 0x0f]);
  });

  it('take a timed put for a put', () => {
    const [put, inFamily] = operations(
      batch(2, '18016109' + '31' + '0102030405060708' + '19020162080102030405060708'),
    );
    assert.deepEqual([put?.type, Buffer.from(put?.value ?? []).toString()], [1, '1']);
    assert.deepEqual([inFamily?.columnFamily, inFamily?.value.length], [2, 0]);
    assert.throws(() => operations(batch(1, '1801610131')), CodingError);
  });

  it('are damaged where the count is wrong, a type unknown or a length too large', () => {
    for (const [count, body] of [
      [2, '0101610131'],
      [1, '7f'],
      [1, '01ff61'],
      [1, '0501'],
    ] as const) {
      assert.throws(() => operations(batch(count, body)), CodingError, body);
    }
  });

  it('of transactions are refused', () => {
    assert.throws(() => operations(batch(0, '09')), TransactionMarkerError);
  });
});
