import assert from 'node:assert/strict';
import { CodingError } from '../../src/rocksdb/coding';
import { parseOptions } from '../../src/rocksdb/optionsFile';
import { fileNumbers, parseFileName } from '../../src/rocksdb/filenames';
import { decodeVersionEdit, UnknownEditError } from '../../src/rocksdb/versionEdit';
import { batchHeader, operations, TransactionMarkerError } from '../../src/rocksdb/writeBatch';

describe('version edits', () => {
  it('skip what may be skipped, also of versions to come', () => {
    const edit = decodeVersionEdit(Buffer.from('02058b4003616263', 'hex')); // log 5, tag 8203
    assert.equal(edit.logNumber, 5);
  });

  it('refuse by name what must be understood', () => {
    for (const [bytes, name] of [
      ['9003', /blob files/], // 400
      ['63', /MANIFEST tag 99 of a newer RocksDB/],
    ] as const) {
      assert.throws(
        () => decodeVersionEdit(Buffer.from(bytes, 'hex')),
        (error) => error instanceof UnknownEditError && name.test(error.feature),
      );
    }
  });

  it('are damaged where they end too early', () => {
    for (const bytes of ['02', '0105', '0680', 'c801']) {
      assert.throws(() => decodeVersionEdit(Buffer.from(bytes, 'hex')), CodingError, bytes);
    }
  });
});

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
      operations(record, () => true).map(({ columnFamily, sequence, type, key, value }) =>
        [columnFamily, sequence, type, Buffer.from(key), Buffer.from(value)].join(),
      ),
      ['0,10,1,a,1', '3,11,0,b,', '1,12,1,c,2'],
    );
  });

  it('pass over the operations of column families that are not wanted, and count them', () => {
    const record = batch(2, '0101610131' + '0504016201320c'.slice(0, 12));
    const found = operations(record, (family) => family === 4);
    assert.deepEqual(
      found.map(({ sequence, key }) => [sequence, Buffer.from(key).toString()]),
      [[11, 'b']],
    );
  });

  it('take the column family of a range delete the other way round', () => {
    const [plain] = operations(batch(1, '0f01610162'), () => true);
    const [inFamily] = operations(batch(1, '0e0201610162'), () => true);
    assert.deepEqual([plain?.columnFamily, inFamily?.columnFamily], [0, 2]);
    assert.deepEqual([plain?.type, inFamily?.type], [0x0f, 0x0f]);
  });

  it('are damaged where the count is wrong, a type unknown or a length too large', () => {
    for (const [count, body] of [
      [2, '0101610131'],
      [1, '7f'],
      [1, '01ff61'],
      [1, '0501'],
    ] as const) {
      assert.throws(() => operations(batch(count, body), () => true), CodingError, body);
    }
  });

  it('of transactions are refused', () => {
    assert.throws(() => operations(batch(0, '09'), () => true), TransactionMarkerError);
  });
});

describe('file names and options', () => {
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

  it('give wal_dir of the database only, unescaped', () => {
    const text = [
      '[Version]',
      '  rocksdb_version=9.8.4',
      '[DBOptions]',
      String.raw`  wal_dir=C\:\\state\\wal`,
      '[CFOptions "default"]',
      '  wal_dir=/not/this',
    ].join('\n');
    assert.deepEqual(parseOptions(text), {
      rocksdbVersion: '9.8.4',
      walDirectory: String.raw`C:\state\wal`,
    });
    assert.deepEqual(parseOptions('[DBOptions]\n  wal_dir=\n').walDirectory, undefined);
  });
});
