// A block's contents (table/block_based/block.cc, block_builder.cc):
//
//   entries | fixed32 restart offset … | footer fixed32
//   entry:  varint32 shared | varint32 unshared | varint32 value length | key tail | value
//
// An entry shares the first bytes of its key with the one before it, but for those at a restart
// offset. Footer: bits 0–27 number of restarts; bit 31 a hash index stands before the footer
// (buckets of one byte, then fixed16 their number); bit 28 keys and values apart (separateValues.ts);
// bit 30 a layout of newer versions.

import type { Cursor } from '../bytes/coding';
import { sequenceAt, trailerLength } from '../internalKey';
import { decodeBlock as decodeEntries } from '../kernel/blockEntries';
import { UnknownLayoutError } from '../kernel/blockErrors';
import type { Comparator } from '../manifest/comparator';
import type { DecodedBlock } from '../kernel/kernel';

export { UnknownLayoutError };

/** Where a block is in its file: bytes, without the five bytes of its trailer. */
export interface BlockHandle {
  readonly offset: number;
  readonly size: number;
}

/** What follows a block in the file: type byte and checksum. */
export const blockTrailerSize = 5;

const fieldsOfEntry = 4;

/** A decoded block. Keys of data blocks are internal keys. */
export class Block {
  /** Contents, behind them up to `end` the keys. */
  readonly bytes: Uint8Array;
  readonly end: number;
  /** Four numbers an entry, positions in `bytes`: key start, key end, value start, value end. */
  readonly fields: Uint32Array;
  readonly length: number;
  /** Within this data block no entry hides another, and none is anything but a value. */
  readonly plain: boolean;

  constructor({ bytes, keysEnd, fields, length, plain }: DecodedBlock) {
    this.bytes = bytes;
    this.end = keysEnd;
    this.fields = fields;
    this.length = length;
    this.plain = plain;
  }

  /** Bytes of memory. */
  get size(): number {
    return this.bytes.length + this.fields.byteLength;
  }

  /** A view, as are all that follow. */
  key(index: number): Uint8Array {
    const at = index * fieldsOfEntry;
    return this.bytes.subarray(this.fields[at], this.fields[at + 1]);
  }

  /** All keys, which are names; they lie side by side. */
  names(): string[] {
    const { bytes, fields, end, length } = this;
    const start = fields[0] ?? end;
    const all = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
    const names: string[] = [];
    for (let at = 0; at < length * fieldsOfEntry; at += fieldsOfEntry) {
      names.push(all.slice((fields[at] ?? 0) - start, (fields[at + 1] ?? 0) - start));
    }
    return names;
  }

  /** The user key of an entry of a data block. */
  userKey(index: number): Uint8Array {
    const at = index * fieldsOfEntry;
    return this.bytes.subarray(this.fields[at], this.userKeyEnd(index));
  }

  value(index: number): Uint8Array {
    const at = index * fieldsOfEntry + 2;
    return this.bytes.subarray(this.fields[at], this.fields[at + 1]);
  }

  /** The sequence number of an entry of a data block. @throws CodingError over 2^53 */
  sequence(index: number): number {
    return sequenceAt(this.bytes, this.userKeyEnd(index));
  }

  /** One of ValueType, of an entry of a data block. */
  type(index: number): number {
    return this.bytes[this.userKeyEnd(index)] ?? 0;
  }

  /** The first entry of a data block, from `start` on, whose user key is at or after `userKey`. */
  seek(userKey: Uint8Array, compare: Comparator['compare'], start = 0): number {
    let low = start;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compare(this.userKey(middle), userKey) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Where the key of an entry starts in `bytes`. */
  keyStart(index: number): number {
    return this.fields[index * fieldsOfEntry] ?? 0;
  }

  /** Where the user key of an entry of a data block ends in `bytes`. */
  userKeyEnd(index: number): number {
    return (this.fields[index * fieldsOfEntry + 1] ?? 0) - trailerLength;
  }
}

/**
 * Decodes a whole block of ordinary entries whose keys have at least `shortest` bytes.
 * @throws CodingError, UnknownLayoutError
 */
export function decodeBlock(contents: Uint8Array, shortest = 0): Block {
  return new Block(decodeEntries(contents, shortest));
}

/** The handle that `cursor` stands at: varint64 offset, varint64 size. @throws CodingError */
export function readHandle(cursor: Cursor): BlockHandle {
  return { offset: cursor.varint(), size: cursor.varint() };
}
