import type { BatchBuilder } from './batch';
import type { Sink } from './merge';
import type { Kernel } from '../kernel/kernel';
import type { Block } from '../table/block';

/**
 * Passes on the entries whose key or value contains a byte string. A block's memory is looked through
 * as a whole first: where it is not, no entry has it.
 */
export class EntrySearch implements Sink {
  /** Of the blocks that entries came from, several where tables overlap: whether they have it. */
  private readonly known = new WeakMap<Block, boolean>();

  constructor(
    private readonly needle: Uint8Array,
    private readonly found: BatchBuilder,
    private readonly kernel: Kernel,
  ) {}

  get full(): boolean {
    return this.found.full;
  }

  add(block: Block, from: number, to: number): void {
    let hasIt = this.known.get(block);
    if (hasIt === undefined) {
      hasIt = this.contains(block.bytes.subarray(0, block.end));
      this.known.set(block, hasIt);
    }
    if (!hasIt) return;
    for (let i = from; i < to; i++) {
      if (this.contains(block.userKey(i)) || this.contains(block.value(i))) {
        this.found.add(block, i, i + 1);
      }
    }
  }

  private contains(bytes: Uint8Array): boolean {
    return this.kernel.includes(bytes, this.needle);
  }
}
