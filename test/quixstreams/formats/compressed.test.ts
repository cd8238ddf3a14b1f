import assert from 'node:assert/strict';
import zlib from 'node:zlib';
import { decompress } from '../../../src/quixstreams/formats/compressed';
import { formats } from '../../../src/quixstreams/formats/formats';
import { assertText, written } from './fixtures';
import { mutations } from './mutations';

describe('compressed', () => {
  const values = written('compressed.jsonl');

  for (const one of values) {
    it(`${one.name}, as Python wrote it, is told and shown`, () => {
      const decoded = formats.auto(one.bytes);
      const words = one.name.split(' ');
      const compressions = words.filter((word) => ['gzip', 'zstd', 'lz4'].includes(word));
      assert.deepEqual(decoded.within, compressions);
      const format = words[compressions.length];
      assert.equal(decoded.format, format === 'large' ? 'pickle' : format);
      assertText(formats.line(decoded, Infinity), one);
      assert.deepEqual(formats.decode(one.bytes, decoded.format), decoded);
    });
  }

  it('what is not whole to the last byte stays as it is', () => {
    for (const { name, bytes } of values) {
      if (name.startsWith('gzip zstd')) continue; // what is inside is whole
      for (const odd of [bytes.subarray(0, -1), Buffer.concat([bytes, Buffer.from('x')])]) {
        assert.deepEqual(decompress(odd), { bytes: odd, within: [] }, name);
      }
    }
  });

  it('as bytes a value is what is stored', () => {
    const [one] = values;
    assert.ok(one);
    assert.deepEqual(formats.decode(one.bytes, 'bytes').bytes, one.bytes);
  });

  it('what comes to more than 16 MB is not decompressed', () => {
    const bomb = zlib.gzipSync(Buffer.alloc(17 << 20));
    assert.deepEqual(decompress(bomb).within, []);
    const fits = zlib.gzipSync(Buffer.alloc(16 << 20));
    assert.deepEqual(decompress(fits).within, ['gzip']);
    let nested: Buffer = Buffer.from('inside');
    for (let i = 0; i < 6; i++) nested = zlib.gzipSync(nested);
    assert.equal(decompress(nested).within.length, 4);
  });

  it('1,000 mutations of each are shown as something', () => {
    let told = 0;
    for (const [seed, { bytes }] of values.entries()) {
      if (bytes.length > 20_000) continue;
      for (const mutation of mutations(bytes, 1000, seed)) {
        const decoded = formats.auto(mutation);
        assert.ok([...formats.line(decoded, 80)].length <= 80);
        if (decoded.within.length > 0) told++;
      }
    }
    assert.ok(told > 100, `${told}`);
  }).timeout(120_000);
});
