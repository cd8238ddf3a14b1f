// A run in memory is laid out as the data blocks of a table are (table/block.ts), one behind the other:
//
//   block: entries | fixed32 0, no restart points        starts: where each block starts, and the end
//
// Keys share their beginnings, so a run takes less memory than the log that it comes from, and all that
// reads tables reads runs.

import { compareBytes, Cursor } from '../bytes/coding';
import { trailerLength, ValueType } from '../internalKey';
import type { BlockMemory, Kernel } from '../kernel/kernel';
import type { Comparator } from '../manifest/comparator';
import { Block } from '../table/block';
import { BlockBuilder } from './blockBuilder';
import { addBlock, blocksOf } from './operationBlocks';
import type { OperationOrder } from './operationOrder';
import { blockBytes, type Run } from './run';

/** A run in one piece of memory. */
export class SortedRun implements Run {
  constructor(
    private readonly kernel: Kernel,
    /** Shared memory: threads read it, too. */
    readonly bytes: Uint8Array,
    readonly starts: Uint32Array,
    readonly length: number,
  ) {}

  get size(): number {
    return this.bytes.length;
  }

  get blocks(): number {
    return this.starts.length - 1;
  }

  block(index: number, memory?: BlockMemory): Block {
    const contents = this.bytes.subarray(this.starts[index], this.starts[index + 1]);
    return new Block(this.kernel.decodeBlock(contents, trailerLength, memory));
  }

  laidOut(): SortedRun {
    return this;
  }

  firstKey(block: number): Uint8Array {
    const cursor = new Cursor(this.bytes, this.starts[block]);
    cursor.varint(); // shares nothing
    const length = cursor.varint();
    cursor.varint();
    return cursor.raw(length - trailerLength);
  }

  /** Operations as a run. */
  static fromOperations(order: OperationOrder, kernel: Kernel): SortedRun {
    const { operations } = order;
    const { size, length } = operations;
    const builder = new BlockBuilder(size + length * (trailerLength + 6), Infinity);
    const blocks = blocksOf(operations);
    for (let block = 0; block < blocks; block++) addBlock(builder, order, block);
    return SortedRun.built(builder, kernel);
  }

  /** Two runs as one; of a key that both know the newer sequence wins. */
  static merge(one: SortedRun, other: SortedRun, { compare }: Comparator): SortedRun {
    const builder = new BlockBuilder(one.size + other.size, blockBytes);
    const left = new RunCursor(one);
    const right = new RunCursor(other);
    let last: Uint8Array | undefined;
    let merging = false;
    while (left.key || right.key) {
      const cursor = isBefore(left, right, compare) ? left : right;
      const { block, index, key } = cursor;
      if (!block || !key) break;
      const hidden = last && !merging && compareBytes(last, key) === 0;
      if (!hidden) {
        const at = index * 4;
        const { bytes, fields } = block;
        const type = block.type(index);
        builder.add(
          bytes,
          fields[at] ?? 0,
          (fields[at + 1] ?? 0) - trailerLength,
          fields[at + 2] ?? 0,
          fields[at + 3] ?? 0,
          block.sequence(index),
          type,
        );
        merging = type === ValueType.merge;
        last = key;
      }
      cursor.next();
    }
    builder.endBlock();
    return SortedRun.built(builder, one.kernel);
  }

  private static built(builder: BlockBuilder, kernel: Kernel): SortedRun {
    const { bytes, starts, count } = builder.build();
    return new SortedRun(kernel, bytes, starts, count);
  }
}

function isBefore(one: RunCursor, other: RunCursor, compare: Comparator['compare']): boolean {
  if (!one.key || !other.key) return one.key !== undefined;
  return (compare(one.key, other.key) || other.sequence - one.sequence) <= 0;
}

/** Goes through a run's entries. */
class RunCursor {
  block: Block | undefined;
  index = -1;
  key: Uint8Array | undefined;
  private nextBlock = 0;

  constructor(private readonly run: SortedRun) {
    this.next();
  }

  get sequence(): number {
    return this.block?.sequence(this.index) ?? 0;
  }

  next(): void {
    this.index++;
    while (!this.block || this.index >= this.block.length) {
      this.block = this.nextBlock < this.run.blocks ? this.run.block(this.nextBlock++) : undefined;
      this.index = 0;
      if (!this.block) break;
    }
    this.key = this.block?.userKey(this.index);
  }
}
