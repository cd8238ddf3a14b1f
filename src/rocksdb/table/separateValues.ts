// A data block whose values stand behind all its keys, written by RocksDB 11.8 and newer on demand
// (table/block_based/block_builder.cc, data_block_footer.cc):
//
//   entries | values | fixed32 restart offset … | [hash index] | fixed32 start of values | footer fixed32
//   entry:  varint32 shared | varint32 unshared | varint32 value length | [varint32 value offset] | key tail
//
// Only an entry at a restart offset has a value offset, from the start of the values; the value of another
// follows that of the entry before it. The footer has bit 28 set.

import { CodingError, Cursor } from '../bytes/coding';
import { UnknownLayoutError } from '../kernel/blockErrors';

const hashIndexFlag = 0x8000_0000;
const separateFlag = 0x1000_0000;
const unknownFlags = 0x4000_0000;
const restartBits = 0x0fff_ffff;

/**
 * The same block as others are written, with each value behind its key and one restart.
 * @throws CodingError, UnknownLayoutError
 */
export function joinValues(contents: Uint8Array): Uint8Array {
  const view = new DataView(contents.buffer, contents.byteOffset, contents.byteLength);
  if (contents.length < 8) throw new CodingError('block without a footer', 0);
  const footer = view.getUint32(contents.length - 4, true);
  if ((footer & unknownFlags) !== 0) throw new UnknownLayoutError('a newer layout of blocks');
  if ((footer & separateFlag) === 0) return contents;
  const valuesStart = view.getUint32(contents.length - 8, true);
  let tail = contents.length - 8;
  if ((footer & hashIndexFlag) !== 0) {
    if (tail < 2) throw new CodingError('block without its hash index', tail);
    tail -= 2 + view.getUint16(tail - 2, true);
  }
  const restarts = footer & restartBits;
  const valuesEnd = tail - restarts * 4;
  if (valuesEnd < valuesStart) throw new CodingError('values past the end of their block', tail);
  const isRestart = new Set<number>();
  for (let i = 0; i < restarts; i++) isRestart.add(view.getUint32(valuesEnd + i * 4, true));

  const keys = new Cursor(contents.subarray(0, valuesStart));
  const values = new Cursor(contents.subarray(valuesStart, valuesEnd));
  const joined = new EntryWriter(valuesEnd + 8);
  while (!keys.atEnd) {
    const restart = isRestart.has(keys.position);
    const shared = keys.varint();
    const unshared = keys.varint();
    const valueLength = keys.varint();
    if (restart) {
      const offset = keys.varint();
      if (offset !== values.position) throw new CodingError('value in another place', offset);
    }
    joined.write(shared, unshared, valueLength);
    joined.append(keys.raw(unshared));
    joined.append(values.raw(valueLength));
  }
  return joined.finish();
}

/** Writes what is never longer than the block that it comes from. */
class EntryWriter {
  private readonly bytes: Uint8Array;
  private length = 0;

  constructor(longest: number) {
    this.bytes = new Uint8Array(longest);
  }

  write(...numbers: number[]): void {
    for (let number of numbers) {
      for (; number >= 0x80; number = Math.floor(number / 0x80)) {
        this.bytes[this.length++] = (number & 0x7f) | 0x80;
      }
      this.bytes[this.length++] = number;
    }
  }

  append(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** With the restart at 0. */
  finish(): Uint8Array {
    new DataView(this.bytes.buffer).setUint32(this.length + 4, 1, true);
    return this.bytes.subarray(0, this.length + 8);
  }
}
