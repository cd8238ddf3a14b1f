import { trailerLength } from '../internalKey';
import type { Block } from '../table/block';
import type { Sink } from './merge';

const fieldsOfEntry = 4;

/**
 * Entries in key order in one piece of memory. That is the next batch's memory once the next is asked
 * for: whoever keeps entries copies them.
 */
export class EntryBatch {
  constructor(
    readonly bytes: Uint8Array,
    /** Four numbers an entry, positions in `bytes`: key start, key end, value start, value end. */
    readonly fields: Uint32Array,
    readonly length: number,
  ) {}

  /** A view of the batch's memory, as is `value`. */
  key(index: number): Uint8Array {
    const at = index * fieldsOfEntry;
    return this.bytes.subarray(this.fields[at], this.fields[at + 1]);
  }

  value(index: number): Uint8Array {
    const at = index * fieldsOfEntry + 2;
    return this.bytes.subarray(this.fields[at], this.fields[at + 1]);
  }
}

const word = 8;

/** Not filled with zeros. */
function unfilled(bytes: number): ArrayBuffer {
  return Buffer.allocUnsafeSlow(bytes).buffer;
}

/** What entries are gathered in; it grows to what they need, and may be used for one batch after the other. */
export class BatchMemory {
  bytes: Uint8Array;
  fields: Uint32Array;

  /** For batches of about `bytes`; `allocate` makes buffers. */
  constructor(
    bytes: number,
    private readonly allocate: (bytes: number) => ArrayBuffer | SharedArrayBuffer = unfilled,
  ) {
    this.bytes = new Uint8Array(allocate(bytes + (bytes >>> 1)));
    this.fields = new Uint32Array(allocate(Math.max(64, bytes >>> 6) * fieldsOfEntry * 4));
  }

  /** Makes room for `needed` bytes, of which the first `used` stay. */
  reserveBytes(used: number, needed: number): void {
    if (needed <= this.bytes.length) return;
    const larger = new Uint8Array(this.allocate(Math.max(needed, this.bytes.length * 2)));
    larger.set(this.bytes.subarray(0, used));
    this.bytes = larger;
  }

  /** As `reserveBytes`, for fields. */
  reserveFields(used: number, needed: number): void {
    if (needed <= this.fields.length) return;
    const larger = new Uint32Array(this.allocate(Math.max(needed, this.fields.length * 2) * 4));
    larger.set(this.fields.subarray(0, used));
    this.fields = larger;
  }
}

/** Gathers entries until they have `wanted` bytes. */
export class BatchBuilder implements Sink {
  private end = 0;
  private count = 0;

  constructor(
    private readonly wanted: number,
    private readonly memory = new BatchMemory(wanted),
  ) {}

  get full(): boolean {
    return this.end >= this.wanted;
  }

  get length(): number {
    return this.count;
  }

  add(block: Block, from: number, to: number): void {
    const { memory } = this;
    const { fields: source } = block;
    const first = from * fieldsOfEntry;
    const past = to * fieldsOfEntry;
    // Neighbours' keys lie side by side, and so do their values, with little in between.
    const keys = this.copy(block.bytes, source[first] ?? 0, source[past - 3] ?? 0);
    const values = this.copy(block.bytes, source[first + 2] ?? 0, source[past - 1] ?? 0);
    let at = this.count * fieldsOfEntry;
    memory.reserveFields(at, at + past - first);
    const { fields } = memory;
    for (let i = first; i < past; i += fieldsOfEntry) {
      fields[at] = (source[i] ?? 0) + keys;
      fields[at + 1] = (source[i + 1] ?? 0) + keys - trailerLength;
      fields[at + 2] = (source[i + 2] ?? 0) + values;
      fields[at + 3] = (source[i + 3] ?? 0) + values;
      at += fieldsOfEntry;
    }
    this.count += to - from;
  }

  build(): EntryBatch {
    return new EntryBatch(this.memory.bytes, this.memory.fields, this.count);
  }

  /** Copies bytes here; what is added to their positions to find them. */
  private copy(source: Uint8Array, start: number, end: number): number {
    // As far from a word's start as they are there: into shared memory V8 copies by words only then, else by bytes.
    this.end += (source.byteOffset + start - this.end) & (word - 1);
    const needed = this.end + end - start;
    this.memory.reserveBytes(this.end, needed);
    this.memory.bytes.set(source.subarray(start, end), this.end);
    const moved = this.end - start;
    this.end = needed;
    return moved;
  }
}
