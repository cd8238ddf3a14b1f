import assert from 'node:assert/strict';
import { comparatorOf, featureOfComparator } from '../../../src/rocksdb/manifest/comparator';
import { InconsistentEditError, VersionState } from '../../../src/rocksdb/manifest/version';
import type { TableMeta, VersionEdit } from '../../../src/rocksdb/manifest/versionEdit';

const edit = (fields: Partial<VersionEdit>): VersionEdit => ({
  columnFamily: 0,
  deleted: [],
  added: [],
  logsAdded: [],
  ...fields,
});

const key = (text: string) => Buffer.from(`${text}\u0001\u0001\0\0\0\0\0\0`);

function table(number: number, level: number, fields: Partial<TableMeta> = {}): TableMeta {
  return {
    number,
    level,
    size: 100,
    smallest: key('a'),
    largest: key('b'),
    smallestSequence: number,
    largestSequence: number,
    epoch: 0,
    pathId: 0,
    ...fields,
  };
}

const stateOf = (...edits: Partial<VersionEdit>[]) => {
  const state = new VersionState();
  for (const each of edits) state.apply(edit(each));
  return state;
};
const namesOf = (state: VersionState) =>
  state.columnFamilies().map(({ id, name, levels }) => [id, name, levels.flat().length].join());
const refused = (...edits: Partial<VersionEdit>[]) => {
  assert.throws(() => stateOf(...edits).columnFamilies(), InconsistentEditError);
};

describe('the state of a MANIFEST', () => {
  it('takes a column family made again under its name for another one', () => {
    const state = stateOf(
      { columnFamily: 1, addColumnFamily: 'words', comparator: 'leveldb.BytewiseComparator' },
      { columnFamily: 1, added: [table(7, 0)] },
      { columnFamily: 1, dropColumnFamily: true },
      { columnFamily: 2, addColumnFamily: 'words', comparator: 'leveldb.BytewiseComparator' },
    );
    assert.deepEqual(namesOf(state), ['0,default,0', '2,words,0']);
    state.apply(edit({ columnFamily: 1, added: [table(8, 0)] }));
    assert.deepEqual(namesOf(state), ['0,default,0', '2,words,0']);
  });

  it('applies an atomic group when its last edit is there, and nothing of it before', () => {
    const state = stateOf({ remainingInGroup: 2, added: [table(7, 0)] }, { remainingInGroup: 1 });
    assert.deepEqual(namesOf(state), ['0,default,0']);
    state.apply(edit({ remainingInGroup: 0, added: [table(8, 0)] }));
    assert.deepEqual(namesOf(state), ['0,default,2']);
    state.apply(edit({ added: [table(9, 0)] }));
    assert.deepEqual(namesOf(state), ['0,default,3']);
  });

  it('refuses what cannot follow from what was before', () => {
    refused({ remainingInGroup: 2 }, { remainingInGroup: 0 });
    refused({ remainingInGroup: 1 }, { added: [table(7, 0)] });
    refused({ columnFamily: 3, added: [table(7, 0)] });
    refused({ columnFamily: 3, dropColumnFamily: true });
    refused({ columnFamily: 3, addColumnFamily: 'a' }, { columnFamily: 3, addColumnFamily: 'b' });
    refused({ added: [table(7, 0)] }, { added: [table(7, 1)] });
    refused({ deleted: [{ level: 0, number: 7 }] });
    refused({ added: [table(7, 0)] }, { deleted: [{ level: 1, number: 7 }] });
    refused({ added: [table(7, 1), table(8, 1, { smallest: key('ab'), largest: key('c') })] });
  });

  it('lets a table move between levels, and two meet in one user key', () => {
    const state = stateOf(
      { added: [table(7, 0), table(8, 1, { smallest: key('b'), largest: key('c') })] },
      { deleted: [{ level: 0, number: 7 }], added: [table(7, 1)] },
    );
    const [family] = state.columnFamilies();
    assert.deepEqual(
      family?.levels.map((level) => level.map(({ number }) => number)),
      [[], [7, 8]],
    );
  });

  it('orders level 0 by epoch, without one by sequence, and deeper ones by the comparator', () => {
    const order = (...tables: TableMeta[]) => {
      const reverse = {
        columnFamily: 1,
        addColumnFamily: 'r',
        comparator: 'rocksdb.ReverseBytewiseComparator',
      };
      const [, family] = stateOf(reverse, { columnFamily: 1, added: tables }).columnFamilies();
      return family?.levels.flat().map(({ number }) => number);
    };
    assert.deepEqual(order(table(7, 0, { epoch: 2 }), table(8, 0, { epoch: 1 })), [7, 8]);
    assert.deepEqual(order(table(7, 0, { epoch: 2 }), table(8, 0)), [8, 7]);
    const [low, high] = [key('a'), key('z')];
    assert.deepEqual(
      order(
        table(7, 1, { smallest: low, largest: low }),
        table(8, 1, { smallest: high, largest: high }),
      ),
      [8, 7],
    );
  });

  it('keeps track of logs, and of the oldest that may hold a prepared transaction', () => {
    const state = stateOf(
      { oldestLog: 4, logsAdded: [{ number: 4, synced: undefined }] },
      {
        logsAdded: [
          { number: 4, synced: 300 },
          { number: 5, synced: undefined },
        ],
      },
      { logsAdded: [{ number: 4, synced: 200 }] },
    );
    assert.deepEqual(
      [...state.trackedLogs],
      [
        [4, 300],
        [5, undefined],
      ],
    );
    state.apply(edit({ oldestLog: 5, logsDeletedBefore: 5 }));
    assert.deepEqual([...state.trackedLogs], [[5, undefined]]);
    assert.equal(state.oldestLog, 5);
  });
});

describe('comparators', () => {
  it("of rocksdict's keys has ints as numbers, all else bytewise", () => {
    const compare = comparatorOf('rocksdict')?.compare ?? assert.fail();
    // As rocksdict 0.3.29 iterates over them.
    const order = [
      ...['', '00', '01ff', '01ffff', '025a', '0261', '02ff', '03ff0000000000000000'],
      ...['03fed4', '03ff7f', '0380', '03ff', '0300', '0301', '037f', '030080', '0300ff', '030100'],
      ...['03012c', '03008000000000000000', '03010000000000000000', '04', '0400'],
      ...['043ff8000000000000', '04bff8000000000000', '04c004000000000000', '0500', '0501', '0761'],
    ].map((hex) => Buffer.from(hex, 'hex'));
    for (const [i, a] of order.entries()) {
      for (const [j, b] of order.entries()) {
        assert.equal(Math.sign(compare(a, b)), Math.sign(i - j), `${i} ${j}`);
      }
    }
    // The same number is the same key, however long.
    for (const [a, b] of [
      ['03', '030000'],
      ['03ff', '03ffffff'],
      ['0301', '03000001'],
    ] as const) {
      assert.equal(compare(Buffer.from(a, 'hex'), Buffer.from(b, 'hex')), 0);
    }
  });

  it('are bytewise and its reverse; others have a name', () => {
    const [a, b] = [Buffer.from('a'), Buffer.from('ab')];
    assert.ok((comparatorOf('leveldb.BytewiseComparator')?.compare(a, b) ?? 0) < 0);
    assert.ok((comparatorOf('rocksdb.ReverseBytewiseComparator')?.compare(a, b) ?? 0) > 0);
    assert.equal(comparatorOf('mine'), undefined);
    assert.equal(featureOfComparator('mine'), 'comparator mine');
    assert.equal(
      featureOfComparator('leveldb.BytewiseComparator.u64ts'),
      'user-defined timestamps',
    );
  });
});
