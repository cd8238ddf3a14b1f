import type { Found } from './finding';

/** What was read of a database so far. */
export interface Progress {
  /** Bytes. */
  done: number;
  readonly total: number;
}

/** How much was verified. */
export interface Counts {
  /** Of the MANIFEST. */
  edits: number;
  tables: number;
  blocks: number;
  /** In tables. */
  entries: number;
  logs: number;
  records: number;
  /** In logs. */
  operations: number;
}

/** What every part of a verification is given. */
export class Walk {
  /** Counted while they are verified. */
  readonly counts: Counts = {
    edits: 0,
    tables: 0,
    blocks: 0,
    entries: 0,
    logs: 0,
    records: 0,
    operations: 0,
  };
  private total = 0;
  private done = 0;

  constructor(
    readonly found: Found,
    private readonly progress: ((progress: Progress) => void) | undefined,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** That `bytes` more will be read, or passed over. */
  expect(bytes: number): void {
    this.total += bytes;
  }

  /** @throws the signal's reason */
  check(): void {
    this.signal?.throwIfAborted();
  }

  /** That `bytes` more are done, or need not be read. @throws the signal's reason */
  passed(bytes: number): void {
    this.check();
    this.done += bytes;
    this.progress?.({ done: Math.min(this.done, this.total), total: this.total });
  }
}
