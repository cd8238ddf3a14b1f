// A block-based table, .sst (table/block_based/block_based_table_reader.cc):
//
//   data blocks | filter | index | compression dictionary | range deletions | properties |
//   metaindex | footer
//
// Every block is followed by its type byte (compression) and a fixed32 checksum. The metaindex maps
// names to handles. Index blocks map a separator key to the handle of a data block.

import { CodingError, compareBytes, Cursor } from '../bytes/coding';
import { CorruptionError, UnsupportedFormatError } from '../errors';
import { parseInternalKey } from '../internalKey';
import { bytewise, comparatorOf, type Comparator } from '../manifest/comparator';
import type { KeyRange } from '../manifest/version';
import type { RangeDeletion } from '../memtable/rangeDeletion';
import { decodeBlock, readHandle, type BlockHandle } from './block';
import { BlockReader, guard, type TableEnvironment, type TableFile } from './blockReader';
import { decodeFooter, footerSize } from './footer';
import { firstHandles, indexStartBytes } from './indexStart';
import { joinIndexes, openIndexBlock, type IndexCoding, type TableIndex } from './indexBlock';
import { ingestedSequence, withoutWrittenSequence } from './ingestedTable';
import type { TablePlace } from './table';
import { TableFilter } from './tableFilter';
import { TableProperties } from './tableProperties';
import { uniqueIdOf } from './uniqueId';

/** What a table says of itself but for its index, and what reads its blocks. */
export interface TableHead {
  /** Reads data blocks. */
  readonly reader: BlockReader;
  /** Reads all others. */
  readonly meta: BlockReader;
  readonly properties: TableProperties;
  /** Where the index is. */
  readonly indexHandle: BlockHandle;
  readonly indexCoding: TableIndexCoding;
  /** Clipped to the table's bounds. */
  readonly rangeDeletions: readonly RangeDeletion[];
  /** Tells of keys that are not there; undefined where there is none, or none that is known. */
  readonly filter: TableFilter | undefined;
}

/** All of a table but its data. */
export interface TableContents extends TableHead {
  readonly index: TableIndex;
}

interface TableIndexCoding extends IndexCoding {
  readonly twoLevels: boolean;
}

const twoLevelIndex = 2;
const firstKeyIndex = 3;

/**
 * Opens the table in `file` and reads its index.
 * @throws CorruptionError, UnsupportedFormatError
 */
export async function readTableContents(
  file: TableFile,
  place: TablePlace,
  environment: TableEnvironment,
): Promise<TableContents> {
  return withIndex(await readTableHead(file, place, environment));
}

/** Footer, metaindex and properties, which are read at once where they are as short as usual. */
const tailBytes = 4 << 10;

/**
 * Opens the table in `file`.
 * @throws CorruptionError, UnsupportedFormatError
 */
export async function readTableHead(
  file: TableFile,
  { size, bounds, largestSequence, uniqueId }: TablePlace,
  environment: TableEnvironment,
): Promise<TableHead> {
  if (size < footerSize) throw new CorruptionError(file.path, 'too small for a table');
  const start = Math.max(0, size - tailBytes);
  const tail = { offset: start, bytes: await file.readExactly(start, size - start) };
  const footerAt = size - footerSize;
  const footer = guard(file.path, footerAt, () =>
    decodeFooter(tail.bytes.subarray(footerAt - start), size, environment.kernel),
  );
  const meta = new BlockReader(file, size, footer, environment, tail);
  const handles = await meta.read(footer.metaindex, decodeMetaindex);
  const propertiesHandle = handles.get('rocksdb.properties');
  if (!propertiesHandle) throw new CorruptionError(file.path, 'no properties block');
  const properties = await meta.read(
    propertiesHandle,
    TableProperties.decode,
    withoutWrittenSequence,
  );
  guard(file.path, propertiesHandle.offset, () => {
    checkIdentity(properties, uniqueId);
  });
  const sequence = guard(file.path, propertiesHandle.offset, () =>
    ingestedSequence(properties, largestSequence),
  );
  const dictionaryHandle = handles.get('rocksdb.compression_dict');
  const reader = meta.with({
    dictionary: dictionaryHandle && (await meta.read(dictionaryHandle, (contents) => contents)),
    separateValues: properties.flag('rocksdb.separate.key.value.in.data.block'),
    sequence,
  });
  const indexHandle = footer.index ?? handles.get('rocksdb.index');
  if (!indexHandle) throw new CorruptionError(file.path, 'no index block');
  const indexCoding = guard(file.path, propertiesHandle.offset, () =>
    indexCodingOf(file.path, properties),
  );
  const rangeHandle = handles.get('rocksdb.range_del');
  const { compare } = comparatorOf(properties.text('rocksdb.comparator') ?? '') ?? bytewise;
  const rangeDeletions = rangeHandle
    ? await meta.read(rangeHandle, (contents) =>
        decodeRangeDeletions(contents, bounds, sequence, compare),
      )
    : [];
  const filter = TableFilter.of(meta, handles, properties, indexCoding);
  return { reader, meta, properties, indexHandle, indexCoding, rangeDeletions, filter };
}

/** @throws CodingError where the MANIFEST means another table */
function checkIdentity(properties: TableProperties, expected: Uint8Array | undefined): void {
  const database = properties.text('rocksdb.creating.db.identity');
  const session = properties.text('rocksdb.creating.session.identity');
  const number = properties.number('rocksdb.original.file.number');
  if (!expected || database === undefined || session === undefined || !number) return;
  const found = uniqueIdOf({ database, session, number });
  if (found && compareBytes(found, expected) !== 0) {
    throw new CodingError('another table than the one that the MANIFEST means', 0);
  }
}

const askedFor =
  /^(rocksdb\.(properties|index|range_del|compression_dict)|(full|partitioned)filter\..*)$/;

function decodeMetaindex(contents: Uint8Array): Map<string, BlockHandle> {
  const block = decodeBlock(contents);
  const handles = new Map<string, BlockHandle>();
  for (const [i, name] of block.names().entries()) {
    // What others have need not be a handle.
    if (askedFor.test(name)) handles.set(name, readHandle(new Cursor(block.value(i))));
  }
  return handles;
}

/** @throws UnsupportedFormatError */
function indexCodingOf(file: string, properties: TableProperties): TableIndexCoding {
  const type = properties.fixed32('rocksdb.block.based.table.index.type') ?? 0;
  if (type > firstKeyIndex) throw new UnsupportedFormatError(file, `index type ${type}`);
  const twoLevels = type === twoLevelIndex;
  return {
    twoLevels,
    delta: properties.flag('rocksdb.index.value.is.delta.encoded'),
    hasFirstKey: type === firstKeyIndex,
    userKeys: properties.flag('rocksdb.index.key.is.user.key'),
    blocks: twoLevels ? undefined : properties.number('rocksdb.num.data.blocks'),
  };
}

/** Reads the index, or takes what `sharedIndex` of another thread gave. @throws CorruptionError, UnsupportedFormatError */
export async function withIndex(head: TableHead, shared?: Uint8Array): Promise<TableContents> {
  const { meta, indexHandle, indexCoding } = head;
  if (shared) return { ...head, index: openIndexBlock(shared, indexCoding) };
  const open = (at: BlockHandle) => meta.read(at, (block) => openIndexBlock(block, indexCoding));
  const top = await open(indexHandle);
  const parts: TableIndex[] = [];
  for (let i = 0; indexCoding.twoLevels && i < top.length; i++) {
    const handle = guard(meta.file.path, indexHandle.offset, () => top.handle(i));
    parts.push(await open(handle));
  }
  meta.rest();
  return { ...head, index: indexCoding.twoLevels ? joinIndexes(parts) : top };
}

/**
 * The index in memory that other threads can have, and the contents that it is part of then; undefined
 * for one in two levels, or that had to be decoded.
 */
export function withSharedIndex(
  contents: TableContents,
): { contents: TableContents; shared: Uint8Array } | undefined {
  const { bytes } = contents.index;
  if (!bytes || contents.indexCoding.twoLevels) return undefined;
  if (bytes.buffer instanceof SharedArrayBuffer) return { contents, shared: bytes };
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return { contents: { ...contents, index: openIndexBlock(shared, contents.indexCoding) }, shared };
}

/** Where the first data blocks are, if the index is long (indexStart.ts). @throws CorruptionError */
export async function firstBlocks(head: TableHead): Promise<readonly BlockHandle[]> {
  const { meta, indexHandle, indexCoding } = head;
  const { twoLevels } = indexCoding;
  if (twoLevels || !meta.isPlain || indexHandle.size <= indexStartBytes) return [];
  const [start, compression] = await meta.start(indexHandle, indexStartBytes);
  return firstHandles(start, compression, indexCoding);
}

/**
 * A range that reaches over several tables stands whole in each of them and counts in each within
 * its bounds only (TruncatedRangeDelIterator in db/range_del_aggregator.cc): the others may have been
 * compacted to the last level since, where the sequences of newer entries become 0.
 */
function decodeRangeDeletions(
  contents: Uint8Array,
  bounds: KeyRange,
  ofAll: number | undefined,
  compare: Comparator['compare'],
): RangeDeletion[] {
  const block = decodeBlock(contents);
  const ranges: RangeDeletion[] = [];
  for (let i = 0; i < block.length; i++) {
    const { userKey, sequence: own } = parseInternalKey(block.key(i));
    const sequence = ofAll ?? own;
    const start = compare(userKey, bounds.start) < 0 ? bounds.start : userKey;
    const clipped = compare(block.value(i), bounds.end) > 0;
    const end = clipped ? bounds.end : block.value(i);
    const endIncluded = clipped && bounds.endIncluded === true;
    if (compare(start, end) < (endIncluded ? 1 : 0)) {
      ranges.push({ start, end, endIncluded, sequence });
    }
  }
  return ranges;
}
