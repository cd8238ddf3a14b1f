// Where a table has its filter (block_based_table_reader.cc, partitioned_filter_block.cc). The metaindex
// names it by its kind and by who made it, which is RocksDB itself for all filters that are read here:
//
//   fullfilter.rocksdb.BuiltinBloomFilter         one block
//   partitionedfilter.rocksdb.BuiltinBloomFilter  an index of such blocks, coded as the table's own: the
//                                                 first whose separator is at or after a key has it
//   filter.…                                      before RocksDB 7, on demand: one for so many bytes of
//                                                 data; not read
//
// A filter may also be made of keys' prefixes alone; then it says nothing about a key.

import { CodingError, compareBytes } from '../bytes/coding';
import { CorruptionError, UnsupportedFormatError } from '../errors';
import type { BlockHandle } from './block';
import type { BlockReader } from './blockReader';
import { openFilter, type Filter } from './filter';
import type { HashedKey } from './filterHash';
import { openIndexBlock, seekIndex, type IndexCoding, type TableIndex } from './indexBlock';
import type { TableProperties } from './tableProperties';

const maker = 'rocksdb.BuiltinBloomFilter';
const bytewise = 'leveldb.BytewiseComparator';

/** Tells which keys a table does not have. Its blocks are read when they are asked for, and kept. */
export class TableFilter {
  /** By the offset of their block; undefined where a block is damaged or of another kind. */
  private readonly filters = new Map<number, Filter | undefined>();
  /** Those that are being read. */
  private readonly opening = new Map<number, Promise<Filter | undefined>>();
  /** Of the parts; null where it is damaged. */
  private index: TableIndex | null | undefined;

  private constructor(
    private readonly reader: BlockReader,
    private readonly handle: BlockHandle,
    /** Of the index, where there is one. */
    private readonly coding: IndexCoding | undefined,
  ) {}

  /** The filter of a table; undefined where there is none that tells of keys. */
  static of(
    reader: BlockReader,
    handles: ReadonlyMap<string, BlockHandle>,
    properties: TableProperties,
    coding: IndexCoding,
  ): TableFilter | undefined {
    if (properties.text('rocksdb.block.based.table.whole.key.filtering') === '0') return undefined;
    const full = handles.get(`fullfilter.${maker}`);
    if (full) return new TableFilter(reader, full, undefined);
    const parts = handles.get(`partitionedfilter.${maker}`);
    // Parts in another order are not searched.
    if (!parts || properties.text('rocksdb.comparator') !== bytewise) return undefined;
    return new TableFilter(reader, parts, { ...coding, hasFirstKey: false, blocks: undefined });
  }

  /**
   * False where the table has no operation on `key`, range deletions aside. A filter that cannot be
   * read says true: it is no part of the data. A promise only where a block must be read.
   */
  mayContain(key: HashedKey): boolean | Promise<boolean> {
    if (!this.coding) return this.ask(this.handle, key);
    if (this.index === undefined) {
      return this.openIndex(this.coding).then((index) => this.askPart(index, key));
    }
    return this.askPart(this.index, key);
  }

  private askPart(index: TableIndex | null, key: HashedKey): boolean | Promise<boolean> {
    const part = index && partWith(index, key.userKey);
    return part ? this.ask(part, key) : true;
  }

  private ask(handle: BlockHandle, key: HashedKey): boolean | Promise<boolean> {
    if (this.filters.has(handle.offset)) return this.filters.get(handle.offset)?.(key) ?? true;
    let opening = this.opening.get(handle.offset);
    if (!opening) {
      opening = this.open(handle).finally(() => this.opening.delete(handle.offset));
      this.opening.set(handle.offset, opening);
    }
    return opening.then((filter) => filter?.(key) ?? true);
  }

  private async open(handle: BlockHandle): Promise<Filter | undefined> {
    let filter: Filter | undefined;
    try {
      // A copy: what was read may be a view of far more.
      filter = await this.reader.read(handle, (contents) => openFilter(contents.slice()));
      this.reader.rest();
    } catch (error) {
      if (!isDamage(error)) throw error;
    }
    this.filters.set(handle.offset, filter);
    return filter;
  }

  private async openIndex(coding: IndexCoding): Promise<TableIndex | null> {
    try {
      this.index = await this.reader.read(this.handle, (block) => openIndexBlock(block, coding));
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.index = null;
    }
    return this.index;
  }
}

/** The block of the part that a key is in; undefined behind the last, or where the index is damaged. */
function partWith(index: TableIndex, userKey: Uint8Array): BlockHandle | undefined {
  try {
    const part = seekIndex(index, userKey, compareBytes);
    return part === index.length ? undefined : index.handle(part);
  } catch (error) {
    if (error instanceof CodingError) return undefined;
    throw error;
  }
}

function isDamage(error: unknown): boolean {
  return error instanceof CorruptionError || error instanceof UnsupportedFormatError;
}
