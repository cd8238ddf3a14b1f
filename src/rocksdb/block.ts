// A block's contents (table/block_based/block.cc, block_builder.cc):
//
//   entries | fixed32 restart offset … | footer fixed32
//   entry:  varint32 shared | varint32 unshared | varint32 value length | key tail | value
//
// An entry shares the first bytes of its key with the one before it, but for those at a restart
// offset. Footer: bits 0–27 number of restarts; bit 31 a hash index stands before the footer
// (buckets of one byte, then fixed16 their number); bits 28–30 layouts of newer versions.
//
// Index blocks of format version 4 and later leave out the value length; the value is then a handle:
// with shared = 0 two varint64 (offset, size), else zigzag of size minus the size before, the offset
// following on. Index type 3 adds a length-prefixed first key.

import { CodingError, Cursor } from './coding';

const hashIndexFlag = 0x8000_0000;
const unknownFlags = 0x7000_0000;
const largestHashedBlock = 65_536;
/** Bytes of all keys of a block, which share their beginnings in the file. */
const largestKeys = 1 << 29;

/** A block layout that this reader does not know. */
export class UnknownLayoutError extends Error {}

/** Where a block is in its file: bytes, without the five bytes of its trailer. */
export interface BlockHandle {
  readonly offset: number;
  readonly size: number;
}

/** What follows a block in the file: type byte and checksum. */
export const blockTrailerSize = 5;

/** Where the entries end and how many restart offsets follow them. @throws CodingError, UnknownLayoutError */
function layout(bytes: Uint8Array): { end: number; restarts: number } {
  if (bytes.length < 4) throw new CodingError('block without a footer', 0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const footer = view.getUint32(bytes.length - 4, true);
  if ((footer & unknownFlags) !== 0) throw new UnknownLayoutError('a newer layout of blocks');
  let tail = bytes.length - 4;
  if ((footer & hashIndexFlag) !== 0 && bytes.length <= largestHashedBlock) {
    if (tail < 2) throw new CodingError('block without its hash index', tail);
    tail -= 2 + view.getUint16(tail - 2, true);
  }
  const restarts = (footer & 0x0fff_ffff) >>> 0;
  const end = tail - restarts * 4;
  if (end < 0) throw new CodingError('more restarts than bytes', bytes.length - 4);
  return { end, restarts };
}

/**
 * A decoded block: all keys and values as views of two buffers. Keys of data blocks are internal
 * keys.
 */
export class Block {
  constructor(
    private readonly keys: Uint8Array,
    /** Where each key ends in `keys`. */
    private readonly keyEnds: Uint32Array,
    private readonly values: Uint8Array,
    private readonly valueStarts: Uint32Array,
    private readonly valueEnds: Uint32Array,
  ) {}

  get length(): number {
    return this.keyEnds.length;
  }

  /** Bytes of memory. */
  get size(): number {
    return this.keys.length + this.values.length;
  }

  key(index: number): Uint8Array {
    return this.keys.subarray(index === 0 ? 0 : this.keyEnds[index - 1], this.keyEnds[index]);
  }

  value(index: number): Uint8Array {
    return this.values.subarray(this.valueStarts[index], this.valueEnds[index]);
  }
}

/** Decodes a whole block of ordinary entries. @throws CodingError, UnknownLayoutError */
export function decodeBlock(bytes: Uint8Array): Block {
  const { end } = layout(bytes);
  const cursor = new Cursor(bytes.subarray(0, end));
  const keyEnds: number[] = [];
  const valueStarts: number[] = [];
  const valueEnds: number[] = [];
  let keys = new Uint8Array(Math.max(64, end * 2));
  let keyStart = 0;
  let keyEnd = 0;
  while (!cursor.atEnd) {
    const at = cursor.position;
    const shared = cursor.varint();
    const unshared = cursor.varint();
    const valueLength = cursor.varint();
    if (shared > keyEnd - keyStart) throw new CodingError('key shares more than there is', at);
    const tail = cursor.raw(unshared);
    const needed = keyEnd + shared + unshared;
    if (needed > largestKeys) throw new CodingError('keys too large', at);
    if (needed > keys.length) {
      const larger = new Uint8Array(needed * 2);
      larger.set(keys.subarray(0, keyEnd));
      keys = larger;
    }
    keys.copyWithin(keyEnd, keyStart, keyStart + shared);
    keys.set(tail, keyEnd + shared);
    keyStart = keyEnd;
    keyEnd = needed;
    valueStarts.push(cursor.position);
    cursor.raw(valueLength);
    keyEnds.push(keyEnd);
    valueEnds.push(cursor.position);
  }
  return new Block(
    keys.subarray(0, keyEnd),
    Uint32Array.from(keyEnds),
    bytes,
    Uint32Array.from(valueStarts),
    Uint32Array.from(valueEnds),
  );
}

/** The handle that `cursor` stands at: varint64 offset, varint64 size. @throws CodingError */
export function readHandle(cursor: Cursor): BlockHandle {
  return { offset: cursor.varint(), size: cursor.varint() };
}

/** Entries of an index block: a separator at or after its block's last key, and the block's handle. */
export interface IndexEntry {
  readonly separator: Uint8Array;
  readonly handle: BlockHandle;
}

/**
 * Decodes an index block whose values are delta-encoded handles, with a first key behind each when
 * `hasFirstKey`. @throws CodingError, UnknownLayoutError
 */
export function decodeDeltaIndex(bytes: Uint8Array, hasFirstKey: boolean): IndexEntry[] {
  const { end } = layout(bytes);
  const cursor = new Cursor(bytes.subarray(0, end));
  const entries: IndexEntry[] = [];
  let key: Uint8Array = new Uint8Array(0);
  let handle: BlockHandle = { offset: 0, size: 0 };
  while (!cursor.atEnd) {
    const at = cursor.position;
    const shared = cursor.varint();
    const unshared = cursor.varint();
    if (shared > key.length) throw new CodingError('key shares more than there is', at);
    const separator = new Uint8Array(shared + unshared);
    separator.set(key.subarray(0, shared));
    separator.set(cursor.raw(unshared), shared);
    if (shared === 0) {
      handle = readHandle(cursor);
    } else {
      const size = handle.size + cursor.zigzag();
      if (size < 0) throw new CodingError('block of negative size', at);
      handle = { offset: handle.offset + handle.size + blockTrailerSize, size };
    }
    if (hasFirstKey) cursor.slice();
    key = separator;
    entries.push({ separator, handle });
  }
  return entries;
}

/** Decodes an index block whose values are whole handles. @throws CodingError, UnknownLayoutError */
export function decodePlainIndex(bytes: Uint8Array): IndexEntry[] {
  const block = decodeBlock(bytes);
  const entries: IndexEntry[] = [];
  for (let i = 0; i < block.length; i++) {
    entries.push({ separator: block.key(i), handle: readHandle(new Cursor(block.value(i))) });
  }
  return entries;
}
