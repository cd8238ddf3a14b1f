import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeBlock, UnknownLayoutError } from '../../../src/rocksdb/table/block';
import { CodingError } from '../../../src/rocksdb/bytes/coding';

type Entries = readonly (readonly [key: string, value: string])[];

const u32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

/** A block as RocksDB builds it: keys share their beginnings, but for every `interval`th. Short texts. */
function build(entries: Entries, interval: number, hashBuckets?: number): Buffer {
  const parts: Buffer[] = [];
  const restarts: number[] = [];
  let size = 0;
  let last = '';
  entries.forEach(([key, value], index) => {
    let shared = 0;
    if (index % interval === 0) restarts.push(size);
    else while (shared < last.length && last[shared] === key[shared]) shared++;
    const lengths = [shared, key.length - shared, value.length];
    const entry = Buffer.concat([Buffer.from(lengths), Buffer.from(key.slice(shared) + value)]);
    parts.push(entry);
    size += entry.length;
    last = key;
  });
  if (restarts.length === 0) restarts.push(0);
  parts.push(...restarts.map(u32));
  if (hashBuckets === undefined) return Buffer.concat([...parts, u32(restarts.length)]);
  const buckets = Buffer.alloc(hashBuckets, 0xff);
  const count = Buffer.of(hashBuckets & 0xff, hashBuckets >>> 8);
  return Buffer.concat([...parts, buckets, count, u32((restarts.length | 0x8000_0000) >>> 0)]);
}

function read(bytes: Buffer): [string, string][] {
  const block = decodeBlock(bytes);
  return Array.from({ length: block.length }, (_, i) => [
    Buffer.from(block.key(i)).toString(),
    Buffer.from(block.value(i)).toString(),
  ]);
}

const text = fc.stringMatching(/^[abc]{0,20}$/);
const some: Entries = [
  ['customer-1', 'one'],
  ['customer-12', ''],
  ['customer-2', 'two'],
];

describe('blocks', () => {
  it('give back what was put into them, with a hash index behind it or not', () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(text, text), { maxLength: 40 }),
        fc.integer({ min: 1, max: 16 }),
        fc.option(fc.nat(300), { nil: undefined }),
        (entries, interval, buckets) => {
          const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
          assert.deepEqual(read(build(sorted, interval, buckets)), sorted);
        },
      ),
      { numRuns: 300 },
    ));

  it('of a layout that is not known are refused, never taken for a number of restarts', () => {
    for (const bit of [28, 29, 30]) {
      const block = build(some, 16);
      block.writeUInt32LE((1 | (2 ** bit)) >>> 0, block.length - 4);
      assert.throws(() => decodeBlock(block), UnknownLayoutError, `bit ${bit}`);
    }
  });

  it('that do not add up are damaged', () => {
    const footer = build(some, 16);
    footer.writeUInt32LE(0x0fff_ffff, footer.length - 4);
    assert.throws(() => decodeBlock(footer), CodingError);
    assert.throws(() => decodeBlock(Buffer.of(1, 2)), CodingError);
    const sharing = build(some, 16);
    sharing[0] = 1; // the first key shares a byte with none
    assert.throws(() => decodeBlock(sharing), CodingError);
    const cut = build(some, 16);
    cut[2] = 100; // a value that reaches past the end
    assert.throws(() => decodeBlock(cut), CodingError);
    assert.throws(() => decodeBlock(build([['short', '']], 16), 8), CodingError);
  });

  it('give entries, or are damaged, whatever byte is wrong', () => {
    const block = build(some, 2, 7);
    fc.assert(
      fc.property(fc.nat(block.length - 1), fc.nat(255), (at, byte) => {
        const damaged = Buffer.from(block);
        damaged[at] = byte;
        try {
          read(damaged);
        } catch (error) {
          assert.ok(error instanceof CodingError || error instanceof UnknownLayoutError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
