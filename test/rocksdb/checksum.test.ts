import assert from 'node:assert/strict';
import { Checksums, contextModifier } from '../../src/rocksdb/checksum';

/** Bytes, length of them, and the low 32 bits of XXH32, XXH64 and XXH3: made with xxhash 0.8. */
const pattern = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 7 + 3) % 256);
const vectors: [number, number, number, number][] = [
  [0, 0x02cc5d05, 0x51d8e999, 0x38d394c2],
  [1, 0x21ae663a, 0xbc1f4bb6, 0x156defed],
  [3, 0xcd3d2242, 0x52e564c9, 0x485b481c],
  [5, 0xa666ab62, 0xdb7051fe, 0x0e3a4b37],
  [8, 0x29b5025a, 0xc6f90092, 0x30471163],
  [16, 0x8845547d, 0x2b787be2, 0xf030b585],
  [17, 0x450e5f84, 0xf1b97a7a, 0x8e79b80f],
  [64, 0xecd2ac44, 0xf6eeb01f, 0x9e4be2c1],
  [128, 0x4a61f5b0, 0x0150793f, 0x650261bf],
  [129, 0x8491ee68, 0x151c8303, 0x11c6abc4],
  [200, 0x2870dbaa, 0xbc829b24, 0x5327bf5b],
  [240, 0x63424396, 0xef11b5ae, 0xb462a6cf],
  [241, 0x607a9c5f, 0xeba111b5, 0x8874fe17],
  [1024, 0x7d0eaf57, 0x134b7a33, 0x641c72b1],
  [4101, 0xcc1b4771, 0x38b23825, 0x991d16eb],
];

describe('checksums', () => {
  let checksums: Checksums;
  before(async () => {
    checksums = await Checksums.create();
  });

  it('masks CRC32C as logs and blocks store it', () => {
    const crc = 0xe3069283; // of "123456789"
    const masked = (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
    assert.equal(checksums.maskedCrc32c(Buffer.from('123456789')), masked);
    assert.equal(checksums.ofBlock(1, Buffer.from('123456789')), masked);
  });

  for (const [length, xxh32, xxh64, xxh3] of vectors) {
    it(`knows XXH32, XXH64 and XXH3 of ${length} bytes`, () => {
      const bytes = pattern(length);
      if (length > 0) {
        assert.equal(checksums.ofBlock(2, bytes), xxh32);
        assert.equal(checksums.ofBlock(3, bytes), xxh64);
      }
      // XXH3 hashes the payload alone; the type byte is mixed in behind it.
      for (const type of [0, 4, 7]) {
        const block = Buffer.concat([bytes, Buffer.of(type)]);
        const expected = (xxh3 ^ Math.imul(type, 0x6b9083d9)) >>> 0;
        assert.equal(checksums.ofBlock(4, block), expected);
      }
    });
  }

  it('knows no other kinds', () => {
    assert.equal(checksums.ofBlock(5, pattern(8)), undefined);
  });

  it('adds the place of a block to its checksum, past 4 GiB too', () => {
    assert.equal(contextModifier(0, 12345), 0);
    assert.equal(contextModifier(0x1234, 0x10), 0x1224);
    assert.equal(contextModifier(0x1234, 3 * 2 ** 32 + 0x10), (0x1234 ^ 0x13) >>> 0);
  });
});
