import assert from 'node:assert/strict';
import path from 'node:path';
import fc from 'fast-check';
import { CodingError } from '../../../src/rocksdb/bytes/coding';
import { fixtures } from '../expected';
import { varint } from './blockBuilder';
import { asLz4, asSnappy, text, write } from './compressedWords';
import { kernels } from './kernels';
import { outcome } from './outcome';
import { realBlocks } from './realBlocks';

const limit = 1 << 20;

for (const [name, kernel] of kernels) {
  describe(`decompression of the kernel in ${name}`, () => {
    it('undoes LZ4 of any literals, distances and lengths', () => {
      fc.assert(
        fc.property(text, (words) => {
          const written = write(words);
          const { bytes } = written;
          const packed = asLz4(written);
          assert.deepEqual(Buffer.from(kernel.lz4(packed, bytes.length)), bytes);
          assert.throws(() => kernel.lz4(packed, bytes.length + 1), CodingError);
          if (bytes.length > 0) {
            assert.throws(() => kernel.lz4(packed, bytes.length - 1), CodingError);
          }
        }),
        { numRuns: 500 },
      );
    });

    it('undoes snappy of any literals, distances and lengths', () => {
      fc.assert(
        fc.property(text, (words) => {
          const written = write(words);
          const packed = asSnappy(written);
          assert.deepEqual(Buffer.from(kernel.snappy(packed, limit)), written.bytes);
          assert.throws(() => kernel.snappy(packed, written.bytes.length - 1), CodingError);
        }),
        { numRuns: 500 },
      );
    });

    it('undoes repetitions of every distance and length, to the last byte', () => {
      for (let distance = 1; distance <= 40; distance++) {
        for (let length = 4; length <= 70; length++) {
          const literals = Uint8Array.from({ length: distance }, (_, i) => i + 1);
          const words = [{ literals, distance, length }];
          const written = write({ words, last: Buffer.of() });
          const { bytes } = written;
          assert.ok(
            bytes.equals(kernel.lz4(asLz4(written), bytes.length)),
            `${distance} ${length}`,
          );
          assert.ok(bytes.equals(kernel.snappy(asSnappy(written), limit)), `${distance} ${length}`);
        }
      }
    });

    it('undoes what is larger than its memory may get', () => {
      const size = 40 << 20;
      const literals = Buffer.from('some text');
      const words = [{ literals, distance: literals.length, length: size }];
      const packed = asLz4({ words, last: Buffer.of(7) });
      const bytes = kernel.lz4(packed, literals.length + size + 1);
      assert.equal(bytes[literals.length + size - 1], literals[(size - 1) % literals.length]);
      assert.equal(bytes[literals.length + size], 7);
    });

    it('makes no memory for what cannot be reached', () => {
      assert.throws(() => kernel.lz4(Buffer.alloc(10), 2 ** 31), /cannot give/);
      const packed = Buffer.concat([varint(2 ** 30), Buffer.alloc(10)]);
      assert.throws(() => kernel.snappy(packed, 2 ** 30), CodingError);
      assert.throws(() => kernel.snappy(Buffer.of(), 100), CodingError);
    });
  });
}

describe('decompression', () => {
  for (const name of ['lz4', 'lz4hc', 'snappy']) {
    it(`of random values that RocksDB compressed is the same in all kernels: ${name}`, async () => {
      const blocks = await realBlocks(path.join(fixtures, 'randomBlocks', `${name}.sst`));
      assert.ok(blocks.length > 5);
      for (const { bytes, kind, modifier } of blocks) {
        assert.notEqual(bytes.at(-5), 0);
        const [first, second] = kernels.map(([, kernel]) =>
          kernel.readDataBlock(bytes, kind, modifier),
        );
        assert.ok(first && second);
        assert.deepEqual(Buffer.from(first.bytes), Buffer.from(second.bytes));
        assert.deepEqual(first.fields, second.fields);
      }
    });
  }

  it('of damaged or any bytes ends the same in all kernels', () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 });
    const agree = (read: (kernel: (typeof kernels)[number][1]) => Uint8Array) => {
      const [first, second] = kernels.map(([, kernel]) => outcome(() => Buffer.from(read(kernel))));
      assert.deepEqual(first, second);
    };
    fc.assert(
      fc.property(text, changes, (words, places) => {
        const written = write(words);
        for (const pack of [asLz4, asSnappy]) {
          const packed = pack(written);
          for (const [at, byte] of places) packed[at % packed.length] = byte;
          if (pack === asLz4) agree((kernel) => kernel.lz4(packed, written.bytes.length));
          else agree((kernel) => kernel.snappy(packed, limit));
        }
      }),
      { numRuns: 1500 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(300), (bytes, size) => {
        agree((kernel) => kernel.lz4(bytes, size));
        agree((kernel) => kernel.snappy(bytes, 300));
      }),
      { numRuns: 5000 },
    );
  });
});
