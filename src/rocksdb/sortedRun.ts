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

/** What a run consists of. */
interface RunArrays {
  readonly bytes: Uint8Array;
  /** Four numbers an entry: start of the key, key length, value length, type. */
  readonly fields: Float64Array;
  readonly sequences: Float64Array;
}

const fieldsOfEntry = 4;
/** Up to this many bytes a loop is faster than the call into the runtime. */
const shortCopy = 64;

/**
 * Operations of a write-ahead log in key order, one version a key, in two pieces of memory: `bytes`
 * holds key and value back to back, `fields` where they are. Never changed once made, so that a scan
 * keeps what it began with while new runs come.
 */
export class SortedRun implements RunArrays {
  constructor(
    readonly bytes: Uint8Array,
    readonly fields: Float64Array,
    readonly sequences: Float64Array,
  ) {}

  get length(): number {
    return this.sequences.length;
  }

  /** Bytes of memory, as a measure for when to merge. */
  get size(): number {
    return this.bytes.length;
  }

  key(index: number): Uint8Array {
    const at = index * fieldsOfEntry;
    const start = this.fields[at] ?? 0;
    return this.bytes.subarray(start, start + (this.fields[at + 1] ?? 0));
  }

  version(index: number): Version {
    const at = index * fieldsOfEntry;
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

  /** Operations in the order they were written, as a run: sorted, the last of each key. */
  static fromOperations(operations: readonly Operation[]): SortedRun {
    let size = 0;
    for (const { key, value } of operations) size += key.length + value.length;
    const builder = new RunBuilder(operations.length, size);
    let last: Uint8Array | undefined;
    for (const index of operationOrder(operations)) {
      const operation = operations[index];
      if (!operation || (last && compareBytes(last, operation.key) === 0)) continue;
      last = operation.key;
      builder.add(operation);
    }
    return builder.build();
  }

  /** Two runs as one; `newer` wins where both know a key. */
  static merge(older: SortedRun, newer: SortedRun): SortedRun {
    const builder = new RunBuilder(older.length + newer.length, older.size + newer.size);
    let o = 0;
    let n = 0;
    while (o < older.length || n < newer.length) {
      const order =
        o === older.length ? 1 : n === newer.length ? -1 : compareBytes(older.key(o), newer.key(n));
      if (order < 0) {
        builder.copy(older, o++);
      } else {
        builder.copy(newer, n++);
        if (order === 0) o++;
      }
    }
    return builder.build();
  }
}

/** Where entries are put one behind the other, in key order. */
class RunBuilder {
  private readonly bytes: Uint8Array;
  private readonly fields: Float64Array;
  private readonly sequences: Float64Array;
  private end = 0;
  private count = 0;

  /** For at most `entries` with `size` bytes of keys and values. */
  constructor(entries: number, size: number) {
    this.bytes = new Uint8Array(size);
    this.fields = new Float64Array(entries * fieldsOfEntry);
    this.sequences = new Float64Array(entries);
  }

  add({ key, value, type, sequence }: Operation): void {
    this.note(key.length, value.length, type, sequence);
    this.put(key, 0, key.length);
    this.put(value, 0, value.length);
  }

  copy({ bytes, fields, sequences }: RunArrays, index: number): void {
    const at = index * fieldsOfEntry;
    const start = fields[at] ?? 0;
    const keyLength = fields[at + 1] ?? 0;
    const valueLength = fields[at + 2] ?? 0;
    this.note(keyLength, valueLength, fields[at + 3] ?? 0, sequences[index] ?? 0);
    this.put(bytes, start, start + keyLength + valueLength);
  }

  build(): SortedRun {
    const whole = this.count === this.sequences.length;
    return new SortedRun(
      whole ? this.bytes : this.bytes.slice(0, this.end),
      whole ? this.fields : this.fields.slice(0, this.count * fieldsOfEntry),
      whole ? this.sequences : this.sequences.slice(0, this.count),
    );
  }

  private note(keyLength: number, valueLength: number, type: number, sequence: number): void {
    const at = this.count * fieldsOfEntry;
    this.fields[at] = this.end;
    this.fields[at + 1] = keyLength;
    this.fields[at + 2] = valueLength;
    this.fields[at + 3] = type;
    this.sequences[this.count++] = sequence;
  }

  private put(source: Uint8Array, start: number, end: number): void {
    if (end - start > shortCopy) {
      this.bytes.set(source.subarray(start, end), this.end);
      this.end += end - start;
    } else {
      for (let i = start; i < end; i++) this.bytes[this.end++] = source[i] ?? 0;
    }
  }
}
