import { compareBytes } from './coding';
import { operationOrder } from './operationOrder';
import type { Operation } from './writeBatch';

/** What a source gives for one user key: the newest operation on it that the source knows. */
export interface Version {
  readonly key: Uint8Array;
  readonly sequence: number;
  /** One of ValueType. */
  readonly type: number;
  readonly value: Uint8Array;
}

/** A deleted range: entries of a lower sequence with start <= key < end are gone. */
export interface RangeDeletion {
  readonly start: Uint8Array;
  readonly end: Uint8Array;
  readonly sequence: number;
}

/**
 * Operations of a write-ahead log in key order, one version a key, in two pieces of memory: `bytes`
 * holds key and value back to back, `fields` where they are. Never changed once made, so that a scan
 * keeps what it began with while new runs come.
 */
export class SortedRun {
  private constructor(
    private readonly bytes: Uint8Array,
    /** Four numbers an entry: start of the key, key length, value length, type. */
    private readonly fields: Float64Array,
    private readonly sequences: Float64Array,
  ) {}

  get length(): number {
    return this.sequences.length;
  }

  /** Bytes of memory, as a measure for when to merge. */
  get size(): number {
    return this.bytes.length;
  }

  key(index: number): Uint8Array {
    const start = this.fields[index * 4] ?? 0;
    return this.bytes.subarray(start, start + (this.fields[index * 4 + 1] ?? 0));
  }

  version(index: number): Version {
    const at = index * 4;
    const start = this.fields[at] ?? 0;
    const middle = start + (this.fields[at + 1] ?? 0);
    return {
      key: this.bytes.subarray(start, middle),
      value: this.bytes.subarray(middle, middle + (this.fields[at + 2] ?? 0)),
      type: this.fields[at + 3] ?? 0,
      sequence: this.sequences[index] ?? 0,
    };
  }

  /** The first index whose key is at or after `key`; `length` when there is none. */
  seek(key: Uint8Array): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareBytes(this.key(middle), key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  find(key: Uint8Array): Version | undefined {
    const index = this.seek(key);
    if (index === this.length || compareBytes(this.key(index), key) !== 0) return undefined;
    return this.version(index);
  }

  /** Copies `versions`, which come in key order, one a key. */
  static of(versions: readonly Version[]): SortedRun {
    let size = 0;
    for (const { key, value } of versions) size += key.length + value.length;
    const bytes = new Uint8Array(size);
    const fields = new Float64Array(versions.length * 4);
    const sequences = new Float64Array(versions.length);
    let end = 0;
    versions.forEach(({ key, value, type, sequence }, index) => {
      fields.set([end, key.length, value.length, type], index * 4);
      sequences[index] = sequence;
      bytes.set(key, end);
      bytes.set(value, end + key.length);
      end += key.length + value.length;
    });
    return new SortedRun(bytes, fields, sequences);
  }

  /** Operations in the order they were written, as a run: sorted, the last of each key. */
  static fromOperations(operations: readonly Operation[]): SortedRun {
    const newest: Operation[] = [];
    for (const index of operationOrder(operations)) {
      const operation = operations[index];
      const last = newest.at(-1);
      if (operation && (!last || compareBytes(last.key, operation.key) !== 0)) {
        newest.push(operation);
      }
    }
    return SortedRun.of(newest);
  }

  /** Two runs as one; `newer` wins where both know a key. */
  static merge(older: SortedRun, newer: SortedRun): SortedRun {
    const merged: Version[] = [];
    let o = 0;
    let n = 0;
    while (o < older.length || n < newer.length) {
      const order =
        o === older.length ? 1 : n === newer.length ? -1 : compareBytes(older.key(o), newer.key(n));
      if (order < 0) {
        merged.push(older.version(o++));
      } else {
        merged.push(newer.version(n++));
        if (order === 0) o++;
      }
    }
    return SortedRun.of(merged);
  }
}
