import { BlockMemory } from '../kernel/kernel';

/** Bytes that are read ahead at first: whoever shows a page needs little. */
const firstAmount = 8 << 10;

/** What was read last, often more than was asked for: one reads on from there. */
export class ReadAhead {
  private of: object | undefined;
  private offset = 0;
  private bytes: Uint8Array = new Uint8Array(0);
  private amount = firstAmount;

  /** `length` bytes at `offset` of what `of` reads, where they were read already. */
  find(of: object, offset: number, length: number): Uint8Array | undefined {
    if (!this.isSequential(of, offset)) return undefined;
    const start = offset - this.offset;
    return start + length <= this.bytes.length
      ? this.bytes.subarray(start, start + length)
      : undefined;
  }

  /** Whether one who asks for `offset` reads one piece after the other. */
  private isSequential(of: object, offset: number): boolean {
    const start = offset - this.offset;
    return this.of === of && start > 0 && start <= this.bytes.length;
  }

  /** How many bytes to read at once from `offset` on, up to `most`: more and more as one goes on; else 0. */
  amountAt(of: object, offset: number, most: number): number {
    if (!this.isSequential(of, offset)) {
      this.amount = firstAmount;
      return 0;
    }
    const amount = Math.min(this.amount, most);
    this.amount = amount * 2;
    return amount;
  }

  /** Memory to read `length` bytes into, if it has some. */
  memory(_length: number): Uint8Array | undefined {
    return undefined;
  }

  keep(of: object, offset: number, bytes: Uint8Array): void {
    this.of = of;
    this.offset = offset;
    this.bytes = bytes;
  }

  clear(): void {
    this.of = undefined;
    this.bytes = new Uint8Array(0);
  }
}

/** That reads into the same memory again and again: whoever asks is done with what was found before. */
class ReusedReadAhead extends ReadAhead {
  private own = new Uint8Array(0);

  override memory(length: number): Uint8Array {
    this.clear();
    if (length > this.own.length) this.own = new Uint8Array(length);
    return this.own.subarray(0, length);
  }

  get size(): number {
    return this.own.length;
  }
}

/** What a scan reads one table's blocks after the other's with; see BlockMemory. */
export class ScanMemory extends BlockMemory {
  readonly ahead = new ReusedReadAhead();

  /** Bytes. */
  get size(): number {
    return this.bytes.length + this.fields.byteLength + this.ahead.size;
  }
}

/** Of one source's memory, when its scan is done: what large values needed is let go. */
const mostKept = 4 << 20;

/** The memory of one scan's sources, and then of the next one's. */
export class ScanMemories {
  private readonly all: ScanMemory[] = [];
  private used = 0;

  /** For a scan that begins: those before are done. */
  restart(): this {
    this.used = 0;
    return this;
  }

  next(): ScanMemory {
    const known = this.all[this.used];
    const next = known && known.size <= mostKept ? known : new ScanMemory();
    this.all[this.used++] = next;
    return next;
  }
}
