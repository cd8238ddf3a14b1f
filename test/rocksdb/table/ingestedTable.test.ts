import assert from 'node:assert/strict';
import { CodingError } from '../../../src/rocksdb/bytes/coding';
import { createKernel } from '../../../src/rocksdb/kernel/kernel';
import { Block } from '../../../src/rocksdb/table/block';
import {
  ingestedSequence,
  setSequence,
  withoutWrittenSequence,
} from '../../../src/rocksdb/table/ingestedTable';
import { TableProperties } from '../../../src/rocksdb/table/tableProperties';

const version = 'rocksdb.external_sst_file.version';
const sequence = 'rocksdb.external_sst_file.global_seqno';
const fixed32 = (value: number) => Buffer.of(value, 0, 0, 0);
const fixed64 = (value: bigint) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
};

/** A block of short entries that share nothing. */
function blockOf(entries: readonly (readonly [key: Buffer | string, value: Uint8Array])[]): Buffer {
  const parts = entries.flatMap(([key, value]) => [
    Buffer.of(0, Buffer.from(key).length, value.length),
    Buffer.from(key),
    value,
  ]);
  return Buffer.concat([...parts, fixed32(0), fixed32(1)]);
}

const properties = (entries: readonly (readonly [string, Uint8Array])[]) =>
  TableProperties.decode(blockOf(entries));

describe('ingested tables', () => {
  it('have the sequence that the MANIFEST says, written into them or not', () => {
    const of = (...entries: [string, Uint8Array][]) =>
      ingestedSequence(properties(entries), 70_000);
    assert.equal(of(), undefined);
    assert.equal(of([version, fixed32(1)]), undefined);
    assert.equal(of([version, fixed32(2)]), 70_000);
    assert.equal(of([sequence, fixed64(0n)], [version, fixed32(2)]), 70_000);
    assert.equal(of([sequence, fixed64(70_000n)], [version, fixed32(2)]), 70_000);
  });

  it('that contradict themselves or the MANIFEST are damaged', () => {
    const of = (...entries: [string, Uint8Array][]) =>
      ingestedSequence(properties(entries), 70_000);
    assert.throws(() => of([sequence, fixed64(70_001n)], [version, fixed32(2)]), CodingError);
    assert.throws(() => of([sequence, fixed64(0n)]), CodingError);
    assert.throws(() => of([sequence, fixed64(0n)], [version, fixed32(1)]), CodingError);
    assert.throws(() => of([version, fixed32(3)]), CodingError);
  });

  it('have properties whose checksum is that of sequence 0', () => {
    const before = blockOf([
      [sequence, fixed64(0n)],
      [version, fixed32(2)],
    ]);
    const after = blockOf([
      [sequence, fixed64(0x1234_5678_9abcn)],
      [version, fixed32(2)],
    ]);
    assert.deepEqual(Buffer.from(withoutWrittenSequence(after) ?? []), before);
    assert.equal(withoutWrittenSequence(blockOf([[version, fixed32(2)]])), undefined);
    assert.equal(withoutWrittenSequence(Buffer.of(1, 2, 3)), undefined);
  });

  it('give all their entries that sequence', () => {
    const trailer = (type: number) => Buffer.of(type, 0, 0, 0, 0, 0, 0, 0);
    const contents = blockOf([
      [Buffer.concat([Buffer.from('a'), trailer(1)]), Buffer.from('1')],
      [Buffer.concat([Buffer.from('b'), trailer(0)]), Buffer.from('')],
    ]);
    for (const each of [0, 1, 2 ** 31, 2 ** 32 + 5, 2 ** 53 - 1]) {
      const decoded = createKernel().decodeBlock(contents, 8);
      setSequence(decoded, each);
      const block = new Block(decoded);
      assert.deepEqual(
        [0, 1].map((i) => Buffer.from(block.key(i)).readBigUInt64LE(1) >> 8n),
        [0, 1].map(() => BigInt(each)),
      );
      assert.deepEqual([block.key(0)[1], block.key(1)[1]], [1, 0]);
    }
  });
});
