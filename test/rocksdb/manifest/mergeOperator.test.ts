import assert from 'node:assert/strict';
import { mergeOperatorOf } from '../../../src/rocksdb/manifest/mergeOperator';

const text = (option: string, base: string | undefined, ...operands: string[]) => {
  const merge = mergeOperatorOf(option) ?? assert.fail(option);
  const bytes = merge(
    base === undefined ? undefined : Buffer.from(base),
    operands.map((each) => Buffer.from(each)),
  );
  return Buffer.from(bytes).toString();
};
const number = (value: bigint) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
};

describe('merge operators', () => {
  it('add numbers, little-endian, and count what is none as 0', () => {
    const add = mergeOperatorOf('UInt64AddOperator') ?? assert.fail();
    const sum = (base: Buffer | undefined, ...operands: Buffer[]) =>
      Buffer.from(add(base, operands)).readBigUInt64LE();
    assert.equal(sum(undefined, number(3n)), 3n);
    assert.equal(sum(number(300n), number(3n), Buffer.from('x'), number(1n)), 304n);
    assert.equal(sum(number(2n ** 64n - 1n), number(2n)), 1n);
    assert.equal(sum(undefined, Buffer.from('none')), 0n);
  });

  it('append with the delimiter that OPTIONS have, whatever it is', () => {
    for (const [option, expected] of [
      ['{id=StringAppendOperator;delimiter=,;}', 'a,b,c'],
      ['{id=StringAppendTESTOperator;delimiter= + ;}', 'a + b + c'],
      ['{id=StringAppendOperator;delimiter=;;}', 'a;b;c'],
      ['{id=StringAppendOperator;delimiter=;}', 'abc'],
    ] as const) {
      assert.equal(text(option, 'a', 'b', 'c'), expected);
      assert.equal(text(option, undefined, 'a'), 'a');
    }
    assert.equal(text('{id=StringAppendOperator;delimiter=,;}', '', 'a'), ',a');
  });

  it('take the largest, or the newest', () => {
    assert.equal(text('MaxOperator', 'b', 'a', 'c', 'bb'), 'c');
    assert.equal(text('MaxOperator', undefined, 'a'), 'a');
    assert.equal(text('{id=PutOperator;}', 'b', 'c', 'a'), 'a');
  });

  it('are not guessed', () => {
    for (const option of [
      'nullptr',
      '',
      'StringAppendOperator',
      '{id=StringAppendOperator;}',
      'counter',
      '{id=BytesXOR;}',
    ]) {
      assert.equal(mergeOperatorOf(option), undefined, option);
    }
  });
});
