import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CodingError } from '../../../src/rocksdb/bytes/coding';
import { UnknownLayoutError } from '../../../src/rocksdb/kernel/blockErrors';
import { createKernel } from '../../../src/rocksdb/kernel/kernel';
import { joinValues } from '../../../src/rocksdb/table/separateValues';

const separate = 0x1000_0000;
const fixed32 = (...numbers: number[]) => {
  const bytes = Buffer.alloc(numbers.length * 4);
  numbers.forEach((number, i) => bytes.writeUInt32LE(number >>> 0, i * 4));
  return bytes;
};

/** Three entries, a restart at the first and the last; `[key, value]`. */
const expected = [
  ['apple', 'red'],
  ['apply', ''],
  ['bear', 'brown and large'],
];
const keys = Buffer.concat([
  Buffer.from([0, 5, 3, 0]),
  Buffer.from('apple'),
  Buffer.from([4, 1, 0]),
  Buffer.from('y'),
  Buffer.from([0, 4, 15, 3]),
  Buffer.from('bear'),
]);
const values = Buffer.from('redbrown and large');
const block = (flags = separate, hash = Buffer.alloc(0)) =>
  Buffer.concat([keys, values, fixed32(0, 13), hash, fixed32(keys.length, (flags | 2) >>> 0)]);

function entriesOf(contents: Uint8Array): string[][] {
  const { bytes, fields, length } = createKernel().decodeBlock(joinValues(contents), 0);
  const text = (at: number) => Buffer.from(bytes.subarray(fields[at], fields[at + 1])).toString();
  return Array.from({ length }, (_, i) => [text(i * 4), text(i * 4 + 2)]);
}

describe('blocks with values apart from keys', () => {
  it('become ordinary ones', () => {
    assert.deepEqual(entriesOf(block()), expected);
  });

  it('may have a hash index, or be ordinary', () => {
    const hash = Buffer.from([1, 2, 3, 3, 0]); // three buckets
    assert.deepEqual(entriesOf(block(separate | 0x8000_0000, hash)), expected);
    const ordinary = joinValues(block());
    assert.equal(joinValues(ordinary), ordinary);
  });

  it('of a layout that is not known are named', () => {
    assert.throws(() => joinValues(block(separate | 0x4000_0000)), UnknownLayoutError);
  });

  it('that are cut are refused', () => {
    const whole = block();
    for (let length = 0; length < whole.length - 8; length++) {
      const cut = whole.subarray(0, length);
      assert.throws(
        () => entriesOf(Buffer.concat([cut, whole.subarray(-8)])),
        (error) => error instanceof CodingError,
        `${length}`,
      );
    }
  });

  it('hold against hostile bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1 }), (hits) => {
        const damaged = Uint8Array.from(block());
        for (const [at, byte] of hits) damaged[at % damaged.length] = byte;
        try {
          entriesOf(damaged);
        } catch (error) {
          assert.ok(error instanceof CodingError || error instanceof UnknownLayoutError);
        }
      }),
      { numRuns: 5000 },
    );
  });
});
