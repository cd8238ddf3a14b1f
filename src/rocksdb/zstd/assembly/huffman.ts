// Literals by Huffman's coding (RFC 8878, 4.2). The table has an entry for whatever the next `huffmanLog`
// bits are, of 2 bytes:
//
//   u8 symbol | u8 bits of its code

import { bitsBefore, endOfBits, highBits } from './bits';
import { descriptionEnd, readTable, tableLog } from './fse';

const highestLog: u32 = 11;
const weightLog: u32 = 6;
const weights = memory.data(256);
const ranks = memory.data(13 * 4, 4);
const weightTable = memory.data(64 * 4, 4);

/** 2048 entries. */
export const huffmanTable = memory.data(2048 * 2, 8);
/** Bits that the table is asked with; 0 where there is none. */
export let huffmanLog: u32 = 0;
/** Where the description of the last table ends. */
export let huffmanEnd: usize = 0;

export function setHuffmanLog(log: u32): void {
  huffmanLog = log;
}

/** Reads the description of a table from `start` on and builds it. */
export function readHuffman(start: usize, end: usize): bool {
  huffmanLog = 0;
  if (start >= end) return false;
  const head = <u32>load<u8>(start);
  const from = start + 1;
  let count: u32;
  if (head >= 128) {
    // Two weights a byte.
    count = head - 127;
    huffmanEnd = from + ((count + 1) >> 1);
    if (huffmanEnd > end) return false;
    for (let i: u32 = 0; i < count; i++) {
      const pair = load<u8>(from + (i >> 1));
      store<u8>(weights + i, i & 1 ? pair & 15 : pair >> 4);
    }
  } else {
    huffmanEnd = from + head;
    if (huffmanEnd > end) return false;
    count = readWeights(from, huffmanEnd);
    if (count == 0) return false;
  }
  return buildTable(count);
}

/** Two states take turns. Gives how many weights there are; 0 where they cannot be. */
function readWeights(start: usize, end: usize): u32 {
  if (!readTable(weightTable, start, end, weightLog, 12)) return 0;
  const bits = descriptionEnd;
  const log = tableLog;
  let position = endOfBits(bits, end);
  if (position < <i32>(log * 2)) return 0;
  let first = weightTable + ((<usize>bitsBefore(bits, position, log)) << 2);
  position -= <i32>log;
  let second = weightTable + ((<usize>bitsBefore(bits, position, log)) << 2);
  position -= <i32>log;
  let count: u32 = 0;
  while (count <= 253) {
    store<u8>(weights + count++, load<u8>(first));
    const width = <u32>load<u8>(first, 1);
    if (<i32>width > position) {
      store<u8>(weights + count++, load<u8>(second));
      return count;
    }
    const next = <usize>load<u16>(first, 2) + <usize>bitsBefore(bits, position, width);
    position -= <i32>width;
    first = second;
    second = weightTable + (next << 2);
  }
  return 0;
}

/** The last symbol's weight is what the others leave. */
function buildTable(count: u32): bool {
  memory.fill(ranks, 0, 13 * 4);
  let sum: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const weight = <u32>load<u8>(weights + i);
    if (weight > 12) return false;
    if (weight > 0) sum += 1 << (weight - 1);
    store<u32>(ranks + weight * 4, load<u32>(ranks + weight * 4) + 1);
  }
  if (sum == 0) return false;
  const log: u32 = 32 - clz(sum);
  if (log > highestLog) return false;
  const left = ((<u32>1) << log) - sum;
  if (!isPowerOf2(left)) return false;
  const lastWeight: u32 = 32 - clz(left);
  store<u8>(weights + count, <u8>lastWeight);
  store<u32>(ranks + lastWeight * 4, load<u32>(ranks + lastWeight * 4) + 1);
  count++;

  // Codes of low weight, the long ones, stand first.
  let start: u32 = 0;
  for (let weight: u32 = 1; weight <= log; weight++) {
    const number = load<u32>(ranks + weight * 4);
    store<u32>(ranks + weight * 4, start);
    start += number << (weight - 1);
  }
  if (start != (<u32>1) << log) return false;
  for (let symbol: u32 = 0; symbol < count; symbol++) {
    const weight = <u32>load<u8>(weights + symbol);
    if (weight == 0) continue;
    const at = load<u32>(ranks + weight * 4);
    const length: u32 = 1 << (weight - 1);
    store<u32>(ranks + weight * 4, at + length);
    fillEntries(huffmanTable + at * 2, symbol | ((log + 1 - weight) << 8), length);
  }
  huffmanLog = log;
  return true;
}

function isPowerOf2(number: u32): bool {
  return number != 0 && (number & (number - 1)) == 0;
}

function fillEntries(at: usize, entry: u32, length: u32): void {
  if (length == 1) {
    store<u16>(at, <u16>entry);
  } else if (length == 2) {
    store<u32>(at, entry | (entry << 16));
  } else {
    const four = <u64>entry * 0x0001_0001_0001_0001;
    for (let i: u32 = 0; i < length; i += 4) store<u64>(at + i * 2, four);
  }
}

/** Decodes a stream into `length` bytes from `target` on. */
function decodeStream(start: usize, end: usize, target: usize, length: u32): bool {
  let position = endOfBits(start, end);
  if (position <= 0) return false;
  const shift = 64 - <u64>huffmanLog;
  const last = target + length;
  while (target + 5 <= last && position > 0) {
    position = decodeFive(start, position, target, shift);
    target += 5;
  }
  return decodeRest(start, position, target, last, shift);
}

function decodeRest(start: usize, position: i32, target: usize, last: usize, shift: u64): bool {
  while (target < last && position > 0) {
    const entry = <u32>(
      load<u16>(huffmanTable + ((<usize>(highBits(start, position) >> shift)) << 1))
    );
    store<u8>(target++, <u8>entry);
    position -= <i32>(entry >> 8);
  }
  return target == last && position == 0;
}

/** Five symbols, of 55 bits at most; gives the position before them. */
function decodeFive(start: usize, position: i32, target: usize, shift: u64): i32 {
  let bits = highBits(start, position);
  const a = <u32>load<u16>(huffmanTable + ((<usize>(bits >> shift)) << 1));
  bits <<= <u64>(a >> 8);
  const b = <u32>load<u16>(huffmanTable + ((<usize>(bits >> shift)) << 1));
  bits <<= <u64>(b >> 8);
  const c = <u32>load<u16>(huffmanTable + ((<usize>(bits >> shift)) << 1));
  bits <<= <u64>(c >> 8);
  const d = <u32>load<u16>(huffmanTable + ((<usize>(bits >> shift)) << 1));
  bits <<= <u64>(d >> 8);
  const e = <u32>load<u16>(huffmanTable + ((<usize>(bits >> shift)) << 1));
  store<u32>(target, (a & 255) | ((b & 255) << 8) | ((c & 255) << 16) | (d << 24));
  store<u8>(target, <u8>e, 4);
  return position - <i32>((a >> 8) + (b >> 8) + (c >> 8) + (d >> 8) + (e >> 8));
}

/** Decodes literals of one stream, or of four: the sizes of the first three stand before them. */
export function decodeLiterals(
  start: usize,
  end: usize,
  target: usize,
  length: u32,
  streams: u32,
): bool {
  if (huffmanLog == 0) return false;
  if (streams == 1) return decodeStream(start, end, target, length);
  if (end - start < 10) return false;
  const start1 = start + 6;
  const start2 = start1 + <usize>load<u16>(start);
  const start3 = start2 + <usize>load<u16>(start, 2);
  const start4 = start3 + <usize>load<u16>(start, 4);
  if (start4 >= end) return false;
  const part = (length + 3) >> 2;
  if (part * 3 > length) return false;
  let position1 = endOfBits(start1, start2);
  let position2 = endOfBits(start2, start3);
  let position3 = endOfBits(start3, start4);
  let position4 = endOfBits(start4, end);
  if (position1 <= 0 || position2 <= 0 || position3 <= 0 || position4 <= 0) return false;
  const shift = 64 - <u64>huffmanLog;
  const last = length - part * 3;
  let done: u32 = 0;
  // The four at a time: none waits for another.
  while (done + 5 <= last && position1 > 0 && position2 > 0 && position3 > 0 && position4 > 0) {
    const at = target + done;
    position1 = decodeFive(start1, position1, at, shift);
    position2 = decodeFive(start2, position2, at + part, shift);
    position3 = decodeFive(start3, position3, at + part * 2, shift);
    position4 = decodeFive(start4, position4, at + part * 3, shift);
    done += 5;
  }
  const at = target + done;
  return (
    decodeRest(start1, position1, at, target + part, shift) &&
    decodeRest(start2, position2, at + part, target + part * 2, shift) &&
    decodeRest(start3, position3, at + part * 2, target + part * 3, shift) &&
    decodeRest(start4, position4, at + part * 3, target + length, shift)
  );
}
