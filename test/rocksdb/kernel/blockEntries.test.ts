import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CodingError } from '../../../src/rocksdb/bytes/coding';
import { UnknownLayoutError } from '../../../src/rocksdb/kernel/blockErrors';
import type { DecodedBlock } from '../../../src/rocksdb/kernel/kernel';
import { buildBlock, internalKey, varint } from './blockBuilder';
import { kernels } from './kernels';
import { outcome } from './outcome';

type Pair = readonly [key: Buffer, value: Buffer];

function entriesOf({ bytes, fields, length }: DecodedBlock): Pair[] {
  const cut = (from = 0, to = 0) => Buffer.from(bytes.subarray(from, to));
  return Array.from({ length }, (_, i) => [
    cut(fields[i * 4], fields[i * 4 + 1]),
    cut(fields[i * 4 + 2], fields[i * 4 + 3]),
  ]);
}

const user = fc.stringMatching(/^[abc]{0,40}$/);
const value = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
const type = fc.constantFrom(1, 1, 1, 1, 1, 1, 0, 2);
const anyEntries = fc
  .array(fc.tuple(user, fc.nat(3), type, value), { maxLength: 60 })
  .map((entries) =>
    entries
      .sort(([a, , , x], [b, , , y]) => (a === b ? x.length - y.length : a < b ? -1 : 1))
      .map(([key, sequence, kind, bytes]) => ({
        key,
        type: kind,
        pair: [internalKey(key, sequence, kind), bytes] as Pair,
      })),
  );
const some: Pair[] = ['customer-1', 'customer-12', 'customer-2'].map((key) => [
  internalKey(key),
  Buffer.from('value'),
]);
const damaged = (change: (bytes: Buffer) => void) => {
  const block = buildBlock(some);
  change(block);
  return block;
};

for (const [name, kernel] of kernels) {
  describe(`entries of blocks of the kernel in ${name}`, () => {
    it('are what was put into them', () => {
      fc.assert(
        fc.property(
          anyEntries,
          fc.integer({ min: 1, max: 16 }),
          fc.option(fc.nat(300), { nil: undefined }),
          (entries, interval, buckets) => {
            const pairs = entries.map(({ pair }) => pair);
            const contents = buildBlock(pairs, interval, buckets);
            const block = kernel.decodeBlock(contents, 8);
            assert.deepEqual(entriesOf(block), pairs);
            assert.equal(block.contentsEnd, contents.length);
            assert.deepEqual(Buffer.from(block.bytes.subarray(0, contents.length)), contents);
            assert.equal(block.fields.buffer, block.bytes.buffer);
            assert.equal(block.bytes.byteOffset, 0);
            const plain = entries.every(
              (entry, i) => entry.type === 1 && entry.key !== entries[i - 1]?.key,
            );
            assert.equal(block.plain, plain);
          },
        ),
        { numRuns: 500 },
      );
    });

    it('are plain only where nothing hides', () => {
      const plain = (keys: Buffer[], interval?: number) =>
        kernel.decodeBlock(
          buildBlock(
            keys.map((key) => [key, Buffer.of()]),
            interval,
          ),
          8,
        ).plain;
      assert.ok(plain([]));
      assert.ok(plain([internalKey('')]));
      assert.ok(plain([internalKey('a', 2), internalKey('b', 2)]));
      // the same trailer behind another user key, which begins as the one before it
      assert.ok(
        plain([internalKey('a'), internalKey(Buffer.concat([Buffer.from('a'), internalKey('')]))]),
      );
      for (const interval of [1, 16]) {
        assert.ok(!plain([internalKey('a', 2), internalKey('a', 1)], interval));
        assert.ok(!plain([internalKey('', 2), internalKey('', 1)], interval));
        assert.ok(!plain([internalKey('a', 2), internalKey('b', 2, 0)], interval));
        assert.ok(!plain([internalKey('a', 2, 0), internalKey('b', 2)], interval));
        const long = 'k'.repeat(100);
        assert.ok(!plain([internalKey('a'), internalKey(long, 2), internalKey(long, 1)], interval));
        assert.ok(plain([internalKey(`${long}a`, 2), internalKey(`${long}b`, 1)], interval));
      }
    });

    it('may be short where that is allowed, and are then not plain', () => {
      const block = kernel.decodeBlock(buildBlock([[Buffer.from('ab'), Buffer.from('c')]]), 0);
      assert.deepEqual(entriesOf(block), [[Buffer.from('ab'), Buffer.from('c')]]);
      assert.equal(block.plain, false);
      assert.throws(
        () => kernel.decodeBlock(buildBlock([[Buffer.from('ab'), Buffer.of()]]), 8),
        CodingError,
      );
    });

    it('of a layout that is not known are refused, never taken for a number of restarts', () => {
      for (const bit of [28, 29, 30]) {
        const block = damaged((bytes) =>
          bytes.writeUInt32LE((1 | (2 ** bit)) >>> 0, bytes.length - 4),
        );
        assert.throws(() => kernel.decodeBlock(block, 8), UnknownLayoutError, `bit ${bit}`);
      }
    });

    it('that do not add up are damaged', () => {
      const broken = [
        Buffer.of(1, 2),
        damaged((bytes) => bytes.writeUInt32LE(0x0fff_ffff, bytes.length - 4)), // restarts
        damaged((bytes) => bytes.writeUInt32LE(0x8000_0001, bytes.length - 4)), // buckets of a hash index
        damaged((bytes) => (bytes[0] = 1)), // the first key shares a byte with none
        damaged((bytes) => (bytes[2] = 100)), // a value that reaches past the end
        damaged((bytes) => bytes.fill(0xff, 0, 11)), // a number without an end
      ];
      for (const bytes of broken) assert.throws(() => kernel.decodeBlock(bytes, 8), CodingError);
    });

    it('whose keys grow and grow without bytes for them end at a limit', () => {
      const first = Buffer.concat([
        varint(0),
        varint(100_000),
        varint(0),
        Buffer.alloc(100_000, 1),
      ]);
      const again = Buffer.concat([varint(100_000), varint(0), varint(0)]);
      const entries = Buffer.concat([first, ...Array.from({ length: 6000 }, () => again)]);
      const block = Buffer.concat([entries, Buffer.of(0, 0, 0, 0, 1, 0, 0, 0)]);
      assert.throws(() => kernel.decodeBlock(block, 8), /keys too large/);
    });

    it('of large blocks, too, are right', () => {
      for (const size of [100_000, 3 << 20, 17 << 20]) {
        const pairs: Pair[] = ['a', 'b', 'c'].map((key) => [
          internalKey(key),
          Buffer.alloc(size, key),
        ]);
        const block = kernel.decodeBlock(buildBlock(pairs), 8);
        assert.ok(
          entriesOf(block).every(([key, bytes], i) => {
            const pair = pairs[i];
            return pair && key.equals(pair[0]) && bytes.equals(pair[1]);
          }),
        );
      }
      assert.deepEqual(entriesOf(kernel.decodeBlock(buildBlock(some), 8)), some);
    });
  });
}

describe('entries of blocks', () => {
  it('are the same in all kernels, or damaged, whatever is wrong', () => {
    fc.assert(
      fc.property(
        anyEntries,
        fc.integer({ min: 1, max: 16 }),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 }),
        fc.constantFrom(0, 8),
        (entries, interval, changes, shortest) => {
          const bytes = buildBlock(
            entries.map(({ pair }) => pair),
            interval,
            7,
          );
          for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
          const [first, second] = kernels.map(([, kernel]) =>
            outcome(() => {
              const block = kernel.decodeBlock(bytes, shortest);
              return { ...block, bytes: Buffer.from(block.bytes) };
            }),
          );
          assert.deepEqual(first, second);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('of any bytes at all are the same in all kernels, or damaged', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const block = Buffer.concat([bytes, Buffer.of(0, 0, 0, 0, 1, 0, 0, 0)]);
        const [first, second] = kernels.map(([, kernel]) =>
          outcome(() => {
            const decoded = kernel.decodeBlock(block, 0);
            return { ...decoded, bytes: Buffer.from(decoded.bytes) };
          }),
        );
        assert.deepEqual(first, second);
      }),
      { numRuns: 3000 },
    );
  });
});
