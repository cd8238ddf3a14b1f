import { compareBytes } from '../bytes/coding';
import type { SetLog } from '../inspect/fileSet';
import type { Kernel } from '../kernel/kernel';
import { comparatorOf } from '../manifest/comparator';
import type { ColumnFamily } from '../manifest/version';
import type { Finding, MissingKeys } from './finding';
import { keysLeft, lostRecords } from './lostRecords';

interface Span {
  first: Uint8Array;
  last: Uint8Array;
}

/** The operations that RocksDB drops with the end of a log: their sequences, and the keys of each family. */
export class LostOperations {
  private readonly spans = new Map<number, Span>();
  private first: number | undefined;
  private last: number | undefined;

  constructor(
    private readonly families: readonly ColumnFamily[],
    /** The sequence of the last operation that was read; undefined when none was. */
    before: number | undefined,
    /** The newest sequence that the MANIFEST tells of: that of a log's first operation is no later. */
    private readonly known: number,
  ) {
    this.last = before;
  }

  /** Adds what `log` holds from `offset` on. */
  async add({ file, number, size }: SetLog, offset: number, kernel: Kernel): Promise<void> {
    const read = (at: number, length: number) => file.read(at, length);
    for await (const { payload, sound } of lostRecords(read, offset, size, kernel)) {
      const { sequence, count, keys } = keysLeft(payload);
      if (count > payload.length || !(sound ? this.isLater(sequence) : this.isNext(sequence)))
        continue;
      this.first ??= this.last === undefined ? sequence : this.last + 1;
      this.last = sequence + count - 1;
      for (const { columnFamily, key } of keys) this.addKey(columnFamily, key, number);
    }
  }

  get missing(): MissingKeys[] {
    return this.families.flatMap(({ id, name }) => {
      const span = this.spans.get(id);
      return span ? [{ columnFamily: name, afterFirst: false, ...span }] : [];
    });
  }

  /** undefined where none were found. */
  get sequences(): Finding['sequences'] {
    const { first, last } = this;
    return first === undefined ? undefined : { first, last };
  }

  private isLater(sequence: number): boolean {
    return sequence > (this.last ?? 0);
  }

  /** Bytes without a checksum that go on with the next sequence are what was written there. */
  private isNext(sequence: number): boolean {
    if (this.last !== undefined) return sequence === this.last + 1;
    return sequence > 0 && sequence <= this.known + 1;
  }

  private addKey(columnFamily: number, key: Uint8Array, log: number): void {
    const family = this.families.find(({ id }) => id === columnFamily);
    if (!family || family.logNumber > log) return;
    const { compare = compareBytes } = comparatorOf(family.comparator) ?? {};
    const span = this.spans.get(columnFamily);
    if (!span) {
      this.spans.set(columnFamily, { first: key.slice(), last: key.slice() });
    } else if (compare(key, span.first) < 0) {
      span.first = key.slice();
    } else if (compare(key, span.last) > 0) {
      span.last = key.slice();
    }
  }
}
