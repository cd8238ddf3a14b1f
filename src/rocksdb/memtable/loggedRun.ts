import { trailerLength } from '../internalKey';
import type { BlockMemory, Kernel } from '../kernel/kernel';
import type { Comparator } from '../manifest/comparator';
import { Block } from '../table/block';
import { BlockBuilder } from './blockBuilder';
import type { LoggedOperations } from './loggedOperations';
import { OperationOrder } from './operationOrder';
import { addBlock, blocksOf } from './operationBlocks';
import { blockBytes, type Run } from './run';
import { SortedRun } from './sortedRun';

/**
 * Operations as they were read, and a run when one is asked for: who opens a database beside its app
 * wants a page of it, for which most of a log need not be put in order, and hardly any of it copied.
 */
export class LoggedRun implements Run {
  private contents: SortedRun | OperationOrder;
  /** How many blocks were made one by one. */
  private made = 0;

  constructor(
    operations: LoggedOperations,
    private readonly kernel: Kernel,
    comparator: Comparator,
  ) {
    this.contents = new OperationOrder(operations, comparator);
  }

  get isLaidOut(): boolean {
    return this.contents instanceof SortedRun;
  }

  get size(): number {
    const { contents } = this;
    return contents instanceof SortedRun ? contents.size : contents.operations.size;
  }

  get length(): number {
    const { contents } = this;
    return contents instanceof SortedRun ? contents.length : contents.operations.length;
  }

  get blocks(): number {
    const { contents } = this;
    return contents instanceof SortedRun ? contents.blocks : blocksOf(contents.operations);
  }

  block(index: number, memory?: BlockMemory): Block {
    // Whoever reads on will read all.
    if (this.made++ > this.blocks / 4) this.laidOut();
    const { contents } = this;
    if (contents instanceof SortedRun) return contents.block(index, memory);
    const builder = new BlockBuilder(2 * blockBytes, Infinity);
    addBlock(builder, contents, index);
    return new Block(this.kernel.decodeBlock(builder.contents(), trailerLength, memory));
  }

  firstKey(block: number): Uint8Array {
    const { contents } = this;
    if (contents instanceof SortedRun) return contents.firstKey(block);
    const { operations } = contents;
    const start = block * operations.perBlock;
    return operations.key(contents.slice(start, start + 1)[0] ?? 0);
  }

  laidOut(): SortedRun {
    if (this.contents instanceof SortedRun) return this.contents;
    return (this.contents = SortedRun.fromOperations(this.contents, this.kernel));
  }
}
