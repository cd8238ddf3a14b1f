import assert from 'node:assert/strict';
import { parseOptions } from '../../../src/rocksdb/manifest/optionsFile';

const text = [
  '# This is a RocksDB option file.',
  '[Version]',
  '  rocksdb_version=9.8.4',
  '  options_file_version=1.1',
  '',
  '[DBOptions]',
  String.raw`  wal_dir=C\:\\state\\wal  # where they are`,
  '  allow_2pc=true',
  '  ',
  '[CFOptions "default"]',
  '  wal_dir=/not/this',
  '  merge_operator={id=StringAppendOperator;delimiter=,;}',
  '  compression=kLZ4Compression',
  '[TableOptions/BlockBasedTable "default"]',
  '  block_size=4096',
  '',
  String.raw`[CFOptions "a \# b"]`,
  '  comparator=rocksdb.ReverseBytewiseComparator',
  '[TableOptions/PlainTable "a \\# b"]',
].join('\n');

describe('options', () => {
  it('are of the database, or of a column family and its tables', () => {
    const options = parseOptions(text);
    assert.equal(options.rocksdbVersion, '9.8.4');
    assert.equal(options.walDirectory, String.raw`C:\state\wal`);
    assert.equal(options.twoPhaseCommit, true);
    assert.equal(options.tracksLogs, false);
    assert.deepEqual([...options.families.keys()], ['default', 'a # b']);
    const [first, second] = [...options.families.values()];
    assert.equal(first?.values.get('merge_operator'), '{id=StringAppendOperator;delimiter=,;}');
    assert.equal(first?.values.get('compression'), 'kLZ4Compression');
    assert.equal(first?.tableFactory, 'BlockBasedTable');
    assert.equal(first?.tableValues.get('block_size'), '4096');
    assert.equal(second?.values.get('comparator'), 'rocksdb.ReverseBytewiseComparator');
    assert.equal(second?.tableFactory, 'PlainTable');
  });

  it('give no wal_dir where none is set', () => {
    assert.equal(parseOptions('[DBOptions]\n  wal_dir=\n').walDirectory, undefined);
    assert.equal(parseOptions('').walDirectory, undefined);
  });

  it('pass over what is no option', () => {
    const options = parseOptions('a=b\n[DBOptions]\nnonsense\n=x\n[Other "y"]\nc=d\n[DBOptions');
    for (const name of ['a', 'c', 'nonsense']) assert.equal(options.values.get(name), undefined);
    assert.equal(options.families.size, 0);
  });
});
