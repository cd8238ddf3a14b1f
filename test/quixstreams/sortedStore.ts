import type { Entry } from '../../src/rocksdb/index';
import type { Scan } from '../../src/quixstreams/walk';

/** A store that is a sorted array of keys in latin1; counts what is read of it. */
export class SortedStore {
  readonly entries: Entry[];
  read = 0;

  constructor(keys: Iterable<string>) {
    const sorted = [...new Set(keys)]
      .map((key) => Buffer.from(key, 'latin1'))
      .sort((a, b) => a.compare(b));
    this.entries = sorted.map((key) => ({ key, value: Buffer.from('1') }));
  }

  readonly scan: Scan = (from, to) => this.between(Buffer.from(from), to && Buffer.from(to));

  private async *between(from: Buffer, to: Buffer | undefined): AsyncGenerator<Entry> {
    let low = 0;
    for (let high = this.entries.length; low < high;) {
      const middle = (low + high) >> 1;
      if (Buffer.compare(this.entries[middle]?.key ?? from, from) < 0) low = middle + 1;
      else high = middle;
    }
    for (const entry of this.entries.slice(low, low + 200_000)) {
      if (to && Buffer.compare(entry.key, to) >= 0) return;
      this.read++;
      yield entry;
    }
  }
}
