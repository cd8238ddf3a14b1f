// The filter over the keys of a table or of a part of it, which tells of most keys that are not there
// (table/block_based/filter_policy.cc, util/bloom_impl.h): its bits, then five bytes that say what they are.
//
//   first of the five   1–127  Bloom of format version 4 and older: so many probes; fixed32 number of lines
//                       255    Bloom: 0 | 3 bits size of a line, 5 bits probes | fixed16 0
//                       254    Ribbon: seed | 3 bytes number of blocks
//
// A Bloom filter sets a few bits for each key, all in one line of bits. In lines of old filters, whose size
// is that of a line of the processor's cache, they are apart by the hash turned by 17 bits; in new ones, of
// 64 bytes, the upper half of the hash is multiplied from one to the next.

import type { HashedKey } from './filterHash';
import { openRibbonFilter } from './ribbonFilter';

/** Says of a key that it is not there (false), or that it may be. */
export type Filter = (key: HashedKey) => boolean;

const tailLength = 5;
const bloomMark = 255;
const ribbonMark = 254;
const lineBytes = 64;
/** With more the number of a line is not exact. */
const mostLines = 1 << 21;

/** Opens the contents of a filter block; undefined for one that is not known. */
export function openFilter(contents: Uint8Array): Filter | undefined {
  const length = contents.length - tailLength;
  if (length <= 0) return undefined;
  const bits = contents.subarray(0, length);
  const tail = new DataView(contents.buffer, contents.byteOffset + length, tailLength);
  const mark = tail.getUint8(0);
  if (mark === ribbonMark) {
    return openRibbonFilter(bits, tail.getUint8(1), tail.getUint32(1, true) >>> 8);
  }
  if (mark === bloomMark) {
    const probes = tail.getUint8(2);
    // Bits 5 to 7: lines of other sizes, not in use; the same for all that is not 0 here.
    const known = tail.getUint8(1) === 0 && tail.getUint16(3, true) === 0;
    if (!known || probes < 1 || probes > 30 || length % lineBytes !== 0) return undefined;
    return bloomFilter(bits, probes);
  }
  if (mark < 1 || mark > 127) return undefined;
  return legacyBloomFilter(bits, mark, tail.getUint32(1, true));
}

function bloomFilter(bits: Uint8Array, probes: number): Filter | undefined {
  const lines = bits.length / lineBytes;
  if (lines > mostLines) return undefined;
  return ({ hash }) => {
    if (!hash) return true;
    // The number of the line is the upper half of lower half of the hash * lines.
    const line = Math.floor((hash.low * lines) / 2 ** 32) * lineBytes;
    let probe = hash.high;
    for (let i = 0; i < probes; i++) {
      const bit = probe >>> 23;
      if (((bits[line + (bit >> 3)] ?? 0) & (1 << (bit & 7))) === 0) return false;
      probe = Math.imul(probe, 0x9e37_79b9);
    }
    return true;
  };
}

function legacyBloomFilter(bits: Uint8Array, probes: number, lines: number): Filter | undefined {
  const line = bits.length / lines;
  // Lines of the machine that wrote them: a power of two.
  if (!Number.isInteger(line) || (line & (line - 1)) !== 0) return undefined;
  return ({ legacyHash }) => {
    let hash = legacyHash;
    const delta = (hash >>> 17) | (hash << 15);
    const start = (hash % lines) * line;
    for (let i = 0; i < probes; i++) {
      const bit = hash & (line * 8 - 1);
      if (((bits[start + (bit >> 3)] ?? 0) & (1 << (bit & 7))) === 0) return false;
      hash = (hash + delta) | 0;
    }
    return true;
  };
}
