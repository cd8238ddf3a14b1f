import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { contextModifier } from '../../../src/rocksdb/bytes/checksum';
import { Decompressor } from '../../../src/rocksdb/bytes/compression';
import { BlockMemory, type DecodedBlock } from '../../../src/rocksdb/kernel/kernel';
import { decodeFooter, footerSize } from '../../../src/rocksdb/table/footer';
import { readTableContents } from '../../../src/rocksdb/table/tableContents';
import { fixtures } from '../expected';
import { script, wasm } from './kernels';

const stores = [
  '03a-default-20k-closed/state/quixstreams-default/default/orders/0',
  ...['none', 'snappy', 'lz4'].map(
    (compression) => `04-compression/state/quixstreams-default/${compression}/orders/0`,
  ),
].map((store) => path.join(fixtures, store));
const memory = new BlockMemory();

/** The data blocks of a table as they lie in its file. */
async function blocksOf(file: string) {
  const bytes = readFileSync(file);
  const tail = bytes.subarray(bytes.length - footerSize);
  const { contextBase, checksumKind } = decodeFooter(tail, bytes.length, script);
  const source = { path: file, readExactly: (at: number, n: number) => bytes.subarray(at, at + n) };
  const bounds = { start: new Uint8Array(0), end: new Uint8Array(0) };
  const place = { size: bytes.length, bounds, largestSequence: Number.MAX_SAFE_INTEGER };
  const environment = { kernel: script, decompressor: new Decompressor(script), readAhead: 0 };
  const { index } = await readTableContents(source, place, environment);
  const handles = Array.from({ length: index.length }, (_, i) => index.handle(i));
  const read = (at: number, count: number, table: Uint8Array = bytes) => {
    const some = handles.slice(at, at + count);
    const offset = some[0]?.offset ?? 0;
    const ends = some.map((handle) => handle.offset + handle.size - offset);
    const blocks = table.subarray(offset, offset + (ends.at(-1) ?? 0) + 5);
    const of = { bytes: blocks, ends, checksumKind, contextBase, offset };
    return wasm.readDataBlocks(of, memory);
  };
  const alone = (at: number) => {
    const { offset, size } = handles[at] ?? { offset: 0, size: 0 };
    const modifier = contextModifier(contextBase, offset);
    return script.readDataBlock(bytes.subarray(offset, offset + size + 5), checksumKind, modifier);
  };
  return { bytes, handles, read, alone };
}

function entriesOf(block: DecodedBlock | undefined): [string, string][] {
  assert.ok(block);
  const text = (from = 0, to = 0) => Buffer.from(block.bytes.subarray(from, to)).toString('hex');
  return Array.from({ length: block.length }, (_, i) => [
    text(...block.fields.subarray(i * 4, i * 4 + 2)),
    text(...block.fields.subarray(i * 4 + 2, i * 4 + 4)),
  ]);
}

describe('blocks of a table that are read as one', () => {
  for (const store of stores) {
    it(`have the entries of each, in order: ${path.relative(fixtures, store)}`, async () => {
      for (const name of readdirSync(store).filter((one) => one.endsWith('.sst'))) {
        const { handles, read, alone } = await blocksOf(path.join(store, name));
        for (const count of [1, 2, 7, handles.length]) {
          for (let at = 0; at + count <= handles.length; at += count) {
            const positions = Array.from({ length: count }, (_, i) => at + i);
            const expected = positions.flatMap((position) => entriesOf(alone(position)));
            const plain = positions.every((position) => alone(position)?.plain);
            const block = read(at, count);
            assert.deepEqual(entriesOf(block), expected);
            assert.equal(block?.plain, plain);
          }
        }
      }
    });
  }

  it('are left to be read one by one where one of them is damaged', async () => {
    const [store = ''] = stores;
    const [name = ''] = readdirSync(store).filter((one) => one.endsWith('.sst'));
    const { bytes, handles, read } = await blocksOf(path.join(store, name));
    const { offset, size } = handles[3] ?? { offset: 0, size: 0 };
    for (let at = offset; at < offset + size + 5; at += 7) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      assert.equal(read(1, 6, damaged), undefined);
      assert.ok(read(4, 3, damaged));
    }
  });
});
