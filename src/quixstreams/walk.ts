import type { Entry } from '../rocksdb/index';

/** Reads entries in key order, from a key on and before another; what a store is for a walk. */
export type Scan = (from: Uint8Array, to?: Uint8Array) => AsyncIterableIterator<Entry>;

export interface KeyPage<T> {
  readonly items: readonly T[];
  /** Where the next page begins; undefined at the end. */
  readonly next: Uint8Array | undefined;
}

export interface Limits {
  /** Entries of one message key are counted up to here. */
  readonly counted: number;
  /** Keys read without a new row before a page ends, so that a page never takes long. */
  readonly scanned: number;
}

export const usualLimits: Limits = { counted: 100, scanned: 50_000 };

/** Reads on in key order, and jumps over what is not wanted. */
export class Walk {
  private iterator: AsyncIterableIterator<Entry> | undefined;

  constructor(
    private readonly scan: Scan,
    private from: Uint8Array,
    private readonly to?: Uint8Array,
  ) {}

  async next(): Promise<Entry | undefined> {
    this.iterator ??= this.scan(this.from, this.to);
    const result = await this.iterator.next();
    return result.done === true ? undefined : result.value;
  }

  async jump(from: Uint8Array): Promise<void> {
    await this.close();
    this.from = from;
  }

  async close(): Promise<void> {
    await this.iterator?.return?.();
    this.iterator = undefined;
  }
}
