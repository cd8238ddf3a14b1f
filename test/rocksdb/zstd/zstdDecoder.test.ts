import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { CodingError } from '../../../src/rocksdb/bytes/coding';
import { ZstdDecoder } from '../../../src/rocksdb/zstd/zstdDecoder';

/** A frame that zstd 1.5.7 made, in base64, and what it stands for. */
interface Frame {
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
  readonly frame: string;
}

const frames = JSON.parse(
  readFileSync(path.join(import.meta.dirname, 'frames.json'), 'utf8'),
) as readonly Frame[];
const bytesOf = ({ frame }: Frame) => Uint8Array.from(Buffer.from(frame, 'base64'));
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('zstd', () => {
  it('is what its source compiles to: build.mjs makes it', async () => {
    const build = path.resolve(import.meta.dirname, '../../../src/rocksdb/zstd/build.mjs');
    await promisify(execFile)(process.execPath, [build, '--check']);
  });

  it('undoes frames of all levels, of texts, letters, noise and runs', () => {
    const decoder = new ZstdDecoder();
    for (const frame of frames) {
      const result = decoder.decompress(bytesOf(frame), frame.size, undefined);
      assert.equal(hashOf(result), frame.sha256, frame.name);
      assert.deepEqual(decoder.decompressUpTo(bytesOf(frame), frame.size + 100), result);
    }
  });

  it('wants the size that it is told', () => {
    const decoder = new ZstdDecoder();
    for (const frame of frames) {
      for (const size of [frame.size - 1, frame.size + 1, 2 ** 30]) {
        const wrong = () => decoder.decompress(bytesOf(frame), size, undefined);
        assert.throws(wrong, CodingError, frame.name);
      }
    }
  });

  it('refuses frames that are cut or go on', () => {
    const decoder = new ZstdDecoder();
    for (const frame of frames.filter(({ size }) => size < 1000)) {
      const whole = bytesOf(frame);
      for (let length = 0; length < whole.length; length++) {
        const cut = () => decoder.decompress(whole.subarray(0, length), frame.size, undefined);
        assert.throws(cut, CodingError, `${frame.name}, ${length}`);
      }
      const more = () =>
        decoder.decompress(Buffer.concat([whole, Buffer.of(0)]), frame.size, undefined);
      assert.throws(more, CodingError);
    }
  });

  it('holds against hostile bytes, and is right after them', () => {
    const decoder = new ZstdDecoder();
    const frame = fc.constantFrom(...frames);
    fc.assert(
      fc.property(
        frame,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1 }),
        (one, hits) => {
          const damaged = bytesOf(one);
          for (const [at, byte] of hits) damaged[at % damaged.length] = byte;
          try {
            assert.equal(decoder.decompress(damaged, one.size, undefined).length, one.size);
          } catch (error) {
            assert.ok(error instanceof CodingError, String(error));
          }
        },
      ),
      { numRuns: 5000 },
    );
    for (const one of frames) {
      const result = decoder.decompress(bytesOf(one), one.size, undefined);
      assert.equal(hashOf(result), one.sha256, one.name);
    }
  });

  it('refuses a dictionary that is none, and goes on', () => {
    const decoder = new ZstdDecoder();
    const magic = Buffer.from('37a430ec', 'hex');
    const broken = Buffer.concat([magic, Buffer.alloc(60, 7)]);
    const [first] = frames;
    assert.ok(first);
    assert.throws(() => decoder.decompress(bytesOf(first), first.size, broken), CodingError);
    const result = decoder.decompress(bytesOf(first), first.size, Buffer.from('some text before'));
    assert.equal(hashOf(result), first.sha256);
    assert.deepEqual(decoder.decompress(bytesOf(first), first.size, undefined), result);
  });
});
