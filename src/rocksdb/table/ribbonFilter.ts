// A Ribbon filter (util/ribbon_alg.h, ribbon_impl.h; Standard128Ribbon): the solution of a system of
// equations, one for each key. A key's hash gives 128 coefficients, where they start, and a result; each
// column of the solution from there on, times the coefficients, is one bit of the result.
//
//   128 starts make a block; its columns are 16 bytes each, one after the other. All blocks have
//   as many columns, but for the first ones, which have one less.

import { Number64 } from '../bytes/number64';
import type { Filter } from './filter';

const blockBits = 128;
const segmentBytes = 16;
const mostColumns = 32;

/** Opens a filter of `blocks` blocks made with the seed of number `seed`; undefined for what cannot be one. */
export function openRibbonFilter(
  bits: Uint8Array,
  seed: number,
  blocks: number,
): Filter | undefined {
  const segments = Math.floor(bits.length / segmentBytes);
  const columns = Math.ceil(segments / blocks);
  if (blocks < 2 || columns > mostColumns) return undefined;
  const starts = blocks * blockBits - blockBits + 1;
  const shorterBlocks = columns * blocks - segments;
  const view = new DataView(bits.buffer, bits.byteOffset, bits.byteLength);
  const seedBits = rawSeed(seed);
  return (key) => {
    if (!key.hash) return true;
    const hash = new Number64(key.hash.low, key.hash.high);
    hash.xor(seedBits, 0);
    hash.multiply(0x236a_3a0d, 0x6193_d459);
    const start = hash.partOf(starts);
    hash.multiply(0x2b65_0bed, 0xc28f_8282);
    const block = Math.floor(start / blockBits);
    const width = block < shorterBlocks ? columns - 1 : columns;
    const segment = block * columns - Math.min(block, shorterBlocks);
    const coefficients = shifted(hash, start % blockBits);
    const expected = swapBytes(hash.high);
    for (let column = 0; column < width; column++) {
      const at = (segment + column) * segmentBytes;
      let sum = 0;
      for (let i = 0; i < 4; i++) {
        sum ^= (coefficients[i] ?? 0) & view.getInt32(at + i * 4, true);
      }
      if (start % blockBits !== 0) {
        const next = at + width * segmentBytes;
        for (let i = 0; i < 4; i++) {
          sum ^= (coefficients[i + 4] ?? 0) & view.getInt32(next + i * 4, true);
        }
      }
      if (parity(sum) !== ((expected >>> column) & 1)) return false;
    }
    return true;
  };
}

/** The seed of a number: the few bits of it are spread. */
function rawSeed(number: number): number {
  const seed = new Number64(number, 0);
  seed.multiply(0x3eea_dd03, 0xc782_19a2);
  return (seed.low ^ ((seed.low & 0xf0f0_f0f0) >>> 4)) >>> 0;
}

/** The 128 coefficients, the first always 1, moved up by `bits` within 256. */
function shifted({ low, high }: Number64, bits: number): Int32Array {
  const row = [(low ^ 0x6e52_731d) | 1, high ^ 0xc367_844a, low, high];
  const result = new Int32Array(8);
  const words = bits >> 5;
  const rest = bits & 31;
  for (let i = 0; i < 4; i++) {
    const word = row[i] ?? 0;
    result[words + i] = (result[words + i] ?? 0) | (word << rest);
    if (rest > 0) result[words + i + 1] = word >>> (32 - rest);
  }
  return result;
}

function swapBytes(word: number): number {
  return ((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}

function parity(word: number): number {
  let bits = word ^ (word >>> 16);
  bits ^= bits >>> 8;
  bits ^= bits >>> 4;
  return (0x6996 >>> (bits & 15)) & 1;
}
