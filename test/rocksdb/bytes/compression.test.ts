import assert from 'node:assert/strict';
import zlib from 'node:zlib';
import fc from 'fast-check';
import { CodingError } from '../../../src/rocksdb/bytes/coding';
import { Decompressor, unsupportedCompression } from '../../../src/rocksdb/bytes/compression';
import { decompressLz4WithDictionary } from '../../../src/rocksdb/bytes/lz4Dictionary';
import { createKernel } from '../../../src/rocksdb/kernel/kernel';
import { decompressLz4 } from '../../../src/rocksdb/kernel/lz4';
import { decompressSnappy } from '../../../src/rocksdb/kernel/snappy';

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));

/** 1,000 bytes, and what the libraries themselves make of them. */
const text = Array.from({ length: 40 }, (_, i) => `{"n":${i % 7},"pad":"xyzxyzxyz"}`).join('');
const lz4 = hex(
  'f2027b226e223a302c22706164223a2278797a030021227d19001f311900051f321900051f331900051f341900' +
    '051f351900051f361900050faf00ffffff1f5078797a227d',
);
const snappy = hex(
  'e807407b226e223a302c22706164223a2278797a090304227d051900315e190000325e190000335e190000345e' +
    '190000355e190000365e1900' +
    'feaf00'.repeat(12) +
    'ceaf00',
);

/** Any bytes give a result of the size that was asked for, or a CodingError: no crash, no hang. */
function holdsAgainst(decode: (bytes: Uint8Array) => Uint8Array, size: number, sound: Uint8Array) {
  const survives = (bytes: Uint8Array) => {
    try {
      assert.equal(decode(bytes).length, size);
    } catch (error) {
      assert.ok(error instanceof CodingError, String(error));
    }
  };
  for (let length = 0; length < sound.length; length++) {
    assert.throws(() => decode(sound.subarray(0, length)), CodingError, `cut to ${length}`);
  }
  fc.assert(
    fc.property(fc.nat(sound.length - 1), fc.nat(255), (at, byte) => {
      const damaged = sound.slice();
      damaged[at] = byte;
      survives(damaged);
    }),
    { numRuns: 2000 },
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), survives), { numRuns: 2000 });
}

describe('compression', () => {
  it('undoes LZ4 blocks of the library', () => {
    assert.equal(Buffer.from(decompressLz4(lz4, 1000)).toString(), text);
  });

  it('holds LZ4 against hostile bytes and wrong sizes', () => {
    assert.throws(() => decompressLz4(lz4, 999), CodingError);
    assert.throws(() => decompressLz4(lz4, 1001), CodingError);
    holdsAgainst((bytes) => decompressLz4(bytes, 1000), 1000, lz4);
  });

  it('undoes snappy blocks of the library', () => {
    assert.equal(Buffer.from(decompressSnappy(snappy, 1 << 20)).toString(), text);
  });

  it('holds snappy against hostile bytes and large sizes', () => {
    assert.throws(() => decompressSnappy(snappy, 999), CodingError);
    for (let length = 0; length < snappy.length; length++) {
      assert.throws(() => decompressSnappy(snappy.subarray(0, length), 1 << 20), CodingError);
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          decompressSnappy(bytes, 1 << 16);
        } catch (error) {
          assert.ok(error instanceof CodingError, String(error));
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('undoes LZ4 behind a dictionary', () => {
    const dictionary = Buffer.from(`{"before":true}${text.slice(0, 25)}`);
    assert.equal(Buffer.from(decompressLz4WithDictionary(lz4, 1000, dictionary)).toString(), text);
    // A match of 25 bytes, 25 before the start; then a literal.
    const reaching = Uint8Array.of(0x0f, 25, 0, 6, 0x10, 0x21);
    const result = decompressLz4WithDictionary(reaching, 26, dictionary);
    assert.equal(Buffer.from(result).toString(), `${text.slice(0, 25)}!`);
    assert.throws(() => decompressLz4WithDictionary(reaching, 26, new Uint8Array(24)), CodingError);
  });

  it('holds LZ4 behind a dictionary against hostile bytes', () => {
    const dictionary = new Uint8Array(70_000).fill(1);
    const undo = (bytes: Uint8Array) => decompressLz4WithDictionary(bytes, 1000, dictionary);
    holdsAgainst(undo, 1000, lz4);
  });

  const decompressor = new Decompressor(createKernel());
  const declared = (size: number, body: Uint8Array) =>
    Buffer.concat([Buffer.of((size & 0x7f) | 0x80, size >>> 7), body]);

  it('wants the size that a block declares, of each kind', () => {
    for (const [type, body] of [
      [2, zlib.deflateRawSync(text)],
      [4, lz4],
      [5, lz4],
    ] as const) {
      const sound = decompressor.decompress(type, declared(1000, body));
      assert.equal(Buffer.from(sound).toString(), text);
      for (const wrong of [999, 1001]) {
        assert.throws(() => decompressor.decompress(type, declared(wrong, body)), CodingError);
      }
    }
    for (const type of [2, 3, 4, 7]) {
      const garbage = declared(1000, Buffer.from('nothing of the kind'));
      assert.throws(() => decompressor.decompress(type, garbage), CodingError);
      assert.throws(() => decompressor.decompress(type, declared(0, Buffer.of(0))), CodingError);
    }
  });

  it('reads blocks of old formats, which do not tell their size or tell it in 8 bytes', () => {
    const old = decompressor.with({ formatVersion: 1, dictionary: undefined });
    assert.equal(decompressor.plain, true);
    assert.equal(old.plain, false);
    const size = Buffer.alloc(8);
    size.writeUInt32LE(1000);
    const fromLz4 = old.decompress(4, Buffer.concat([size, lz4]));
    assert.equal(Buffer.from(fromLz4).toString(), text);
    assert.equal(Buffer.from(old.decompress(2, zlib.deflateRawSync(text))).toString(), text);
    assert.equal(Buffer.from(old.decompress(1, snappy)).toString(), text);
    size.writeUInt32LE(1, 4);
    assert.throws(() => old.decompress(4, Buffer.concat([size, lz4])), CodingError);
  });

  it('gives zlib its dictionary', () => {
    const dictionary = Buffer.from(text.slice(0, 300));
    const of = decompressor.with({ formatVersion: 5, dictionary });
    const body = declared(1000, zlib.deflateRawSync(text, { dictionary }));
    assert.equal(Buffer.from(of.decompress(2, body)).toString(), text);
    assert.throws(() => decompressor.decompress(2, body), CodingError);
  });

  it('names what it cannot undo', () => {
    assert.equal(unsupportedCompression(6), 'xpress');
    assert.equal(unsupportedCompression(200), 'compression type 200');
    for (const type of [0, 1, 2, 3, 4, 5, 7, 64])
      assert.equal(unsupportedCompression(type), undefined);
  });
});
