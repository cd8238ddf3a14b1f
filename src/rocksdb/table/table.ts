import { RocksDBError } from '../errors';
import type { Comparator } from '../manifest/comparator';
import { rangeOf, type KeyRange } from '../manifest/version';
import type { TableMeta } from '../manifest/versionEdit';
import { blockTrailerSize, type Block, type BlockHandle } from './block';
import type { BlockCache } from './blockCache';
import { guard, type BlockReader, type TableEnvironment, type TableFile } from './blockReader';
import { seekIndex } from './indexBlock';
import type { ScanMemory } from './readAhead';
import {
  firstBlocks,
  readTableHead,
  withIndex,
  withSharedIndex,
  type TableContents,
  type TableHead,
} from './tableContents';

/** What a table of a view is opened from. */
export interface TablePlace {
  /** Bytes, as the MANIFEST says; the footer is found from it. */
  readonly size: number;
  /** The user keys that the MANIFEST says it has. */
  readonly bounds: KeyRange;
  /** As the MANIFEST says. */
  readonly largestSequence: number;
  /** As the MANIFEST says, where it does. */
  readonly uniqueId?: Uint8Array | undefined;
}

/** Where the MANIFEST has a table. */
export function placeOf(meta: TableMeta): TablePlace {
  const { size, largestSequence, uniqueId } = meta;
  return { size, bounds: rangeOf(meta), largestSequence, uniqueId };
}

/** Several data blocks as one. */
export interface Blocks {
  readonly block: Block;
  readonly count: number;
}

/** What blocks are together when they are read as one: they stay in a processor's cache. */
const bytesAtOnce = 48 << 10;

/** One table, opened at the first question to it. */
export class Table {
  private opening: Promise<TableHead> | undefined;
  private opened: TableContents | undefined;
  private indexing: Promise<TableContents> | undefined;
  /** Where the first data blocks are, until the index tells it. */
  private first: readonly BlockHandle[] | undefined;

  constructor(
    readonly file: TableFile,
    private readonly place: TablePlace,
    private readonly environment: TableEnvironment,
    /** Where blocks are kept; not by who reads each of them once. */
    private readonly cache: BlockCache | undefined,
    /** What `sharedIndex` of another thread gave. */
    private readonly foreignIndex?: Uint8Array,
  ) {}

  /** All but its index, which costs the most. @throws CorruptionError, UnsupportedFormatError */
  head(): Promise<TableHead> {
    const { file, place, environment } = this;
    return (this.opening ??= readTableHead(file, place, environment).catch((error: unknown) => {
      this.opening = undefined; // a later try may find the file whole
      throw error;
    }));
  }

  /** @throws CorruptionError, UnsupportedFormatError */
  contents(): Promise<TableContents> {
    return (this.indexing ??= this.readIndex());
  }

  /**
   * The number of the first block, from number `start` on, that may hold `userKey` or a later key. A promise
   * only where one must wait.
   */
  seekBlock(
    userKey: Uint8Array,
    compare: Comparator['compare'],
    start = 0,
  ): number | Promise<number> {
    const { opened } = this;
    if (!opened) return this.contents().then(() => this.seekBlock(userKey, compare, start));
    const { index, indexHandle } = opened;
    return guard(this.file.path, indexHandle.offset, () =>
      seekIndex(index, userKey, compare, start),
    );
  }

  /**
   * Data block number `position`; undefined past the last. A promise only where one must wait. Where
   * blocks are not kept it may be in `memory`.
   */
  block(position: number, memory?: ScanMemory): Block | undefined | Promise<Block | undefined> {
    const { opened } = this;
    if (!opened) return this.firstBlock(position, memory);
    const { reader, index, indexHandle } = opened;
    if (position >= index.length) return undefined;
    const handle = guard(this.file.path, indexHandle.offset, () => index.handle(position));
    return this.read(reader, handle, memory);
  }

  /** As `block`, for whoever reads it once: it is not kept, and may be in `memory`. */
  blockOnce(position: number, memory: ScanMemory): Block | undefined | Promise<Block | undefined> {
    const { opened, cache } = this;
    if (!opened) return this.contents().then(() => this.blockOnce(position, memory));
    const { reader, index, indexHandle } = opened;
    if (position >= index.length) return undefined;
    const handle = guard(this.file.path, indexHandle.offset, () => index.handle(position));
    return cache?.get(this, handle.offset) ?? reader.dataBlock(handle, memory);
  }

  private read(
    reader: BlockReader,
    handle: BlockHandle,
    memory?: ScanMemory,
  ): Block | Promise<Block> {
    const { cache } = this;
    if (!cache) return reader.dataBlock(handle, memory);
    const known = cache.get(this, handle.offset);
    if (known) return known;
    const read = reader.dataBlock(handle);
    if (!(read instanceof Promise)) return cache.keep(this, handle.offset, read);
    return read.then((block) => cache.keep(this, handle.offset, block));
  }

  /**
   * Data blocks from number `position` on and before `end` as one, in `memory`, and how many they are;
   * undefined where the next one must be read alone. For who reads them all, and keeps none.
   */
  blocks(
    position: number,
    end: number,
    memory: ScanMemory,
  ): Blocks | undefined | Promise<Blocks | undefined> {
    if (!this.opened || this.cache) return undefined;
    const { reader, index, indexHandle } = this.opened;
    const past = Math.min(end, index.length);
    const handles = this.contiguous(position, past);
    if (handles.length < 2) return undefined;
    const last = guard(this.file.path, indexHandle.offset, () => index.handle(past - 1));
    const made = (block: Block | undefined) => block && { block, count: handles.length };
    const read = reader.dataBlocks(handles, last.offset + last.size + blockTrailerSize, memory);
    return read instanceof Promise ? read.then(made) : made(read);
  }

  /** Handles from `position` on and before `end` of blocks that lie one behind the other, up to some bytes. */
  private contiguous(position: number, end: number): BlockHandle[] {
    const handles: BlockHandle[] = [];
    if (!this.opened) return handles;
    const { index, indexHandle } = this.opened;
    let offset: number | undefined;
    let bytes = 0;
    for (let i = position; i < end && bytes < bytesAtOnce; i++) {
      const handle = guard(this.file.path, indexHandle.offset, () => index.handle(i));
      if (offset !== undefined && handle.offset !== offset) break;
      offset = handle.offset + handle.size + blockTrailerSize;
      bytes += handle.size;
      handles.push(handle);
    }
    return bytes < 2 * bytesAtOnce ? handles : [];
  }

  /** Whether the index was read, without which but the first blocks are not found. */
  get hasIndex(): boolean {
    return this.opened !== undefined;
  }

  /** Keys that block number `position` lies between; undefined where the table's bounds are the limit. */
  boundsOfBlock(position: number): [Uint8Array | undefined, Uint8Array | undefined] {
    const { index } = this.opened ?? { index: undefined };
    const separator = (at: number) =>
      index && at >= 0 && at < index.length - 1 ? index.separator(at) : undefined;
    return [separator(position - 1), separator(position)];
  }

  /** Lets go of what was read ahead. */
  rest(): void {
    this.opened?.reader.rest();
  }

  /** The index, if it was read, in memory that other threads can have; undefined where it cannot be. */
  sharedIndex(): Uint8Array | undefined {
    const moved = this.opened && withSharedIndex(this.opened);
    if (!moved) return undefined;
    this.opened = moved.contents;
    this.indexing = Promise.resolve(moved.contents);
    return moved.shared;
  }

  private async readIndex(): Promise<TableContents> {
    try {
      return (this.opened = await withIndex(await this.head(), this.foreignIndex));
    } catch (error) {
      this.indexing = undefined;
      throw error;
    }
  }

  /** A block as long as the index was not read: it need not be for the first ones. */
  private async firstBlock(
    position: number,
    memory: ScanMemory | undefined,
  ): Promise<Block | undefined> {
    const head = await this.head();
    this.first ??= await firstBlocks(head);
    const handle = this.first[position];
    try {
      if (handle) return await this.read(head.reader, handle, memory);
    } catch (error) {
      // The index is right: either it names another place, or what is wrong.
      if (!(error instanceof RocksDBError)) throw error;
    }
    await this.contents();
    return this.block(position, memory);
  }
}
