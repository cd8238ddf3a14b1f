// Sequences (RFC 8878, 3.1.1.3.2): so many literals, then a match that copies what was written before.
//
//   1–3 bytes number of sequences | 1 byte kinds of the three tables | tables | bits
//
// From the bits' end backward: the first states of literal lengths, offsets and match lengths, then for each
// sequence the extra bits of offset, match and literal length, and what the next states take.

import { bitsBefore, endOfBits } from './bits';
import { buildFixedTable, descriptionEnd, readTable, repeatedSymbol, tableLog } from './fse';
import { copy, literalLengths, matchLengths, offsets, refused, repeat } from './memory';

const tableBytes: u32 = 512 * 4;
/** Of the three kinds: those of this frame, those of the dictionary, and the fixed ones. */
const current = memory.data(3 * 512 * 4, 8);
const ofDictionary = memory.data(3 * 512 * 4, 8);
const fixed = memory.data(3 * 512 * 4, 8);

/** Of each kind: the table that is used, and its log; -1 where there is none to repeat. */
const tables = memory.data(3 * 4, 4);
const logs = memory.data(3 * 4, 4);
const dictionaryLogs = memory.data(3 * 4, 4);

const highestLogs = memory.data<u8>([9, 8, 9]);
const highestCodes = memory.data<u8>([35, 31, 52]);
const fixedLogs = memory.data<u8>([6, 5, 6]);
const fixedLengths = memory.data<u8>([36, 29, 53]);
const fixedLiteralLengths = memory.data<i8>([
  4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1,
  -1, -1, -1, -1,
]);
const fixedOffsets = memory.data<i8>([
  1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1,
]);
const fixedMatchLengths = memory.data<i8>([
  1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
  1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1,
]);
/** Of each code: u32 what it starts at, and the extra bits that are added. */
const literalLengthCodes = memory.data<u32>([
  0, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8, 0, 9, 0, 10, 0, 11, 0, 12, 0, 13, 0, 14, 0, 15,
  0, 16, 1, 18, 1, 20, 1, 22, 1, 24, 2, 28, 2, 32, 3, 40, 3, 48, 4, 64, 6, 128, 7, 256, 8, 512, 9,
  1024, 10, 2048, 11, 4096, 12, 8192, 13, 16384, 14, 32768, 15, 65536, 16,
]);
const matchLengthCodes = memory.data<u32>([
  3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8, 0, 9, 0, 10, 0, 11, 0, 12, 0, 13, 0, 14, 0, 15, 0, 16, 0, 17, 0,
  18, 0, 19, 0, 20, 0, 21, 0, 22, 0, 23, 0, 24, 0, 25, 0, 26, 0, 27, 0, 28, 0, 29, 0, 30, 0, 31, 0,
  32, 0, 33, 0, 34, 0, 35, 1, 37, 1, 39, 1, 41, 1, 43, 2, 47, 2, 51, 3, 59, 3, 67, 4, 83, 4, 99, 5,
  131, 7, 259, 8, 515, 9, 1027, 10, 2051, 11, 4099, 12, 8195, 13, 16387, 14, 32771, 15, 65539, 16,
]);

/** The last three offsets. */
let offset1: u32 = 1;
let offset2: u32 = 4;
let offset3: u32 = 8;
let dictionaryOffset1: u32 = 1;
let dictionaryOffset2: u32 = 4;
let dictionaryOffset3: u32 = 8;

for (let kind: u32 = 0; kind < 3; kind++) {
  const counts =
    kind == literalLengths
      ? fixedLiteralLengths
      : kind == offsets
        ? fixedOffsets
        : fixedMatchLengths;
  buildFixedTable(
    fixed + kind * tableBytes,
    load<u8>(fixedLogs + kind),
    counts,
    load<u8>(fixedLengths + kind),
  );
}
forgetDictionary();

export function forgetDictionary(): void {
  for (let kind: u32 = 0; kind < 3; kind++) store<i32>(dictionaryLogs + kind * 4, -1);
  dictionaryOffset1 = 1;
  dictionaryOffset2 = 4;
  dictionaryOffset3 = 8;
}

/** Reads the tables and offsets of a dictionary. Gives where they end, or `refused`. */
export function readDictionaryTables(start: usize, end: usize): usize {
  let at = start;
  // In another order than in a block.
  for (let i: u32 = 0; i < 3; i++) {
    const kind = i == 0 ? offsets : i == 1 ? matchLengths : literalLengths;
    const table = ofDictionary + kind * tableBytes;
    const mostLog = load<u8>(highestLogs + kind);
    if (!readTable(table, at, end, mostLog, load<u8>(highestCodes + kind))) return refused;
    store<i32>(dictionaryLogs + kind * 4, tableLog);
    at = descriptionEnd;
  }
  if (end - at < 12) return refused;
  dictionaryOffset1 = load<u32>(at);
  dictionaryOffset2 = load<u32>(at, 4);
  dictionaryOffset3 = load<u32>(at, 8);
  return at + 12;
}

/** What the first block of a frame may repeat is what the dictionary has. */
export function beginSequences(): void {
  for (let kind: u32 = 0; kind < 3; kind++) {
    store<usize>(tables + kind * 4, ofDictionary + kind * tableBytes);
    store<i32>(logs + kind * 4, load<i32>(dictionaryLogs + kind * 4));
  }
  offset1 = dictionaryOffset1;
  offset2 = dictionaryOffset2;
  offset3 = dictionaryOffset3;
}

/** Sets the table of a kind by the two bits that tell how it is given; gives where that ends, or `refused`. */
function readKind(kind: u32, how: u32, start: usize, end: usize): usize {
  if (how == 3) return load<i32>(logs + kind * 4) < 0 ? refused : start;
  const table = current + kind * tableBytes;
  let at = start;
  if (how == 0) {
    store<usize>(tables + kind * 4, fixed + kind * tableBytes);
    store<i32>(logs + kind * 4, load<u8>(fixedLogs + kind));
    return at;
  }
  if (how == 1) {
    if (at >= end || load<u8>(at) > load<u8>(highestCodes + kind)) return refused;
    repeatedSymbol(table, load<u8>(at));
    at++;
  } else {
    const mostLog = load<u8>(highestLogs + kind);
    if (!readTable(table, at, end, mostLog, load<u8>(highestCodes + kind))) return refused;
    at = descriptionEnd;
  }
  store<usize>(tables + kind * 4, table);
  store<i32>(logs + kind * 4, tableLog);
  return at;
}

/**
 * Executes the sequences that stand from `start` to `end`, with literals from `literals` on, and writes from
 * `target` on, before `targetEnd`; matches may reach back to `history`. Gives where the output ends, or
 * `refused`.
 */
export function executeSequences(
  start: usize,
  end: usize,
  literals: usize,
  literalsEnd: usize,
  target: usize,
  targetEnd: usize,
  history: usize,
): usize {
  if (start >= end) return refused;
  let at = start;
  let count = <u32>load<u8>(at++);
  if (count >= 128) {
    if (end - at < 2) return refused;
    if (count < 255) {
      count = ((count - 128) << 8) + <u32>load<u8>(at++);
    } else {
      count = <u32>load<u16>(at) + 0x7f00;
      at += 2;
    }
  }
  if (count == 0) {
    if (at != end) return refused;
  } else {
    if (at >= end) return refused;
    const kinds = <u32>load<u8>(at++);
    at = readKind(literalLengths, kinds >> 6, at, end);
    if (at == refused) return refused;
    at = readKind(offsets, (kinds >> 4) & 3, at, end);
    if (at == refused) return refused;
    at = readKind(matchLengths, (kinds >> 2) & 3, at, end);
    if (at == refused) return refused;

    let position = endOfBits(at, end);
    const literalTable = load<usize>(tables + literalLengths * 4);
    const offsetTable = load<usize>(tables + offsets * 4);
    const matchTable = load<usize>(tables + matchLengths * 4);
    const literalLog = load<u32>(logs + literalLengths * 4);
    const offsetLog = load<u32>(logs + offsets * 4);
    const matchLog = load<u32>(logs + matchLengths * 4);
    if (position < <i32>(literalLog + offsetLog + matchLog)) return refused;
    let literalState = <usize>bitsBefore(at, position, literalLog);
    position -= literalLog;
    let offsetState = <usize>bitsBefore(at, position, offsetLog);
    position -= offsetLog;
    let matchState = <usize>bitsBefore(at, position, matchLog);
    position -= matchLog;

    for (;;) {
      const literalEntry = load<u32>(literalTable + (literalState << 2));
      const offsetEntry = load<u32>(offsetTable + (offsetState << 2));
      const matchEntry = load<u32>(matchTable + (matchState << 2));
      const literalCode = literalLengthCodes + ((literalEntry & 255) << 3);
      const matchCode = matchLengthCodes + ((matchEntry & 255) << 3);
      const offsetBits = offsetEntry & 255;

      const offsetValue = ((<u32>1) << offsetBits) + <u32>bitsBefore(at, position, offsetBits);
      position -= offsetBits;
      // Both at once: 32 bits at most.
      const matchBits = load<u32>(matchCode, 4);
      const literalBits = load<u32>(literalCode, 4);
      const extra = bitsBefore(at, position, matchBits + literalBits);
      position -= matchBits + literalBits;
      const matchLength = load<u32>(matchCode) + <u32>(extra >> literalBits);
      const literalLength = load<u32>(literalCode) + <u32>(extra & (((<u64>1) << literalBits) - 1));

      let offset: u32;
      if (offsetValue > 3) {
        offset = offsetValue - 3;
        offset3 = offset2;
        offset2 = offset1;
        offset1 = offset;
      } else {
        // 1 to 3: one of the last; without literals the one after it, and the last less one.
        const which = offsetValue + (literalLength == 0 ? 1 : 0);
        if (which == 1) {
          offset = offset1;
        } else {
          if (which == 2) {
            offset = offset2;
          } else {
            offset = which == 3 ? offset3 : offset1 - 1;
            offset3 = offset2;
          }
          offset2 = offset1;
          offset1 = offset;
        }
      }

      if (
        literalLength > <u32>(literalsEnd - literals) ||
        literalLength + matchLength > <u32>(targetEnd - target)
      ) {
        return refused;
      }
      // Most are short: 32 bytes without a branch for how short.
      v128.store(target, v128.load(literals));
      v128.store(target, v128.load(literals, 16), 16);
      if (literalLength > 32) copy(target + 32, literals + 32, literalLength - 32);
      literals += literalLength;
      target += literalLength;
      if (offset == 0 || offset > <u32>(target - history)) return refused;
      if (offset >= 16) {
        const source = target - offset;
        v128.store(target, v128.load(source));
        v128.store(target, v128.load(source, 16), 16);
        if (matchLength > 32) copy(target + 32, source + 32, matchLength - 32);
      } else {
        repeat(target, offset, matchLength);
      }
      target += matchLength;

      if (--count == 0) break;
      // The next states: 27 bits at most.
      const literalWidth = (literalEntry >> 8) & 255;
      const matchWidth = (matchEntry >> 8) & 255;
      const offsetWidth = (offsetEntry >> 8) & 255;
      const width = literalWidth + matchWidth + offsetWidth;
      const bits = bitsBefore(at, position, width);
      position -= width;
      if (position < 0) return refused;
      literalState = <usize>(literalEntry >> 16) + <usize>(bits >> (matchWidth + offsetWidth));
      matchState =
        <usize>(matchEntry >> 16) + <usize>((bits >> offsetWidth) & (((<u64>1) << matchWidth) - 1));
      offsetState = <usize>(offsetEntry >> 16) + <usize>(bits & (((<u64>1) << offsetWidth) - 1));
    }
    if (position != 0) return refused;
  }
  const rest = literalsEnd - literals;
  if (rest > targetEnd - target) return refused;
  memory.copy(target, literals, rest);
  return target + rest;
}
