import { ValueType } from '../internalKey';
import type { RangeDeletion } from './rangeDeletion';
import { blockBytes } from './run';

const fieldsOfOperation = 4;

interface Mark {
  readonly length: number;
  readonly size: number;
  readonly newest: number;
  readonly ranges: number;
}

const nothing: Mark = { length: 0, size: 0, newest: 0, ranges: 0 };

/**
 * Operations of one column family in the order written, as positions in `bytes`: nothing is made for
 * each of them. Range deletes stand apart.
 */
export class LoggedOperations {
  /** Number of operations, without range deletes. */
  length = 0;
  /** Bytes of their keys and values. */
  size = 0;
  /** The newest sequence, range deletes included; 0 without any. */
  newest = 0;
  readonly rangeDeletions: RangeDeletion[] = [];
  /** All keys begin with the same bytes, at least so many. */
  common = Infinity;
  /** Four numbers an operation, positions in `bytes`: key start, key end, value start, value end. */
  fields = new Uint32Array(64 * fieldsOfOperation);
  private sequences = new Float64Array(64);
  private types = new Uint8Array(64);

  constructor(readonly bytes: Uint8Array) {}

  /** `type` is one of ValueType; of a range delete the value is the exclusive end. */
  add(
    sequence: number,
    type: number,
    keyStart: number,
    keyEnd: number,
    valueStart: number,
    valueEnd: number,
  ): void {
    if (sequence > this.newest) this.newest = sequence;
    if (type === ValueType.rangeDeletion) {
      const start = this.bytes.slice(keyStart, keyEnd);
      this.rangeDeletions.push({ start, end: this.bytes.slice(valueStart, valueEnd), sequence });
      return;
    }
    const index = this.length++;
    if (index === this.types.length) this.grow();
    const { fields } = this;
    const at = index * fieldsOfOperation;
    fields[at] = keyStart;
    fields[at + 1] = keyEnd;
    fields[at + 2] = valueStart;
    fields[at + 3] = valueEnd;
    this.sequences[index] = sequence;
    this.types[index] = type;
    this.size += keyEnd - keyStart + valueEnd - valueStart;
    this.keepCommon(keyStart, keyEnd);
  }

  /** What there is now, to go back to. */
  mark(): Mark {
    const { length, size, newest } = this;
    return { length, size, newest, ranges: this.rangeDeletions.length };
  }

  /** Forgets what was added since `mark`, or all. */
  backTo({ length, size, newest, ranges }: Mark = nothing): void {
    this.length = length;
    this.size = size;
    this.newest = newest;
    this.rangeDeletions.length = ranges;
  }

  /** So many are a block of a run. */
  get perBlock(): number {
    return Math.max(1, Math.floor((blockBytes * this.length) / Math.max(this.size, 1)));
  }

  sequence(index: number): number {
    return this.sequences[index] ?? 0;
  }

  /** One of ValueType. */
  type(index: number): number {
    return this.types[index] ?? 0;
  }

  /** A view. */
  key(index: number): Uint8Array {
    const at = index * fieldsOfOperation;
    return this.bytes.subarray(this.fields[at], this.fields[at + 1]);
  }

  /** Whether two have the same key. Keys differ at their ends: compared from there. */
  isSameKey(one: number, other: number): boolean {
    const { bytes, fields } = this;
    const start = fields[one * fieldsOfOperation] ?? 0;
    let end = fields[one * fieldsOfOperation + 1] ?? 0;
    const otherStart = fields[other * fieldsOfOperation] ?? 0;
    let otherEnd = fields[other * fieldsOfOperation + 1] ?? 0;
    if (end - start !== otherEnd - otherStart) return false;
    while (end > start) if (bytes[--end] !== bytes[--otherEnd]) return false;
    return true;
  }

  private keepCommon(start: number, end: number): void {
    const { bytes } = this;
    const first = this.fields[0] ?? 0;
    const limit = Math.min(this.common, end - start);
    let common = 0;
    while (common < limit && bytes[first + common] === bytes[start + common]) common++;
    this.common = common;
  }

  private grow(): void {
    const { fields, sequences, types } = this;
    const length = types.length * 4;
    this.fields = new Uint32Array(length * fieldsOfOperation);
    this.fields.set(fields);
    this.sequences = new Float64Array(length);
    this.sequences.set(sequences);
    this.types = new Uint8Array(length);
    this.types.set(types);
  }
}
