import { readFileSync } from 'node:fs';
import { Decompressor } from '../../../src/rocksdb/bytes/compression';
import { createKernel, type Kernel } from '../../../src/rocksdb/kernel/kernel';
import { readTableContents } from '../../../src/rocksdb/table/tableContents';

/** A data block as it is in a table, and what its checksum is checked with. */
export interface RealBlock {
  /** Payload and trailer. */
  readonly bytes: Uint8Array;
  readonly kind: number;
  readonly modifier: number;
}

/** The data blocks of a table. */
export async function realBlocks(path: string): Promise<RealBlock[]> {
  const blocks: RealBlock[] = [];
  const bounds = { start: new Uint8Array(0), end: new Uint8Array(0) };
  const kernel = createKernel();
  const recorder: Kernel = Object.assign(Object.create(kernel) as Kernel, {
    readDataBlock(bytes: Uint8Array, kind: number, modifier: number) {
      blocks.push({ bytes: Uint8Array.from(bytes), kind, modifier });
      return kernel.readDataBlock(bytes, kind, modifier);
    },
  });
  const environment = { kernel: recorder, decompressor: new Decompressor(recorder), readAhead: 0 };
  const bytes = readFileSync(path);
  const file = {
    path,
    readExactly: (offset: number, length: number) => bytes.subarray(offset, offset + length),
  };
  const place = { size: bytes.length, bounds, largestSequence: Number.MAX_SAFE_INTEGER };
  const { index, reader } = await readTableContents(file, place, environment);
  for (let i = 0; i < index.length; i++) await reader.dataBlock(index.handle(i));
  return blocks;
}
