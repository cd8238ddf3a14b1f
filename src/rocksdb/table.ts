// A block-based table, .sst (table/block_based/block_based_table_reader.cc):
//
//   data blocks | filter | index | compression dictionary | range deletions | properties |
//   metaindex | footer
//
// Every block is followed by its type byte (compression) and a fixed32 checksum. The metaindex maps
// names to handles. Index blocks map a separator key to the handle of a data block.

import { contextModifier, noChecksum, type Checksums } from './checksum';
import { CodingError, Cursor, compareBytes } from './coding';
import { unsupportedCompression, type Decompressor } from './compression';
import { CorruptionError, UnsupportedFormatError } from './errors';
import type { ReadableFile } from './file';
import {
  UnknownLayoutError,
  blockTrailerSize,
  decodeBlock,
  decodeDataBlock,
  readHandle,
  type Block,
  type BlockHandle,
} from './block';
import { decodeFooter, footerSize, UnknownFormatVersionError, type Footer } from './footer';
import { joinIndexes, openIndexBlock, type IndexCoding, type TableIndex } from './indexBlock';
import { parseInternalKey } from './internalKey';
import type { KeyRange } from './version';
import type { RangeDeletion, Version } from './sortedRun';
import type { BlockCache } from './blockCache';

/** What every table of a database shares. */
export interface TableEnvironment {
  readonly checksums: Checksums;
  readonly decompressor: Decompressor;
  readonly cache: BlockCache;
}

interface Contents {
  readonly footer: Footer;
  readonly index: TableIndex;
  /** Where the index is in the file, for errors. */
  readonly indexOffset: number;
  readonly rangeDeletions: readonly RangeDeletion[];
  readonly entries: number;
  readonly deletions: number;
}

const twoLevelIndex = 2;
const firstKeyIndex = 3;
const readAheadBytes = 128 << 10;
const nothing = { offset: 0, bytes: new Uint8Array(0) };

/** One table, opened at the first question to it. The file stays open until `close`. */
export class Table {
  private opened: Promise<Contents> | undefined;
  /** What was read last. */
  private ahead: { readonly offset: number; readonly bytes: Uint8Array } = nothing;

  constructor(
    readonly file: ReadableFile,
    /** Bytes, as the MANIFEST says; the footer is found from it. */
    private readonly size: number,
    private readonly bounds: KeyRange,
    private readonly environment: TableEnvironment,
  ) {}

  /** @throws CorruptionError, UnsupportedFormatError */
  contents(): Promise<Contents> {
    return (this.opened ??= this.open().catch((error: unknown) => {
      this.opened = undefined; // a later try may find the file whole
      throw this.described(error, undefined);
    }));
  }

  /** The index of the first block that may hold `userKey` or a later key. */
  async seekBlock(userKey: Uint8Array): Promise<number> {
    const { index, indexOffset } = await this.contents();
    return this.guard(indexOffset, () => {
      let low = 0;
      let high = index.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (compareBytes(index.separator(middle), userKey) < 0) low = middle + 1;
        else high = middle;
      }
      return low;
    });
  }

  /** Data block number `position`; undefined past the last. */
  async block(position: number): Promise<Block | undefined> {
    const { footer, index, indexOffset } = await this.contents();
    if (position >= index.length) return undefined;
    const handle = this.guard(indexOffset, () => index.handle(position));
    return this.environment.cache.get(this, handle.offset, async () =>
      this.decode(handle, decodeDataBlock, await this.readBlock(footer, handle)),
    );
  }

  /** Lets go of the descriptor and of what was read ahead, until the next question. */
  rest(): Promise<void> {
    this.ahead = nothing;
    return this.file.rest();
  }

  close(): Promise<void> {
    this.ahead = nothing;
    return this.file.close();
  }

  private async open(): Promise<Contents> {
    const { size } = await this.file.stat();
    if (size !== this.size) {
      throw new CorruptionError(this.file.path, `${size} bytes instead of ${this.size}`, {
        offset: Math.min(size, this.size),
      });
    }
    if (size < footerSize) throw new CorruptionError(this.file.path, 'too small for a table');
    const start = size - footerSize;
    const bytes = await this.file.readExactly(start, footerSize);
    const footer = this.guard(start, () => decodeFooter(bytes, size, this.environment.checksums));
    const meta = await this.handles(footer, footer.metaindex);
    for (const name of meta.keys()) {
      if (name === 'rocksdb.compression_dict') throw this.unsupported('compression dictionaries');
    }
    const properties = await this.properties(footer, meta.get('rocksdb.properties'));
    const indexHandle = footer.index ?? meta.get('rocksdb.index');
    if (!indexHandle) throw new CorruptionError(this.file.path, 'no index block');
    const index = await this.readIndex(footer, indexHandle, properties);
    const rangeHandle = meta.get('rocksdb.range_del');
    return {
      footer,
      index,
      indexOffset: indexHandle.offset,
      rangeDeletions: rangeHandle ? await this.readRangeDeletions(footer, rangeHandle) : [],
      entries: properties.number('rocksdb.num.entries') ?? 0,
      deletions: properties.number('rocksdb.deleted.keys') ?? 0,
    };
  }

  private async handles(footer: Footer, at: BlockHandle): Promise<Map<string, BlockHandle>> {
    const block = this.decode(at, decodeBlock, await this.readBlock(footer, at));
    const handles = new Map<string, BlockHandle>();
    for (let i = 0; i < block.length; i++) {
      const name = Buffer.from(block.key(i)).toString('latin1');
      // Some metaindex entries hold no handle, only a value; those are not asked for.
      const handle = this.guard(at.offset, () => readHandle(new Cursor(block.value(i))));
      handles.set(name, handle);
    }
    return handles;
  }

  private async properties(footer: Footer, at: BlockHandle | undefined): Promise<Properties> {
    if (!at) throw new CorruptionError(this.file.path, 'no properties block');
    const block = this.decode(at, decodeBlock, await this.readBlock(footer, at));
    const properties = new Properties(block);
    if (properties.flag('rocksdb.separate.key.value.in.data.block')) {
      throw this.unsupported('keys and values apart in blocks');
    }
    if ((properties.fixed32('rocksdb.external_sst_file.version') ?? 0) >= 2) {
      throw this.unsupported('an ingested table');
    }
    return properties;
  }

  private async readIndex(
    footer: Footer,
    at: BlockHandle,
    properties: Properties,
  ): Promise<TableIndex> {
    const type = properties.fixed32('rocksdb.block.based.table.index.type') ?? 0;
    if (type > firstKeyIndex) throw this.unsupported(`index type ${type}`);
    const delta = properties.flag('rocksdb.index.value.is.delta.encoded');
    if (type === firstKeyIndex && !delta) throw this.unsupported('first-key index without deltas');
    const coding: IndexCoding = {
      delta,
      hasFirstKey: type === firstKeyIndex,
      userKeys: properties.flag('rocksdb.index.key.is.user.key'),
    };
    const open = async (handle: BlockHandle) => {
      const bytes = await this.readBlock(footer, handle);
      return this.decode(handle, (block) => openIndexBlock(block, coding), bytes);
    };
    const top = await open(at);
    if (type !== twoLevelIndex) return top;
    const parts: TableIndex[] = [];
    for (let i = 0; i < top.length; i++) {
      parts.push(await open(this.guard(at.offset, () => top.handle(i))));
    }
    return this.guard(at.offset, () => joinIndexes(parts));
  }

  /**
   * A range that reaches over several tables stands whole in each of them and counts in each within
   * its bounds only (TruncatedRangeDelIterator in db/range_del_aggregator.cc): the others may have been
   * compacted to the last level since, where the sequences of newer entries become 0.
   */
  private async readRangeDeletions(footer: Footer, at: BlockHandle): Promise<RangeDeletion[]> {
    const block = this.decode(at, decodeBlock, await this.readBlock(footer, at));
    const { start: first, end: past } = this.bounds;
    const ranges: RangeDeletion[] = [];
    for (let i = 0; i < block.length; i++) {
      const { userKey, sequence } = this.guard(at.offset, () => parseInternalKey(block.key(i)));
      const start = compareBytes(userKey, first) < 0 ? first : userKey;
      const end = compareBytes(block.value(i), past) > 0 ? past : block.value(i);
      if (compareBytes(start, end) < 0) ranges.push({ start, end, sequence });
    }
    return ranges;
  }

  /** A block's contents, its checksum checked and its compression undone. */
  private async readBlock(footer: Footer, { offset, size }: BlockHandle): Promise<Uint8Array> {
    const file = this.file.path;
    if (offset + size + blockTrailerSize > this.size) {
      throw new CorruptionError(file, 'block past the end of the file', { offset });
    }
    const bytes = await this.readBytes(offset, size + blockTrailerSize);
    const type = bytes[size] ?? 0;
    if (footer.checksumKind !== noChecksum) {
      const stored = new DataView(bytes.buffer, bytes.byteOffset).getUint32(size + 1, true);
      const computed = this.environment.checksums.ofBlock(
        footer.checksumKind,
        bytes.subarray(0, size + 1),
      );
      if (computed === undefined) throw this.unsupported(`checksum kind ${footer.checksumKind}`);
      if ((computed + contextModifier(footer.contextBase, offset)) >>> 0 !== stored) {
        throw new CorruptionError(file, 'block checksum mismatch', { offset });
      }
    }
    const feature = unsupportedCompression(type);
    if (feature !== undefined) throw this.unsupported(feature, offset);
    try {
      return await this.environment.decompressor.decompress(type, bytes.subarray(0, size));
    } catch (error) {
      throw this.described(error, offset);
    }
  }

  /** Reads ahead where blocks are read one after the other. */
  private async readBytes(offset: number, length: number): Promise<Uint8Array> {
    const { ahead } = this;
    const start = offset - ahead.offset;
    const sequential = start > 0 && start <= ahead.bytes.length;
    if (sequential && start + length <= ahead.bytes.length) {
      return ahead.bytes.slice(start, start + length);
    }
    if (!sequential || length > readAheadBytes) {
      const bytes = await this.file.readExactly(offset, length);
      this.ahead = { offset, bytes };
      return bytes;
    }
    const bytes = await this.file.readExactly(offset, Math.min(readAheadBytes, this.size - offset));
    this.ahead = { offset, bytes };
    return bytes.slice(0, length);
  }

  private decode<T>(handle: BlockHandle, decode: (bytes: Uint8Array) => T, bytes: Uint8Array): T {
    return this.guard(handle.offset, () => decode(bytes));
  }

  /** Runs a decoder and gives its errors this file and `offset`. */
  private guard<T>(offset: number, decode: () => T): T {
    try {
      return decode();
    } catch (error) {
      throw this.described(error, offset);
    }
  }

  private described(cause: unknown, offset: number | undefined): unknown {
    if (cause instanceof CodingError) {
      return new CorruptionError(this.file.path, cause.message, { offset, cause });
    }
    if (cause instanceof UnknownLayoutError || cause instanceof UnknownFormatVersionError) {
      return new UnsupportedFormatError(this.file.path, cause.message, { offset, cause });
    }
    return cause;
  }

  private unsupported(feature: string, offset?: number): UnsupportedFormatError {
    return new UnsupportedFormatError(this.file.path, feature, { offset });
  }
}

/** The properties block: names and values of many kinds. */
class Properties {
  private readonly values = new Map<string, Uint8Array>();

  constructor(block: Block) {
    for (let i = 0; i < block.length; i++) {
      this.values.set(Buffer.from(block.key(i)).toString('latin1'), block.value(i));
    }
  }

  /** A count, which is a varint64. */
  number(name: string): number | undefined {
    const value = this.values.get(name);
    return value && new Cursor(value).varint();
  }

  flag(name: string): boolean {
    return (this.number(name) ?? 0) !== 0;
  }

  fixed32(name: string): number | undefined {
    const value = this.values.get(name);
    return value && new Cursor(value).fixed32();
  }
}

/** The version that entry `index` of a data block holds. @throws CodingError */
export function versionAt(block: Block, index: number): Version {
  const { userKey, sequence, type } = parseInternalKey(block.key(index));
  return { key: userKey, sequence, type, value: block.value(index) };
}
