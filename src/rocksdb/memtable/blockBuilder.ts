import { trailerLength } from '../internalKey';

/**
 * Writes entries, in key order, as blocks of a table are written (table/block.ts), without restart
 * points: each block's first key stands whole, which is where a lookup begins.
 */
export class BlockBuilder {
  private bytes: Uint8Array;
  private end = 0;
  private readonly starts: number[] = [0];
  private count = 0;
  /** The user key of the last entry, where it was copied from. */
  private last: Uint8Array = new Uint8Array(0);
  private lastStart = 0;
  private lastEnd = 0;

  /** `size`: bytes that are expected. A block ends by itself when it has `blockBytes`. */
  constructor(
    size: number,
    private readonly blockBytes: number,
  ) {
    this.bytes = new Uint8Array(size + 64);
  }

  /** Positions are in `source`: those of a user key, and of its value. */
  add(
    source: Uint8Array,
    keyStart: number,
    keyEnd: number,
    valueStart: number,
    valueEnd: number,
    sequence: number,
    type: number,
  ): void {
    if (this.end - (this.starts.at(-1) ?? 0) >= this.blockBytes) this.endBlock();
    const first = this.end === this.starts.at(-1);
    const shared = first ? 0 : this.sharedWithLast(source, keyStart, keyEnd);
    const tail = keyEnd - keyStart - shared;
    this.reserve(tail + trailerLength + valueEnd - valueStart + 20);
    this.varint(shared);
    this.varint(tail + trailerLength);
    this.varint(valueEnd - valueStart);
    this.copy(source, keyStart + shared, keyEnd);
    this.bytes[this.end++] = type;
    let rest = sequence;
    for (let i = 0; i < 7; i++) {
      this.bytes[this.end++] = rest % 256;
      rest = Math.floor(rest / 256);
    }
    this.copy(source, valueStart, valueEnd);
    this.last = source;
    this.lastStart = keyStart;
    this.lastEnd = keyEnd;
    this.count++;
  }

  /** The entries since the last block's end are one. */
  endBlock(): void {
    this.reserve(4);
    for (let i = 0; i < 4; i++) this.bytes[this.end++] = 0; // no restart points
    this.starts.push(this.end);
  }

  /** All blocks that have ended, a view. */
  contents(): Uint8Array {
    return this.bytes.subarray(0, this.end);
  }

  /** The blocks one behind the other, where each starts, and where the last ends. */
  build(): { bytes: Uint8Array; starts: Uint32Array; count: number } {
    const contents = this.contents();
    // Shared with the threads that scan.
    const bytes = new Uint8Array(new SharedArrayBuffer(contents.length));
    bytes.set(contents);
    return { bytes, starts: Uint32Array.from(this.starts), count: this.count };
  }

  private reserve(length: number): void {
    if (this.end + length <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.end + length, this.bytes.length * 2));
    larger.set(this.bytes.subarray(0, this.end));
    this.bytes = larger;
  }

  private varint(value: number): void {
    while (value >= 128) {
      this.bytes[this.end++] = (value % 128) + 128;
      value = Math.floor(value / 128);
    }
    this.bytes[this.end++] = value;
  }

  /** Up to 64 bytes a loop is faster than the call into the runtime. */
  private copy(source: Uint8Array, start: number, end: number): void {
    if (end - start > 64) {
      this.bytes.set(source.subarray(start, end), this.end);
      this.end += end - start;
    } else {
      for (let i = start; i < end; i++) this.bytes[this.end++] = source[i] ?? 0;
    }
  }

  private sharedWithLast(source: Uint8Array, start: number, end: number): number {
    const { last, lastStart } = this;
    const limit = Math.min(this.lastEnd - lastStart, end - start);
    let length = 0;
    while (length < limit && last[lastStart + length] === source[start + length]) length++;
    return length;
  }
}
