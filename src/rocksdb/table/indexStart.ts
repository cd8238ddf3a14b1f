// The first data blocks of a table, found without its index: that has a few hundred KB in a large table,
// and whoever shows a page of the first entries needs the first blocks only. They lie side by side from the
// file's first byte on, so that the beginning of the index tells how long they are. It is not checked, for
// the checksum is that of the whole index. But a block that is as long as that says has a checksum of its
// own, and what is not so ends what is known here.

import { CodingError, Cursor } from '../bytes/coding';
import { blockTrailerSize, type BlockHandle } from './block';
import { indexEntries, type IndexCoding } from './indexBlock';

/** Bytes of an index that are read to begin with; one that is no longer is read whole. */
export const indexStartBytes = 256;
/** After so many blocks somebody reads more than a page. */
const mostHandles = 8;

const lz4 = new Set([4, 5]);

/**
 * Where the first data blocks are, as far as the first bytes of an index block tell that are stored with
 * `compression`, its type byte. None where that is unknown here.
 */
export function firstHandles(
  start: Uint8Array,
  compression: number,
  coding: IndexCoding,
): BlockHandle[] {
  const handles: BlockHandle[] = [];
  try {
    const contents = compression === 0 ? start : lz4.has(compression) ? lz4Start(start) : undefined;
    let offset = 0;
    for (const { handle } of indexEntries(new Cursor(contents ?? new Uint8Array(0)), coding)) {
      if (handle.offset !== offset) break;
      offset += handle.size + blockTrailerSize;
      handles.push(handle);
      if (handles.length === mostHandles) break;
    }
  } catch (error) {
    if (!(error instanceof CodingError)) throw error;
    // it ends within an entry
  }
  return handles;
}

/** What the first bytes of an LZ4 block with its size before it (bytes/compression.ts) give. */
function lz4Start(source: Uint8Array): Uint8Array {
  const cursor = new Cursor(source);
  cursor.varint();
  const target = new Uint8Array(indexStartBytes);
  let length = 0;
  const append = (count: number, next: () => number) => {
    const end = Math.min(target.length, length + count);
    for (; length < end; length++) target[length] = next();
  };
  const longLength = (nibble: number): number => {
    let sum = nibble;
    for (let byte = nibble === 15 ? 255 : 0; byte === 255; sum += byte) byte = cursor.byte();
    return sum;
  };
  try {
    while (length < target.length) {
      const token = cursor.byte();
      append(longLength(token >>> 4), () => cursor.byte());
      const back = cursor.byte() + 256 * cursor.byte();
      if (back === 0 || back > length) break;
      append(longLength(token & 15) + 4, () => target[length - back] ?? 0);
    }
  } catch (error) {
    if (!(error instanceof CodingError)) throw error;
    // it ends within a sequence
  }
  return target.subarray(0, length);
}
