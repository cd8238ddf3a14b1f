// A block's contents (table/block_based/block.cc, block_builder.cc):
//
//   entries | fixed32 restart offset … | footer fixed32
//   entry:  varint32 shared | varint32 unshared | varint32 value length | key tail | value
//
// An entry shares the first bytes of its key with the one before it, but for those at a restart
// offset. Footer: bits 0–27 number of restarts; bit 31 a hash index stands before the footer
// (buckets of one byte, then fixed16 their number); bits 28–30 layouts of newer versions.

import { CodingError, Cursor } from './coding';
import { trailerLength } from './internalKey';

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
export function blockLayout(bytes: Uint8Array): { end: number; restarts: number } {
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

  /** The user key of an entry of a data block. */
  userKey(index: number): Uint8Array {
    return this.keys.subarray(
      index === 0 ? 0 : this.keyEnds[index - 1],
      (this.keyEnds[index] ?? 0) - trailerLength,
    );
  }

  value(index: number): Uint8Array {
    return this.values.subarray(this.valueStarts[index], this.valueEnds[index]);
  }
}

/** Decodes a data block, whose keys are internal keys. @throws CodingError, UnknownLayoutError */
export function decodeDataBlock(bytes: Uint8Array): Block {
  return decodeBlock(bytes, trailerLength);
}

/**
 * Decodes a whole block of ordinary entries whose keys have at least `shortest` bytes.
 * @throws CodingError, UnknownLayoutError
 */
export function decodeBlock(bytes: Uint8Array, shortest = 0): Block {
  const { end } = blockLayout(bytes);
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
    if (shared + unshared < shortest) throw new CodingError('key without its trailer', at);
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
