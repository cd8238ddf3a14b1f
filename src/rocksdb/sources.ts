import { compareBytes } from './coding';
import type { RangeDeletion, SortedRun, Version } from './sortedRun';
import { versionAt, type Table } from './table';
import { userKeyOf } from './version';
import type { TableMeta } from './versionEdit';
import type { Block } from './block';

/** A table of a view: what the MANIFEST says of it, and its file. */
export interface ViewTable {
  readonly meta: TableMeta;
  readonly table: Table;
}

/** One sorted input of a scan. */
export interface Source {
  /** The user key that it stands at; undefined at its end. */
  readonly key: Uint8Array | undefined;
  /** What it stands at. */
  version(): Version;
  /** To the first version at or after `key`; range deletions met on the way go to `deletions`. */
  seek(key: Uint8Array, deletions: RangeDeletion[]): void | Promise<void>;
  /** To the next version; a promise only where a block must be read first. */
  next(deletions: RangeDeletion[]): void | Promise<void>;
}

/** A run of write-ahead log operations as a source. */
export class RunSource implements Source {
  private index = 0;
  key: Uint8Array | undefined;

  constructor(private readonly run: SortedRun) {}

  version(): Version {
    return this.run.version(this.index);
  }

  seek(key: Uint8Array): void {
    this.moveTo(this.run.seek(key));
  }

  next(): void {
    this.moveTo(this.index + 1);
  }

  private moveTo(index: number): void {
    this.index = index;
    this.key = index < this.run.length ? this.run.key(index) : undefined;
  }
}

/** Tables that do not overlap, in key order: a level, or one table of level 0. */
export class LevelSource implements Source {
  private tableIndex = 0;
  private blockIndex = 0;
  private block: Block | undefined;
  private entry = 0;
  key: Uint8Array | undefined;

  constructor(private readonly tables: readonly ViewTable[]) {}

  version(): Version {
    if (!this.block) throw new RangeError('past the end');
    return versionAt(this.block, this.entry);
  }

  async seek(key: Uint8Array, deletions: RangeDeletion[]): Promise<void> {
    this.tableIndex = this.firstTable(key);
    this.key = undefined;
    const table = await this.openTable(deletions);
    if (!table) return;
    this.blockIndex = await table.seekBlock(key);
    await this.load(deletions);
    if (!this.block) return;
    const entry = seekEntry(this.block, key);
    if (entry < this.block.length) this.moveTo(this.block, entry);
    else await this.nextBlock(deletions);
  }

  next(deletions: RangeDeletion[]): void | Promise<void> {
    const block = this.block;
    const entry = this.entry + 1;
    if (block && entry < block.length) this.moveTo(block, entry);
    else return this.nextBlock(deletions);
  }

  /** The first table whose largest key is at or after `key`. */
  private firstTable(key: Uint8Array): number {
    let low = 0;
    let high = this.tables.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const largest = this.tables[middle]?.meta.largest;
      if (largest && compareBytes(userKeyOf(largest), key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private moveTo(block: Block, entry: number): void {
    this.entry = entry;
    this.key = block.userKey(entry);
  }

  private nextBlock(deletions: RangeDeletion[]): Promise<void> {
    this.blockIndex++;
    return this.load(deletions);
  }

  private async openTable(deletions: RangeDeletion[]): Promise<Table | undefined> {
    const table = this.tables[this.tableIndex]?.table;
    if (table) deletions.push(...(await table.contents()).rangeDeletions);
    return table;
  }

  /** Loads the block at `blockIndex`, or the first after it that has an entry, in this table or a later. */
  private async load(deletions: RangeDeletion[]): Promise<void> {
    for (;;) {
      const table = this.tables[this.tableIndex]?.table;
      if (!table) {
        this.block = undefined;
        this.key = undefined;
        return;
      }
      this.block = await table.block(this.blockIndex);
      if (!this.block) {
        this.tableIndex++;
        this.blockIndex = 0;
        await this.openTable(deletions);
      } else if (this.block.length > 0) {
        this.moveTo(this.block, 0);
        return;
      } else {
        this.blockIndex++;
      }
    }
  }
}

/** The first entry of a data block whose user key is at or after `key`. */
export function seekEntry(block: Block, key: Uint8Array): number {
  let low = 0;
  let high = block.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareBytes(block.userKey(middle), key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
