import { CodingError } from '../bytes/coding';
import { CorruptionError, UnsupportedFormatError } from '../errors';
import { featureOfType, ValueType } from '../internalKey';
import type { RangeDeletion } from '../memtable/rangeDeletion';
import type { Comparator } from '../manifest/comparator';
import type { MergeOperator } from '../manifest/mergeOperator';
import type { Block } from '../table/block';
import { KeyPlace } from './keyPlace';
import { MergeOperands } from './mergeOperands';
import type { Source } from './sources';

/** Where entries go that a scan finds, in key order. */
export interface Sink {
  /** No more is wanted for now. */
  readonly full: boolean;
  /** Takes entries `from` to `to`, exclusive, of a block whose keys are internal keys. */
  add(block: Block, from: number, to: number): void;
}

/** How many pieces `fill` takes at most, some ms, so that others get their turn, and an abort is seen. */
const mostSteps = 64;

/**
 * The entries of several sorted sources at or after a first key, in key order, as RocksDB would give
 * them (table/merging_iterator.cc, db/db_iter.cc): of each key the version of the highest sequence, if it is no
 * deletion; of equal sequences (an operation in a log and in a table) that of the first source.
 *
 * The sources are kept in a heap. As long as the first has keys below all others, and nothing in its
 * block hides or is hidden, its entries go to the sink in one piece: in most stores that is nearly
 * always, and costs nothing per entry.
 */
export class Merge {
  /** The source that has the next key first; below it a binary heap. */
  private readonly heap: Source[] = [];
  private begun = false;
  /** Of the key that was given last, older versions are passed over. */
  private passed: KeyPlace | undefined;
  /** Of the key whose newest versions are operands: its next version is what they are merged with. */
  private operands: MergeOperands | undefined;
  /** The first key no longer wanted. */
  private readonly to: KeyPlace | undefined;
  private readonly lastKey = new KeyPlace();

  constructor(
    private readonly sources: readonly Source[],
    private readonly from: Uint8Array | undefined,
    to: Uint8Array | undefined,
    /** Those met so far; sources add to it. */
    private readonly deletions: readonly RangeDeletion[],
    /** Where the database lies, for errors. */
    private readonly directory: string,
    private readonly comparator: Comparator,
    /** undefined where none is known. */
    private readonly operator?: MergeOperator,
  ) {
    this.to = to && new KeyPlace(to);
  }

  /**
   * Puts what comes next into `sink` until it is full, or for some time. false at the end. A promise
   * only where there is something to wait for.
   * @throws CorruptionError, UnsupportedFormatError
   */
  fill(sink: Sink): boolean | Promise<boolean> {
    if (!this.begun) return this.begin().then(() => this.fill(sink));
    try {
      for (let steps = 0; steps < mostSteps && !sink.full; steps++) {
        const top = this.heap[0];
        if (!top?.block) return this.end(sink);
        if (this.to && this.order(top.key, this.to) >= 0) return this.end(sink);
        const waiting = this.step(top, top.block, sink);
        if (waiting) return waiting.then(() => this.fill(sink));
      }
      return true;
    } catch (cause) {
      if (!(cause instanceof CodingError)) throw cause;
      throw new CorruptionError(this.directory, cause.message, { cause });
    }
  }

  private async begin(): Promise<void> {
    this.begun = true;
    for (const source of this.sources) {
      await source.seek(this.from);
      if (source.block) this.heap.push(source);
    }
    for (let i = this.heap.length >>> 1; i >= 0; i--) this.sift(i);
  }

  private step(top: Source, block: Block, sink: Sink): void | Promise<void> {
    const start = top.position;
    if (this.passed && this.order(this.passed, top.key) === 0) {
      return this.move(top, block, start + 1);
    }
    if (this.operands) {
      const same = this.comparator.compare(this.operands.key, block.userKey(start)) === 0;
      if (!same || !this.isOperand(block, start)) {
        const isBase = same && this.isValue(block, start);
        this.give(this.operands, isBase ? block.value(start) : undefined, sink);
        if (!same) return; // this key's turn is next
      }
      return this.move(top, block, start + 1);
    }
    if (this.isOperand(block, start)) return this.move(top, block, start + 1);
    let end = start + 1;
    if (block.plain && this.deletions.length === 0) {
      end = this.endOfPiece(block, start);
      sink.add(block, start, end);
    } else if (this.isValue(block, start)) {
      sink.add(block, start, end);
    }
    this.passed = this.lastKey;
    this.passed.moveTo(block, end - 1);
    return this.move(top, block, end);
  }

  /** Whether it is an operand that nothing deletes: then it is gathered. @throws UnsupportedFormatError */
  private isOperand(block: Block, index: number): boolean {
    if (block.plain || block.type(index) !== ValueType.merge) return false;
    if (this.isDeleted(block, index)) return false;
    if (!this.operator) {
      throw new UnsupportedFormatError(this.directory, featureOfType(ValueType.merge));
    }
    this.operands ??= new MergeOperands(block.userKey(index), this.operator);
    this.operands.add(block.value(index));
    return true;
  }

  private give(operands: MergeOperands, base: Uint8Array | undefined, sink: Sink): void {
    this.operands = undefined;
    this.passed = new KeyPlace(operands.key);
    sink.add(operands.result(base), 0, 1);
  }

  private end(sink: Sink): false {
    if (this.operands) this.give(this.operands, undefined, sink);
    return false;
  }

  /** Where the first source's entries end that come before all others' and before `to`. */
  private endOfPiece(block: Block, start: number): number {
    const [, left, right] = this.heap;
    let limit = this.to;
    if (left && (!limit || this.order(left.key, limit) < 0)) limit = left.key;
    if (right && (!limit || this.order(right.key, limit) < 0)) limit = right.key;
    if (!limit || this.isBefore(block, block.length - 1, limit)) return block.length;
    // Mostly soon: steps that double, then halves.
    let low = start + 1;
    let high = low;
    for (let step = 1; high < block.length && this.isBefore(block, high, limit); step *= 2) {
      low = high + 1;
      high = Math.min(high + step, block.length - 1);
    }
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.isBefore(block, middle, limit)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private isBefore(block: Block, index: number, limit: KeyPlace): boolean {
    const { bytewise, compare } = this.comparator;
    if (bytewise) return limit.compareToEntry(block, index) > 0;
    return compare(limit.view(), block.userKey(index)) > 0;
  }

  /** Negative when `a` comes before `b`. */
  private order(a: KeyPlace, b: KeyPlace): number {
    const { bytewise, compare } = this.comparator;
    return bytewise ? a.compareTo(b) : compare(a.view(), b.view());
  }

  private isValue(block: Block, index: number): boolean {
    if (this.isDeleted(block, index)) return false;
    const type = block.type(index);
    if (type === ValueType.deletion || type === ValueType.singleDeletion) return false;
    if (type !== ValueType.value) {
      throw new UnsupportedFormatError(this.directory, featureOfType(type));
    }
    return true;
  }

  /** Whether a range deletion that is newer covers it. */
  private isDeleted(block: Block, index: number): boolean {
    if (this.deletions.length === 0) return false;
    const { compare } = this.comparator;
    const key = block.userKey(index);
    const sequence = block.sequence(index);
    return this.deletions.some(
      ({ start, end, endIncluded, sequence: deleted }) =>
        deleted > sequence && compare(start, key) <= 0 && compare(key, end) < (endIncluded ? 1 : 0),
    );
  }

  private move(top: Source, block: Block, position: number): void | Promise<void> {
    if (position >= block.length) this.passed?.leave(block); // the next block may take its memory
    const waiting = top.moveTo(position);
    if (waiting) return waiting.then(() => this.settle(top));
    this.settle(top);
  }

  /** Puts the first source where it belongs after it moved. */
  private settle(top: Source): void {
    if (!top.block) {
      const last = this.heap.pop();
      if (last && last !== top) this.heap[0] = last;
    }
    this.sift(0);
  }

  private sift(index: number): void {
    const { heap } = this;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      let first = index;
      if (left < heap.length && this.precedes(left, first)) first = left;
      if (right < heap.length && this.precedes(right, first)) first = right;
      const source = heap[index];
      const other = heap[first];
      if (first === index || !source || !other) return;
      heap[index] = other;
      heap[first] = source;
      index = first;
    }
  }

  private precedes(a: number, b: number): boolean {
    const one = this.heap[a];
    const other = this.heap[b];
    if (!one || !other) return false;
    const order = this.order(one.key, other.key);
    if (order !== 0) return order < 0;
    const [newer, older] = [one.sequence, other.sequence];
    return newer !== older ? newer > older : one.rank < other.rank;
  }
}
