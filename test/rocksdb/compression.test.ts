import assert from 'node:assert/strict';
import zlib from 'node:zlib';
import fc from 'fast-check';
import { CodingError } from '../../src/rocksdb/coding';
import { Decompressor, unsupportedCompression } from '../../src/rocksdb/compression';
import { decompressLz4 } from '../../src/rocksdb/lz4';
import { decompressSnappy } from '../../src/rocksdb/snappy';

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

  it('wants the size that a block declares, of each kind', async () => {
    const decompressor = new Decompressor();
    const declared = (size: number, body: Uint8Array) =>
      Buffer.concat([Buffer.of((size & 0x7f) | 0x80, size >>> 7), body]);
    const deflated = zlib.deflateRawSync(text);
    for (const [type, body] of [
      [2, deflated],
      [4, lz4],
      [5, lz4],
    ] as const) {
      const sound = await decompressor.decompress(type, declared(1000, body));
      assert.equal(Buffer.from(sound).toString(), text);
      for (const wrong of [999, 1001]) {
        await assert.rejects(decompressor.decompress(type, declared(wrong, body)), CodingError);
      }
    }
    const garbage = decompressor.decompress(7, declared(1000, Buffer.from('no zstd at all')));
    await assert.rejects(garbage, CodingError);
  });

  it('names what it cannot undo', () => {
    assert.equal(unsupportedCompression(3), 'bz2');
    assert.equal(unsupportedCompression(6), 'xpress');
    assert.equal(unsupportedCompression(200), 'compression type 200');
    for (const type of [0, 1, 2, 4, 5, 7]) assert.equal(unsupportedCompression(type), undefined);
  });
});
