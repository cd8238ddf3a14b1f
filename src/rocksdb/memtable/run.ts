import type { BlockMemory } from '../kernel/kernel';
import type { Comparator } from '../manifest/comparator';
import type { Block } from '../table/block';
import type { SortedRun } from './sortedRun';

/** A block of a run has about so many bytes: one is decoded for a lookup. */
export const blockBytes = 8 << 10;

/**
 * Operations of write-ahead logs in key order: of each key the newest, and what that is merged with. Its
 * contents never change, so that a scan keeps what it began with while new runs come.
 */
export interface Run {
  /** Bytes of memory. */
  readonly size: number;
  /** About how many entries it has. */
  readonly length: number;
  /** Number of blocks. */
  readonly blocks: number;
  /** A block, perhaps in `memory`; it has at least one entry. */
  block(index: number, memory?: BlockMemory): Block;
  /** A user key, a view: none in the block comes before it, none of an earlier block after it. */
  firstKey(block: number): Uint8Array;
  /** The same in one piece of shared memory. */
  laidOut(): SortedRun;
}

/** The last block whose first key is before `userKey`, else the first: that key may be in it. */
export function seekBlock(run: Run, userKey: Uint8Array, compare: Comparator['compare']): number {
  let low = 0;
  let high = run.blocks;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(run.firstKey(middle), userKey) < 0) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}
