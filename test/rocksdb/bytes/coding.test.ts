import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CodingError, Cursor } from '../../../src/rocksdb/bytes/coding';

const hex = (text: string) => new Cursor(Buffer.from(text, 'hex'));

/** A varint as RocksDB writes it. */
function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}

describe('coding', () => {
  it('reads varints of up to 53 bits', () =>
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        const cursor = new Cursor(varint(BigInt(value)));
        assert.equal(cursor.varint(), value);
        assert.ok(cursor.atEnd);
      }),
    ));

  it('refuses varints that are larger, have no end or end too early', () => {
    for (const value of [2n ** 53n, 2n ** 63n, 2n ** 64n - 1n]) {
      assert.throws(() => new Cursor(varint(value)).varint(), CodingError, `${value}`);
    }
    for (const bytes of ['', '80', 'ffff', 'ff'.repeat(20)]) {
      assert.throws(() => hex(bytes).varint(), CodingError, bytes);
    }
  });

  it('reads numbers of fixed size little-endian, zigzag numbers with their sign', () => {
    const cursor = hex('78563412' + 'ffffffffffffffff' + '00' + '01' + '02' + 'ff01');
    assert.equal(cursor.fixed32(), 0x12345678);
    assert.equal(cursor.fixed64(), 2n ** 64n - 1n);
    assert.deepEqual(
      [0, 1, 2, 3].map(() => cursor.zigzag()),
      [0, -1, 1, -128],
    );
    assert.throws(() => hex('010203').fixed32(), CodingError);
    assert.throws(() => hex('01020304050607').fixed64(), CodingError);
  });

  it('reads byte strings, and none that reaches past the end', () => {
    const cursor = hex('03616263' + '00');
    assert.equal(cursor.text(), 'abc');
    assert.equal(cursor.slice().length, 0);
    assert.throws(() => cursor.byte(), CodingError);
    assert.throws(() => hex('0461').slice(), CodingError);
    assert.throws(() => hex('ffffffffffffff0f61').slice(), CodingError);
    const short = hex('6162');
    assert.throws(() => short.skip(3), CodingError);
    assert.equal(short.position, 0);
  });
});
