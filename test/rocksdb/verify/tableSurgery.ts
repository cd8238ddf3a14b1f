import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { contextModifier } from '../../../src/rocksdb/bytes/checksum';
import { Decompressor } from '../../../src/rocksdb/bytes/compression';
import { Cursor } from '../../../src/rocksdb/bytes/coding';
import { createKernel } from '../../../src/rocksdb/kernel/kernel';
import { decodeBlock, readHandle, type BlockHandle } from '../../../src/rocksdb/table/block';
import { decodeFooter, footerSize } from '../../../src/rocksdb/table/footer';
import { readTableContents } from '../../../src/rocksdb/table/tableContents';

/** Changes a table's blocks in place and makes their checksums right: what only structure tells. */
export class TableSurgery {
  private readonly kernel = createKernel();
  private readonly bytes: Buffer;

  constructor(private readonly file: string) {
    this.bytes = readFileSync(file);
  }

  /** The block that the metaindex calls `name`. */
  block(name: string): BlockHandle {
    const { metaindex } = this.footer();
    const { offset, size } = metaindex;
    const block = decodeBlock(this.bytes.subarray(offset, offset + size));
    for (let i = 0; i < block.length; i++) {
      if (Buffer.from(block.key(i)).toString() === name) {
        return readHandle(new Cursor(block.value(i)));
      }
    }
    throw new Error(`no block ${name}`);
  }

  /** Data block number `position`. */
  async dataBlock(position: number): Promise<BlockHandle> {
    const { bytes, kernel } = this;
    const file = {
      path: this.file,
      readExactly: (offset: number, length: number) =>
        new Uint8Array(bytes.subarray(offset, offset + length)),
    };
    const bounds = { start: new Uint8Array(0), end: new Uint8Array(0) };
    const place = { size: bytes.length, bounds, largestSequence: 0 };
    const environment = { kernel, decompressor: new Decompressor(kernel), readAhead: 0 };
    return (await readTableContents(file, place, environment)).index.handle(position);
  }

  /** Replaces bytes in a block, which must be in it once, with as many others. */
  replace({ offset, size }: BlockHandle, before: Buffer, after: Buffer): void {
    assert.equal(before.length, after.length);
    const block = this.bytes.subarray(offset, offset + size);
    const at = block.indexOf(before);
    assert.ok(at >= 0 && block.indexOf(before, at + 1) < 0, 'the bytes are there once');
    after.copy(block, at);
    this.seal({ offset, size });
  }

  /** Writes the table back. */
  save(): void {
    writeFileSync(this.file, this.bytes);
  }

  private footer() {
    const { bytes, kernel } = this;
    return decodeFooter(new Uint8Array(bytes.subarray(-footerSize)), bytes.length, kernel);
  }

  private seal({ offset, size }: BlockHandle): void {
    const { checksumKind, contextBase } = this.footer();
    const checked = this.bytes.subarray(offset, offset + size + 1);
    const sum = this.kernel.blockChecksum(checksumKind, checked) ?? 0;
    const sealed = (sum + contextModifier(contextBase, offset)) >>> 0;
    this.bytes.writeUInt32LE(sealed, offset + size + 1);
  }
}
