import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { Decompressor } from '../../../src/rocksdb/bytes/compression';
import { UnknownChecksumError } from '../../../src/rocksdb/kernel/blockErrors';
import type { DecodedBlock } from '../../../src/rocksdb/kernel/kernel';
import { fixtures } from '../expected';
import { kernels, script, wasm } from './kernels';
import { outcome } from './outcome';
import { realBlocks, type RealBlock } from './realBlocks';

/** Stores of each compression, and of each kind of checksum. */
const stores = [
  ...['none', 'snappy', 'lz4', 'lz4hc', 'zlib', 'zstd'].map(
    (compression) => `04-compression/state/quixstreams-default/${compression}/orders/0`,
  ),
  '12-real-app',
  '08b-huge-and-many/state/odd/huge/orders/0',
  '08b-huge-and-many/state/odd/many/orders/0',
  ...['crc32c', 'nochecksum', 'xxh3', 'xxhash', 'xxhash64'].map(
    (kind) => `variants/checksum-${kind}-9`,
  ),
];

function tablesIn(folder: string): string[] {
  return readdirSync(path.join(fixtures, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.sst'))
    .map((name) => path.join(fixtures, folder, name));
}

/** The compression. */
const typeOf = ({ bytes }: RealBlock) => bytes[bytes.length - 5];

const plainly = (block: DecodedBlock | { error: string } | undefined) =>
  block && 'bytes' in block
    ? {
        ...block,
        bytes: Buffer.from(block.bytes),
        fields: Buffer.from(block.fields.slice().buffer),
      }
    : block;

describe('data blocks', () => {
  for (const store of stores) {
    it(`of ${store} are the same in all kernels`, async () => {
      const decompressor = new Decompressor(script);
      for (const table of tablesIn(store)) {
        for (const { bytes, kind, modifier } of await realBlocks(table)) {
          const before = Buffer.from(bytes);
          const block = wasm.readDataBlock(bytes, kind, modifier);
          const size = bytes.length - 5;
          const type = bytes[size] ?? 0;
          // zstd is in the one only.
          const twin = script.readDataBlock(bytes, kind, modifier);
          if (type === 7) assert.equal(twin, undefined);
          else assert.deepEqual(plainly(block), plainly(twin));
          assert.equal(block === undefined, type === 2, `type ${type}`);
          const contents = decompressor.decompress(type, bytes.subarray(0, size));
          for (const [, kernel] of kernels) {
            const decoded = kernel.decodeBlock(contents, 8);
            if (block) assert.deepEqual(plainly(decoded), plainly(block));
            assert.ok(decoded.length > 0);
            assert.deepEqual(
              Buffer.from(decoded.bytes.subarray(0, contents.length)),
              Buffer.from(contents),
            );
          }
          assert.deepEqual(Buffer.from(bytes), before, 'what is read is left as it is');
        }
      }
    });
  }

  it('with a wrong byte, of each compression, are refused for their checksum', async () => {
    for (const store of stores.slice(0, 4)) {
      const [block] = await realBlocks(tablesIn(store)[0] ?? '');
      assert.ok(block);
      const { bytes, kind, modifier } = block;
      for (let at = 0; at < bytes.length; at += 7) {
        const damaged = bytes.slice();
        damaged[at] = (damaged[at] ?? 0) ^ 0x10;
        for (const [, kernel] of kernels) {
          assert.deepEqual(
            outcome(() => kernel.readDataBlock(damaged, kind, modifier)),
            { error: 'ChecksumMismatchError: block checksum mismatch' },
          );
        }
      }
    }
  });

  for (const [type, name] of ['stored', 'snappy', '', '', 'lz4'].entries()) {
    if (name === '') continue;
    it(`with any wrong byte that no checksum covers end the same in all kernels: ${name}`, async () => {
      const blocks = await Promise.all(stores.slice(0, 3).flatMap(tablesIn).map(realBlocks));
      const [block] = blocks
        .flat()
        .filter((candidate) => typeOf(candidate) === type)
        .sort((a, b) => a.bytes.length - b.bytes.length);
      assert.ok(block);
      let errors = 0;
      for (let at = 0; at < block.bytes.length; at++) {
        for (const flip of [0x01, 0x80, 0xff]) {
          const damaged: Uint8Array = block.bytes.slice();
          damaged[at] = (damaged[at] ?? 0) ^ flip;
          const results = kernels.map(([, kernel]) =>
            plainly(outcome(() => kernel.readDataBlock(damaged, 0, 0))),
          );
          assert.deepEqual(results[0], results[1], `byte ${at} ^ ${flip}`);
          if (results[0] && 'error' in results[0]) errors++;
        }
      }
      assert.ok(errors > 0);
    });
  }

  it('cut anywhere are refused', async () => {
    const [block] = await realBlocks(tablesIn(stores[2] ?? '')[0] ?? '');
    assert.ok(block);
    for (let length = 0; length < block.bytes.length; length++) {
      const cut = block.bytes.slice(0, length);
      for (const [, kernel] of kernels) {
        const result = outcome(() => kernel.readDataBlock(cut, block.kind, block.modifier));
        assert.ok(result && 'error' in result, `${length} bytes`);
      }
    }
  });

  it('with a checksum that is not known are refused by name', () => {
    for (const [, kernel] of kernels) {
      assert.throws(() => kernel.readDataBlock(new Uint8Array(20), 5, 0), UnknownChecksumError);
    }
  });
});
