import { compareBytes } from './coding';
import { UnsupportedFormatError } from './errors';
import { featureOfType, ValueType } from './internalKey';
import type { RangeDeletion, SortedRun, Version } from './sortedRun';
import { userKeyAt, versionAt, type Table } from './table';
import { userKeyOf } from './version';
import type { TableMeta } from './versionEdit';
import type { Block } from './block';

/** A table of a view: what the MANIFEST says of it, and its file. */
export interface ViewTable {
  readonly meta: TableMeta;
  readonly table: Table;
}

/** One sorted input of a scan. `current` is undefined at its end. */
export interface Source {
  readonly current: Version | undefined;
  /** To the first version at or after `key`; range deletions met on the way go to `deletions`. */
  seek(key: Uint8Array, deletions: RangeDeletion[]): void | Promise<void>;
  /** To the next version; a promise only where a block must be read first. */
  next(deletions: RangeDeletion[]): void | Promise<void>;
}

/** A run of write-ahead log operations as a source. */
export class RunSource implements Source {
  private index = 0;
  constructor(private readonly run: SortedRun) {}

  get current(): Version | undefined {
    return this.index < this.run.length ? this.run.version(this.index) : undefined;
  }

  seek(key: Uint8Array): void {
    this.index = this.run.seek(key);
  }

  next(): void {
    this.index++;
  }
}

/** Tables that do not overlap, in key order: a level, or one table of level 0. */
export class LevelSource implements Source {
  private tableIndex = 0;
  private blockIndex = 0;
  private block: Block | undefined;
  private entry = 0;
  current: Version | undefined;

  constructor(private readonly tables: readonly ViewTable[]) {}

  async seek(key: Uint8Array, deletions: RangeDeletion[]): Promise<void> {
    this.tableIndex = this.tables.findIndex(
      ({ meta }) => compareBytes(userKeyOf(meta.largest), key) >= 0,
    );
    this.current = undefined;
    if (this.tableIndex < 0) return;
    const table = await this.openTable(deletions);
    if (!table) return;
    this.blockIndex = await table.seekBlock(key);
    this.entry = 0;
    await this.load(deletions);
    const block = this.block;
    if (!block || this.blockIndex < 0) return;
    this.entry = seekEntry(block, key);
    if (this.entry < block.length) this.current = versionAt(block, this.entry);
    else await this.nextBlock(deletions);
  }

  next(deletions: RangeDeletion[]): void | Promise<void> {
    const block = this.block;
    this.entry++;
    if (block && this.entry < block.length) this.current = versionAt(block, this.entry);
    else return this.nextBlock(deletions);
  }

  private nextBlock(deletions: RangeDeletion[]): Promise<void> {
    this.blockIndex++;
    this.entry = 0;
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
        this.current = undefined;
        return;
      }
      this.block = await table.block(this.blockIndex);
      if (!this.block) {
        this.tableIndex++;
        this.blockIndex = 0;
        await this.openTable(deletions);
      } else if (this.block.length > 0) {
        this.current = versionAt(this.block, 0);
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
    if (compareBytes(userKeyAt(block, middle), key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * What a version means for its key: its value, or undefined where it, or a range deletion that is
 * newer, deletes it. `place` is named in the error.
 * @throws UnsupportedFormatError for merge operands, blobs and other entries that are not shown
 */
export function valueOf(
  version: Version,
  deletions: readonly RangeDeletion[],
  place: string,
): Uint8Array | undefined {
  const { type, key, sequence, value } = version;
  for (const { start, end, sequence: deleted } of deletions) {
    if (deleted > sequence && compareBytes(start, key) <= 0 && compareBytes(key, end) < 0) {
      return undefined;
    }
  }
  switch (type) {
    case ValueType.value:
      return value;
    case ValueType.deletion:
    case ValueType.singleDeletion:
      return undefined;
    default:
      throw new UnsupportedFormatError(place, featureOfType(type));
  }
}

/**
 * The newest version of every key at or after `from`, in key order. Of several sources with the same
 * key the highest sequence wins, of equal ones (an operation in a log and in a table) the first.
 */
export async function* newestVersions(
  sources: readonly Source[],
  from: Uint8Array,
  deletions: RangeDeletion[],
): AsyncGenerator<Version> {
  for (const source of sources) await source.seek(from, deletions);
  for (;;) {
    let newest: Version | undefined;
    for (const { current } of sources) {
      if (!current) continue;
      const order = newest ? compareBytes(current.key, newest.key) : -1;
      if (order < 0 || (order === 0 && newest && current.sequence > newest.sequence)) {
        newest = current;
      }
    }
    if (!newest) return;
    yield newest;
    for (const source of sources) {
      while (source.current && compareBytes(source.current.key, newest.key) === 0) {
        const waiting = source.next(deletions);
        if (waiting) await waiting;
      }
    }
  }
}
