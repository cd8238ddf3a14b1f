import assert from 'node:assert/strict';
import { maskCrc } from '../../../src/rocksdb/bytes/checksum';
import { BlockMemory } from '../../../src/rocksdb/kernel/kernel';
import { kernels } from './kernels';

const pattern = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 7 + 3) % 256);

/**
 * Lengths of the pattern, around all where an algorithm takes another way, and the low 32 bits of its
 * XXH32, XXH64, XXH3 and CRC32C: made with xxhash 0.8 and hash-wasm 4.13.
 */
const vectors: [number, number, number, number, number][] = [
  [0, 0x02cc5d05, 0x51d8e999, 0x38d394c2, 0x00000000],
  [1, 0x21ae663a, 0xbc1f4bb6, 0x156defed, 0x412da0a5],
  [2, 0xf3515d75, 0x32706303, 0x3943b86c, 0xae64f773],
  [3, 0xcd3d2242, 0x52e564c9, 0x485b481c, 0xd22ed433],
  [4, 0x725479f2, 0x66ee9fda, 0x6c8b1ed3, 0xeb9b5860],
  [5, 0xa666ab62, 0xdb7051fe, 0x0e3a4b37, 0x7d1da020],
  [7, 0xf3a90eb0, 0x59ce60d8, 0x89127e2e, 0xa5702c56],
  [8, 0x29b5025a, 0xc6f90092, 0x30471163, 0xd225c0e8],
  [9, 0xd8286c54, 0x975b4c02, 0x61d723a8, 0x922c64ce],
  [12, 0xd9460fc1, 0x33af5133, 0xe0cc3199, 0xcea00cb8],
  [15, 0x82d3c84d, 0x43cc8e32, 0xa98231c1, 0x9028c025],
  [16, 0x8845547d, 0x2b787be2, 0xf030b585, 0x6b24bde1],
  [17, 0x450e5f84, 0xf1b97a7a, 0x8e79b80f, 0x2185fb0c],
  [31, 0x1f73d3c7, 0xcc4a6119, 0x3d0674b3, 0x5e441712],
  [32, 0xe988ccb7, 0xf790fd97, 0xd6ba1a55, 0x3dd68ea5],
  [33, 0x94f536d5, 0xba588784, 0xd21679c8, 0x359a7f8b],
  [64, 0xecd2ac44, 0xf6eeb01f, 0x9e4be2c1, 0x2884f9f3],
  [65, 0xc0428c29, 0xb2bd12f1, 0x4d798646, 0x62b69e19],
  [96, 0x47161267, 0xde582e18, 0xbc624743, 0x022b2660],
  [97, 0x87f6ee9e, 0x2ec2efbd, 0x1a8e7b7c, 0x82a2ad47],
  [128, 0x4a61f5b0, 0x0150793f, 0x650261bf, 0x2cd1d07e],
  [129, 0x8491ee68, 0x151c8303, 0x11c6abc4, 0x1e17a127],
  [160, 0xb95756b6, 0x0f93c746, 0xe694b883, 0x9c028e76],
  [200, 0x2870dbaa, 0xbc829b24, 0x5327bf5b, 0x0afeac95],
  [239, 0x4c37d8f8, 0xdb57f1f2, 0xc1f3cafa, 0x73e6a1c2],
  [240, 0x63424396, 0xef11b5ae, 0xb462a6cf, 0xbf0d176b],
  [241, 0x607a9c5f, 0xeba111b5, 0x8874fe17, 0x2b7569fc],
  [256, 0x85baa5f7, 0x7dd8e201, 0x6d79c0da, 0x63094dfc],
  [512, 0x7dd9ef33, 0x80089b7b, 0xd9019d1d, 0xe44a1db5],
  [1023, 0x9f42fe43, 0xdd290da2, 0xb85dcc44, 0xc392f6e6],
  [1024, 0x7d0eaf57, 0x134b7a33, 0x641c72b1, 0x29022ef0],
  [1025, 0xecafbf6d, 0x50a735ca, 0xed713576, 0xb26acdfe],
  [1088, 0x3b15c7c8, 0x15f04c2e, 0x1841f0da, 0x61e411e3],
  [1089, 0x1efecf62, 0x566a27de, 0xe231e7e8, 0x72a1399e],
  [2048, 0x64e3bd09, 0xf231eb40, 0x3ba62ed1, 0x9fe95f38],
  [2049, 0x6004195b, 0x5b8ef8e8, 0x9f1554b6, 0xfb885884],
  [4101, 0xcc1b4771, 0x38b23825, 0x991d16eb, 0x3b8c1db3],
  [65537, 0x5dee75d3, 0x5f1376ae, 0x7425b2c4, 0x67fcc159],
];

for (const [name, kernel] of kernels) {
  describe(`checksums of the kernel in ${name}`, () => {
    it('know CRC32C of RFC 3720 and of a check string', () => {
      const crc = (bytes: Uint8Array) => kernel.crc32c(bytes).toString(16);
      assert.equal(crc(Buffer.from('123456789')), 'e3069283');
      assert.equal(crc(new Uint8Array(0)), '0');
      assert.equal(crc(new Uint8Array(32)), '8a9136aa');
      assert.equal(crc(new Uint8Array(32).fill(0xff)), '62a8ab43');
      assert.equal(crc(Uint8Array.from({ length: 32 }, (_, i) => i)), '46dd794e');
      assert.equal(crc(Uint8Array.from({ length: 32 }, (_, i) => 31 - i)), '113fdb5c');
    });

    for (const [length, xxh32, xxh64, xxh3, crc] of vectors) {
      it(`know every kind of ${length} bytes`, () => {
        const bytes = pattern(length);
        assert.equal(kernel.crc32c(bytes), crc);
        if (length > 0) {
          assert.equal(kernel.blockChecksum(2, bytes), xxh32);
          assert.equal(kernel.blockChecksum(3, bytes), xxh64);
        }
        // XXH3 hashes the payload alone; the type byte is mixed in behind it.
        for (const type of [0, 4, 7]) {
          const block = Buffer.concat([bytes, Buffer.of(type)]);
          const expected = (xxh3 ^ Math.imul(type, 0x6b9083d9)) >>> 0;
          assert.equal(kernel.blockChecksum(4, block), expected);
        }
      });
    }

    it('know CRC32C of pieces, whatever is asked between them', () => {
      const [one, two] = [pattern(4101), pattern(100_000).reverse()];
      const ofOne = kernel.crc32cWithin(one);
      const ofTwo = kernel.crc32cWithin(two);
      for (const [start, end] of [
        [0, 4101],
        [5, 5],
        [17, 4000],
        [4100, 4101],
      ] as const) {
        assert.equal(ofOne(start, end), kernel.crc32c(one.subarray(start, end)));
        assert.equal(ofOne(start, end), kernel.crc32c(one.subarray(start, end)));
        assert.equal(ofTwo(start, end), kernel.crc32c(two.subarray(start, end)));
        kernel.blockChecksum(4, two);
        const expected = kernel.crc32c(two.subarray(start, end));
        assert.equal(ofTwo(start, end), expected);
        const blocks = { bytes: two, ends: [50], checksumKind: 0, contextBase: 0, offset: 0 };
        assert.equal(kernel.readDataBlocks(blocks, new BlockMemory()), undefined);
        assert.equal(ofTwo(start, end), expected);
      }
    });

    it('are masked in blocks', () => {
      const bytes = pattern(4101);
      assert.equal(kernel.blockChecksum(1, bytes), maskCrc(kernel.crc32c(bytes)));
    });

    it('know no other kinds', () => {
      for (const kind of [0, 5, 255])
        assert.equal(kernel.blockChecksum(kind, pattern(8)), undefined);
    });
  });
}
