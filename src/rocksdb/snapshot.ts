import type { ColumnFamilyView } from './view';
import type { TableFiles } from './tableFiles';

/**
 * One point in time of a whole database. It holds its tables open until it is no longer the current
 * one and the last scan on it has ended.
 */
export class Snapshot {
  private users = 1;

  constructor(
    readonly families: ReadonlyMap<string, ColumnFamilyView>,
    private readonly tables: readonly number[],
    private readonly files: TableFiles,
  ) {}

  acquire(): this {
    this.users++;
    return this;
  }

  /** Closes descriptors until they are needed again. */
  rest(): Promise<void> {
    return this.files.rest();
  }

  async release(): Promise<void> {
    if (--this.users === 0) await this.files.release(this.tables);
  }
}
