import { compareWithin } from '../bytes/coding';
import type { Block } from '../table/block';

/** A user key where it lies: making views of all that a merge compares would cost more than comparing. */
export class KeyPlace {
  private bytes: Uint8Array;
  private start = 0;
  private end: number;
  private memory: Uint8Array | undefined;

  constructor(key: Uint8Array = new Uint8Array(0)) {
    this.bytes = key;
    this.end = key.length;
  }

  /** To the key of an entry of a data block. */
  moveTo(block: Block, index: number): void {
    this.bytes = block.bytes;
    this.start = block.keyStart(index);
    this.end = block.userKeyEnd(index);
  }

  /** To memory of its own, if it is in that of `block`, which is to be another's. */
  leave(block: Block): void {
    if (this.bytes !== block.bytes) return;
    const length = this.end - this.start;
    if (!this.memory || this.memory.length < length) this.memory = new Uint8Array(length * 2);
    this.memory.set(this.view());
    this.bytes = this.memory;
    this.start = 0;
    this.end = length;
  }

  view(): Uint8Array {
    return this.bytes.subarray(this.start, this.end);
  }

  /** Bytewise; negative, zero or positive. */
  compareTo(other: KeyPlace): number {
    return compareWithin(this.bytes, this.start, this.end, other.bytes, other.start, other.end);
  }

  /** As `compareTo`, with the key of an entry of a data block. */
  compareToEntry(block: Block, index: number): number {
    const { bytes, start, end } = this;
    const other = block.keyStart(index);
    return compareWithin(bytes, start, end, block.bytes, other, block.userKeyEnd(index));
  }
}
