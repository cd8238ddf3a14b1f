// An index block (table/block_based/index_builder.cc): a separator at or after the last key of a data
// block, and that block's handle. The layout is that of all blocks (block.ts), but from format version
// 4 on entries have no value length, and the handle is
//
//   with shared = 0   varint64 offset | varint64 size
//   else              zigzag of size minus the size before; the offset follows the block before
//
// Index type 3 adds a length-prefixed first key. By default every entry is a restart point: then one
// entry is decoded when it is asked for, and a page of a large table does not cost its whole index.

import { blockLayout } from '../kernel/blockEntries';
import { blockTrailerSize, readHandle, type BlockHandle } from './block';
import { CodingError, Cursor } from '../bytes/coding';
import { trailerLength } from '../internalKey';
import type { Comparator } from '../manifest/comparator';

/** Data blocks in key order. @throws CodingError from both functions */
export interface TableIndex {
  readonly length: number;
  /** A user key at or after the last of block `position`, before the first of the next. */
  separator(position: number): Uint8Array;
  handle(position: number): BlockHandle;
  /** What `openIndexBlock` makes it of, where it is no more than that. */
  readonly bytes?: Uint8Array;
}

/** How an index is written, as the table's properties say. */
export interface IndexCoding {
  readonly delta: boolean;
  readonly hasFirstKey: boolean;
  /** Separators are user keys; otherwise internal ones. */
  readonly userKeys: boolean;
  /** How many entries there are, where it is known. */
  readonly blocks?: number | undefined;
}

interface IndexEntry {
  readonly separator: Uint8Array;
  readonly handle: BlockHandle;
}

/** Opens an index block. @throws CodingError, UnknownLayoutError */
export function openIndexBlock(bytes: Uint8Array, coding: IndexCoding): TableIndex {
  const random = new RandomIndex(bytes, coding);
  return random.fits ? random : new EntryIndex(decodeAll(bytes, coding));
}

/** The parts of an index in two levels as one. */
export function joinIndexes(parts: readonly TableIndex[]): TableIndex {
  return new JoinedIndex(parts);
}

class JoinedIndex implements TableIndex {
  readonly length: number;
  /** For each part how many entries are in those before it. */
  private readonly starts: readonly number[];

  constructor(private readonly parts: readonly TableIndex[]) {
    const starts: number[] = [];
    let length = 0;
    for (const part of parts) {
      starts.push(length);
      length += part.length;
    }
    this.starts = starts;
    this.length = length;
  }

  separator(position: number): Uint8Array {
    const { part, inPart } = this.find(position);
    return part.separator(inPart);
  }

  handle(position: number): BlockHandle {
    const { part, inPart } = this.find(position);
    return part.handle(inPart);
  }

  private find(position: number): { part: TableIndex; inPart: number } {
    let low = 0;
    let high = this.parts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.starts[middle] ?? 0) <= position) low = middle;
      else high = middle - 1;
    }
    const part = this.parts[low];
    if (!part) throw new CodingError(`no index entry ${position}`, 0);
    return { part, inPart: position - (this.starts[low] ?? 0) };
  }
}

/** Bit 29: keys at even distances, a hint how to search an index. */
const uniformKeys = 0x2000_0000;

/** The first block, from `start` on, that may hold `userKey` or a later key; `length` past the last. @throws CodingError */
export function seekIndex(
  index: TableIndex,
  userKey: Uint8Array,
  compare: Comparator['compare'],
  start = 0,
): number {
  let low = start;
  let high = index.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(index.separator(middle), userKey) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

class EntryIndex implements TableIndex {
  constructor(private readonly entries: readonly IndexEntry[]) {}

  get length(): number {
    return this.entries.length;
  }

  separator(position: number): Uint8Array {
    return entryAt(this.entries[position], position).separator;
  }

  handle(position: number): BlockHandle {
    return entryAt(this.entries[position], position).handle;
  }
}

function entryAt(entry: IndexEntry | undefined, position: number): IndexEntry {
  if (!entry) throw new CodingError(`no index entry ${position}`, 0);
  return entry;
}

/** An index whose entries are all restart points. */
class RandomIndex implements TableIndex {
  readonly length: number;
  private readonly end: number;
  private readonly view: DataView;
  /** Reads one entry after the other, wherever they are. */
  private readonly entry: Cursor;

  constructor(
    readonly bytes: Uint8Array,
    private readonly coding: IndexCoding,
  ) {
    const { end, restarts } = blockLayout(bytes, uniformKeys);
    this.end = end;
    this.length = end === 0 ? 0 : restarts;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.entry = new Cursor(bytes);
  }

  /** Whether the first entry reaches to the second restart point, as all do then. */
  get fits(): boolean {
    if (this.coding.blocks !== undefined && this.coding.blocks !== this.length) return false;
    return this.length === 0 ? this.end === 0 : this.start(0) === 0 && this.cursor(0).atEnd;
  }

  separator(position: number): Uint8Array {
    this.entry.position = this.start(position);
    return readSeparator(this.entry, this.coding);
  }

  handle(position: number): BlockHandle {
    this.entry.position = this.start(position);
    readSeparator(this.entry, this.coding);
    return readHandle(this.entry);
  }

  private start(position: number): number {
    if (position >= this.length) throw new CodingError(`no index entry ${position}`, this.end);
    const start = this.view.getUint32(this.end + position * 4, true);
    if (start > this.end) throw new CodingError('restart outside of its block', this.end);
    return start;
  }

  /** At the end of an entry, in bytes that end where the next begins. */
  private cursor(position: number): Cursor {
    const next = position + 1 < this.length ? this.start(position + 1) : this.end;
    const cursor = new Cursor(this.bytes.subarray(0, next), this.start(position));
    readSeparator(cursor, this.coding);
    readHandle(cursor);
    if (this.coding.hasFirstKey) cursor.slice();
    return cursor;
  }
}

/** The separator of an entry that shares nothing; `cursor` then stands at its handle. */
function readSeparator(cursor: Cursor, { delta, userKeys }: IndexCoding): Uint8Array {
  const at = cursor.position;
  const shared = cursor.varint();
  const unshared = cursor.varint();
  if (!delta) cursor.varint();
  if (shared !== 0) throw new CodingError('restart point that shares its key', at);
  return userKeyOf(cursor.raw(unshared), userKeys, at);
}

function userKeyOf(separator: Uint8Array, isUserKey: boolean, at: number): Uint8Array {
  if (isUserKey) return separator;
  const end = separator.length - trailerLength;
  if (end < 0) throw new CodingError('separator without its trailer', at);
  return separator.subarray(0, end);
}

function decodeAll(bytes: Uint8Array, coding: IndexCoding): IndexEntry[] {
  const { end } = blockLayout(bytes, uniformKeys);
  return [...indexEntries(new Cursor(bytes.subarray(0, end)), coding)];
}

/** The entries that `cursor` stands at the first of, up to its end. @throws CodingError */
export function* indexEntries(
  cursor: Cursor,
  { delta, hasFirstKey, userKeys }: IndexCoding,
): Generator<IndexEntry> {
  let key: Uint8Array = new Uint8Array(0);
  let handle: BlockHandle = { offset: 0, size: 0 };
  while (!cursor.atEnd) {
    const at = cursor.position;
    const shared = cursor.varint();
    const unshared = cursor.varint();
    if (!delta) cursor.varint();
    if (shared > key.length) throw new CodingError('key shares more than there is', at);
    const tail = cursor.raw(unshared);
    const separator = new Uint8Array(shared + unshared);
    separator.set(key.subarray(0, shared));
    separator.set(tail, shared);
    if (shared === 0 || !delta) {
      handle = readHandle(cursor);
    } else {
      const size = handle.size + cursor.zigzag();
      if (size < 0) throw new CodingError('block of negative size', at);
      handle = { offset: handle.offset + handle.size + blockTrailerSize, size };
    }
    if (hasFirstKey) cursor.slice();
    key = separator;
    yield { separator: userKeyOf(separator, userKeys, at), handle };
  }
}
