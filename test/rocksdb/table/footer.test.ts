import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { CodingError } from '../../../src/rocksdb/bytes/coding';
import { createKernel } from '../../../src/rocksdb/kernel/kernel';
import {
  decodeFooter,
  footerSize,
  UnknownFormatVersionError,
} from '../../../src/rocksdb/table/footer';
import { fixtures } from '../expected';

const kernel = createKernel();

/** The footer of a store's first table, and the size of that. */
function footerOf(store: string): { bytes: Buffer; size: number } {
  const folder = path.join(fixtures, 'variants', store);
  const [name] = readdirSync(folder).filter((file) => file.endsWith('.sst'));
  assert.ok(name);
  const table = readFileSync(path.join(folder, name));
  return { bytes: Buffer.from(table.subarray(-footerSize)), size: table.length };
}

describe('footers', () => {
  for (const [store, version] of [
    ['format-0-lz4-5', 0],
    ['format-1-lz4-5', 1],
    ['format-2-6', 2],
    ['format-3-6', 3],
    ['format-4-6', 4],
    ['format-5-lz4-6', 5],
    ['format-6-lz4-9', 6],
    ['format-7-lz4-11', 7],
  ] as const) {
    it(`of format version ${version}`, () => {
      const { bytes, size } = footerOf(store);
      const footer = decodeFooter(bytes, size, kernel);
      assert.equal(footer.formatVersion, version);
      assert.equal(footer.index === undefined, version >= 6);
      assert.ok(footer.metaindex.offset + footer.metaindex.size < size);
      if (version < 5) assert.equal(footer.checksumKind, 1);
    });
  }

  it('of tables that are not made of blocks are named', () => {
    for (const [magic, name] of [
      [0x8242_2296_63bf_9564n, 'plain table'],
      [0x4f34_18eb_7a8f_13b8n, 'plain table'],
      [0x9267_89d0_c5f1_7873n, 'cuckoo table'],
    ] as const) {
      const { bytes, size } = footerOf('format-2-6');
      bytes.writeBigUInt64LE(magic, footerSize - 8);
      assert.throws(() => decodeFooter(bytes, size, kernel), {
        constructor: UnknownFormatVersionError,
        message: name,
      });
    }
  });

  it('of newer versions are named, others refused', () => {
    const { bytes, size } = footerOf('format-2-6');
    bytes.writeUInt32LE(8, footerSize - 12);
    assert.throws(() => decodeFooter(bytes, size, kernel), /format version 8/);
    bytes.writeUInt32LE(0, footerSize - 12);
    assert.throws(() => decodeFooter(bytes, size, kernel), /format version 0/);
    bytes.writeUInt32LE(0, footerSize - 8);
    assert.throws(() => decodeFooter(bytes, size, kernel), CodingError);
  });

  it('with a wrong bit are refused from version 6 on', () => {
    const { bytes, size } = footerOf('format-7-lz4-11');
    for (let bit = 8; bit < (footerSize - 12) * 8; bit++) {
      const damaged = Uint8Array.from(bytes);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assert.throws(() => decodeFooter(damaged, size, kernel), CodingError, `bit ${bit}`);
    }
  });

  it('that deny their checksums are refused from version 6 on', () => {
    const { bytes, size } = footerOf('format-7-lz4-11');
    bytes[0] = 0;
    assert.throws(() => decodeFooter(bytes, size, kernel), CodingError);
  });
});
