import assert from 'node:assert/strict';
import { fileNumbers, parseFileName } from '../../src/rocksdb/filenames';

describe('file names', () => {
  it('tell the files of a database from all others', () => {
    assert.deepEqual(parseFileName('000004.log'), { kind: 'wal', number: 4 });
    assert.deepEqual(parseFileName('1234567.sst'), { kind: 'table', number: 1_234_567 });
    assert.deepEqual(parseFileName('MANIFEST-000005'), { kind: 'manifest', number: 5 });
    assert.deepEqual(parseFileName('OPTIONS-000009'), { kind: 'options', number: 9 });
    assert.deepEqual(parseFileName('CURRENT'), { kind: 'current' });
    for (const other of [
      'LOG',
      'LOCK',
      '4.log',
      '000004.log.bak',
      'MANIFEST-',
      '000004',
      'x.sst',
    ]) {
      assert.equal(parseFileName(other), undefined, other);
    }
    assert.deepEqual(fileNumbers(['000010.log', '000009.log', '000001.sst'], 'wal'), [9, 10]);
  });
});
