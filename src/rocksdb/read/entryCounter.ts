import type { Sink } from './merge';
import type { Block } from '../table/block';

/** Counts entries. */
export class EntryCounter implements Sink {
  readonly full = false;
  count = 0;

  add(_block: Block, from: number, to: number): void {
    this.count += to - from;
  }
}
