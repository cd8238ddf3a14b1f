import { CorruptionError } from '../errors';
import { BlockMemory } from '../kernel/kernel';
import type { Comparator } from '../manifest/comparator';
import { userKeyOf } from '../manifest/version';
import type { TableMeta } from '../manifest/versionEdit';
import type { RangeDeletion } from '../memtable/rangeDeletion';
import { seekBlock, type Run } from '../memtable/run';
import type { Block } from '../table/block';
import type { ScanMemory } from '../table/readAhead';
import type { Blocks, Table } from '../table/table';
import { KeyPlace } from './keyPlace';

/** A table of a view: what the MANIFEST says of it, and its file. */
export interface ViewTable {
  readonly meta: TableMeta;
  readonly table: Table;
}

/** Keys from `first` to `last`, both included, may be missing, or older than they should be. */
export interface Damage {
  readonly error: CorruptionError;
  readonly first: Uint8Array;
  readonly last: Uint8Array;
}

/** Blocks in key order: one sorted input of a scan, at one entry or at its end. */
export abstract class Source {
  /** The block that it stands in; undefined at its end. */
  block: Block | undefined;
  position = 0;
  /** The user key that it stands at, while there is a block. */
  readonly key = new KeyPlace();

  /** `rank`: among sources with the same operation the lowest wins. */
  constructor(readonly rank: number) {}

  get sequence(): number {
    return this.block?.sequence(this.position) ?? 0;
  }

  /** To the first entry at or after `key`, or of all; a promise only where something must be read first. */
  abstract seek(key: Uint8Array | undefined): void | Promise<void>;

  /** To the first entry of the next block that has one, or to the end. */
  protected abstract nextBlock(): void | Promise<void>;

  /** To an entry of this block, or the next block's first where it ends before that. */
  moveTo(position: number): void | Promise<void> {
    const { block } = this;
    if (!block || position >= block.length) return this.nextBlock();
    this.position = position;
    this.key.moveTo(block, position);
  }

  protected enter(block: Block | undefined): void {
    this.block = block;
    this.position = 0;
    if (block) this.key.moveTo(block, 0);
  }
}

/** A run of write-ahead log operations as a source. */
export class RunSource extends Source {
  private next = 0;

  constructor(
    rank: number,
    private readonly run: Run,
    private readonly compare: Comparator['compare'],
    private readonly memory: BlockMemory = new BlockMemory(),
  ) {
    super(rank);
  }

  seek(key: Uint8Array | undefined): void {
    this.next = key ? seekBlock(this.run, key, this.compare) : 0;
    this.nextBlock();
    if (key && this.block) void this.moveTo(this.block.seek(key, this.compare));
  }

  protected nextBlock(): void {
    this.enter(this.next < this.run.blocks ? this.run.block(this.next++, this.memory) : undefined);
  }
}

/** Of tables in key order the first whose largest key is at or after `key`. */
export function firstTable(
  tables: readonly ViewTable[],
  key: Uint8Array,
  compare: Comparator['compare'],
): number {
  let low = 0;
  let high = tables.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const largest = tables[middle]?.meta.largest;
    if (largest && compare(userKeyOf(largest), key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What was found where a block should be; `past`: the table has no more. */
type Found = Block | 'past' | 'damaged';

/** Tables that do not overlap, in key order: a level, or one table of level 0. */
export class LevelSource extends Source {
  private tableIndex = 0;
  private blockIndex = 0;
  /** The table at `tableIndex`, once it is open. */
  private opened: ViewTable | undefined;
  /** Past the last block of that table that is wanted. */
  private end = Infinity;
  /** A first block may be the only one that is wanted. */
  private sequential = false;

  constructor(
    rank: number,
    private readonly tables: readonly ViewTable[],
    /** The first key no longer wanted. */
    private readonly to: Uint8Array | undefined,
    private readonly comparator: Comparator,
    private readonly memory: ScanMemory,
    /** Where range deletions go that are met. */
    private readonly deletions: RangeDeletion[],
    /** Told of what cannot be read, which is passed over then; without it that is thrown. */
    private readonly onDamage: ((damage: Damage) => void) | undefined,
  ) {
    super(rank);
  }

  async seek(key: Uint8Array | undefined): Promise<void> {
    const { compare } = this.comparator;
    this.startAt(key ? firstTable(this.tables, key, compare) : 0);
    const current = this.tables[this.tableIndex];
    if (current) await this.open(current, key);
    await this.load();
    if (key && this.block) await this.moveTo(this.block.seek(key, compare));
  }

  protected nextBlock(): void | Promise<void> {
    this.blockIndex++;
    return this.load();
  }

  private startAt(tableIndex: number): void {
    this.tableIndex = tableIndex;
    this.blockIndex = 0;
    this.opened = undefined;
  }

  /** Opens the table at `tableIndex`, at `key` if need be; when it cannot be read, it is the next one's turn. */
  private async open(current: ViewTable, key?: Uint8Array): Promise<void> {
    const { table, meta } = current;
    try {
      const { rangeDeletions } = await table.head();
      if (key) this.blockIndex = await table.seekBlock(key, this.comparator.compare);
      this.end = await this.endOf(current);
      this.deletions.push(...rangeDeletions);
      this.opened = current;
    } catch (error) {
      this.passOver(error, userKeyOf(meta.smallest), userKeyOf(meta.largest));
      this.startAt(this.tableIndex + 1);
    }
  }

  private async endOf({ table, meta }: ViewTable): Promise<number> {
    const { to, comparator } = this;
    if (!to || comparator.compare(userKeyOf(meta.largest), to) < 0) return Infinity;
    // Where the index is damaged, who comes to it says so.
    try {
      return (await table.seekBlock(to, comparator.compare)) + 1;
    } catch {
      return Infinity;
    }
  }

  /** Enters the block at `blockIndex`, or the first after it that has an entry, in this table or a later. */
  private load(): void | Promise<void> {
    for (;;) {
      const current = this.tables[this.tableIndex];
      if (!current || this.blockIndex >= this.end) return this.enter(undefined);
      if (this.opened !== current) return this.open(current).then(() => this.load());
      const found = this.read(current);
      if (found instanceof Promise) {
        return found.then((read) => (this.arrive(read) ? undefined : this.load()));
      }
      if (this.arrive(found)) return;
    }
  }

  /** The next block, or the next ones as one: then `blockIndex` is that of the last of them. */
  private read(current: ViewTable): Found | Promise<Found> {
    const { table } = current;
    const several = this.sequential
      ? table.blocks(this.blockIndex, this.end, this.memory)
      : undefined;
    this.sequential = true;
    if (!several) return this.readOne(current);
    if (several instanceof Promise) {
      return several.then((blocks) => (blocks ? this.pass(blocks) : this.readOne(current)));
    }
    return this.pass(several);
  }

  private pass({ block, count }: Blocks): Block {
    this.blockIndex += count - 1;
    return block;
  }

  private readOne({ table, meta }: ViewTable): Found | Promise<Found> {
    const failed = (error: unknown): Found => {
      const [first, last] = table.boundsOfBlock(this.blockIndex);
      this.passOver(error, first ?? userKeyOf(meta.smallest), last ?? userKeyOf(meta.largest));
      return table.hasIndex ? 'damaged' : 'past';
    };
    try {
      const block = table.block(this.blockIndex, this.memory);
      if (block instanceof Promise) return block.then((read) => read ?? 'past', failed);
      return block ?? 'past';
    } catch (error) {
      return failed(error);
    }
  }

  /** Whether there is an entry to stand at; if not, it is the next block's turn. */
  private arrive(found: Found): boolean {
    if (found === 'past') this.startAt(this.tableIndex + 1);
    else if (found === 'damaged' || found.length === 0) this.blockIndex++;
    else {
      this.enter(found);
      return true;
    }
    return false;
  }

  private passOver(error: unknown, first: Uint8Array, last: Uint8Array): void {
    if (!this.onDamage || !(error instanceof CorruptionError)) throw error;
    this.onDamage({ error, first, last });
  }
}
