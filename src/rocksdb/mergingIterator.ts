import { compareBytes } from './coding';
import type { RangeDeletion, Version } from './sortedRun';
import type { Source } from './sources';

/**
 * The newest version of every key at or after a first one, in key order, out of several sorted
 * sources (table/merging_iterator.cc). Of sources with the same key the highest sequence wins, of equal
 * ones (an operation in a log and in a table) the first source.
 */
export class MergingIterator {
  /** The key given last. */
  private last: Uint8Array | undefined;
  private top: Source | undefined;
  /** The smallest key of the other sources: below it `top` goes on alone. */
  private limit: Uint8Array | undefined;

  constructor(
    private readonly sources: readonly Source[],
    private readonly from: Uint8Array,
    /** Where range deletions go that are met. */
    private readonly deletions: RangeDeletion[],
  ) {}

  /** The next version, undefined at the end; a promise only where blocks must be read first. */
  next(): Version | undefined | Promise<Version | undefined> {
    const { last, top } = this;
    if (!last) return this.begin();
    const waiting = top && this.pass(top, last);
    return waiting ? waiting.then(() => this.give(last)) : this.give(last);
  }

  private async begin(): Promise<Version | undefined> {
    for (const source of this.sources) await source.seek(this.from, this.deletions);
    return this.choose();
  }

  private give(last: Uint8Array): Version | undefined | Promise<Version | undefined> {
    const { top, limit } = this;
    const key = top?.key;
    if (top && key && (!limit || compareBytes(key, limit) < 0)) {
      this.last = key;
      return top.version();
    }
    return this.passAll(last, 0);
  }

  /** Moves every source beyond `last`, and chooses. */
  private passAll(
    last: Uint8Array,
    first: number,
  ): Version | undefined | Promise<Version | undefined> {
    for (let i = first; i < this.sources.length; i++) {
      const source = this.sources[i];
      const waiting = source && this.pass(source, last);
      if (waiting) return waiting.then(() => this.passAll(last, i + 1));
    }
    return this.choose();
  }

  /** Moves a source beyond all versions of `last`. */
  private pass(source: Source, last: Uint8Array): void | Promise<void> {
    while (source.key && compareBytes(source.key, last) === 0) {
      const waiting = source.next(this.deletions);
      if (waiting) return waiting.then(() => this.pass(source, last));
    }
  }

  private choose(): Version | undefined {
    let top: Source | undefined;
    let limit: Uint8Array | undefined;
    for (const source of this.sources) {
      if (!source.key) continue;
      const order = top?.key ? compareBytes(source.key, top.key) : -1;
      const wins = order < 0 || (order === 0 && isNewer(source, top));
      const other = wins ? top?.key : source.key;
      if (other && (!limit || compareBytes(other, limit) < 0)) limit = other;
      if (wins) top = source;
    }
    this.top = top;
    this.limit = limit;
    this.last = top?.key ?? this.last;
    return top?.version();
  }
}

function isNewer(source: Source, than: Source | undefined): boolean {
  return !than || source.version().sequence > than.version().sequence;
}
