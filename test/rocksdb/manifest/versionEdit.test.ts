import assert from 'node:assert/strict';
import { CodingError } from '../../../src/rocksdb/bytes/coding';
import { decodeVersionEdit, UnknownEditError } from '../../../src/rocksdb/manifest/versionEdit';

const decode = (hex: string) => decodeVersionEdit(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
/** The bounds of a table: keys `a` and `b`, sequences 2 and 1. */
const bounds = '09 61 0102000000000000 09 62 0101000000000000';

describe('version edits', () => {
  it('skip what may be skipped, also of versions to come', () => {
    assert.equal(decode('02 05 8b40 03 616263').logNumber, 5); // tag 8203
  });

  it('refuse by name what must be understood', () => {
    for (const [hex, name] of [
      ['63', /MANIFEST tag 99 of a newer RocksDB/],
      [`67 00 07 64 ${bounds} 01 02 42 00 01`, /table field 66 of a newer RocksDB/],
      ['9003 01 02 03 00 00 41 00 00', /blob file field 65 of a newer RocksDB/],
    ] as const) {
      assert.throws(
        () => decode(hex),
        (error) => error instanceof UnknownEditError && name.test(error.feature),
      );
    }
  });

  it('are damaged where they end too early, or tell of what cannot be', () => {
    for (const hex of [
      '02',
      '0105',
      '0680',
      'c801',
      `67 00 07 64 ${bounds} 01 02`,
      `67 00 07 64 ${bounds} 01 02 41 01 04 01`, // a fifth path
      '07 00 07 64 01 61 01 62', // keys without a trailer
      '8440 04 03 01',
    ]) {
      assert.throws(() => decode(hex), CodingError, hex);
    }
  });

  it('tell of tables in the four forms that there have been', () => {
    const forms = {
      '07 01 07 64': '',
      '64 01 07 64': '01 02',
      '66 01 07 02 64': '01 02',
      '67 01 07 64': '01 02 0d 01 05 41 01 02 03 08 0900000000000000 04 01 08 20 00 01',
    };
    const edits = Object.entries(forms).map(([start, rest]) => decode(`${start}${bounds}${rest}`));
    for (const { added } of edits) {
      const [{ number, level, size, smallest } = assert.fail()] = added;
      assert.deepEqual([number, level, size], [7, 1, 100]);
      assert.equal(Buffer.from(smallest).toString('hex'), '610102000000000000');
    }
    assert.deepEqual(
      edits.map(({ added: [table], oldestLog }) => [
        table?.smallestSequence,
        table?.largestSequence,
        table?.epoch,
        table?.pathId,
        oldestLog,
      ]),
      [
        [0, 0, 0, 0, undefined],
        [1, 2, 0, 0, undefined],
        [1, 2, 0, 2, undefined],
        [1, 2, 5, 2, 9],
      ],
    );
  });

  it('pass over blob files and what is garbage in them', () => {
    for (const tag of ['9003', '8240']) {
      assert.equal(decode(`${tag} 01 02 03 00 00 05 01 ff 00 02 09`).logNumber, 9);
    }
    for (const tag of ['9103', '8340']) {
      assert.equal(decode(`${tag} 01 02 03 05 01 ff 00 02 09`).logNumber, 9);
    }
  });

  it('tell of logs that are tracked, old and new', () => {
    const added = [
      { number: 4, synced: 300 },
      { number: 5, synced: undefined },
    ];
    for (const hex of [
      '8440 04 02 ac02 01  8440 05 01  8540 04',
      '8740 05 04 02 ac02 01  8740 02 05 01  8840 01 04',
    ]) {
      const edit = decode(hex);
      assert.deepEqual([edit.logsAdded, edit.logsDeletedBefore], [added, 4]);
    }
  });
});
