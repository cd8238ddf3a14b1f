// A decoder of zstd frames (RFC 8878), as zstdDecoder.ts calls it; memory.ts says where it puts what.
//
//   fixed32 0xFD2FB528 | descriptor byte | [window byte] | dictionary id 0, 1, 2 or 4 bytes |
//   content size 0, 1, 2, 4 or 8 bytes | blocks | [fixed32 checksum]
//
//   descriptor: bits 6–7 length of the content size, 5 single segment (no window byte), 2 checksum,
//     0–1 length of the dictionary id
//   block: 3 bytes: bit 0 last, bits 1–2 type (0 raw, 1 one byte repeated, 2 compressed), from bit 3 on its
//     size; then that many bytes, one for type 1
//   compressed block: literals (raw, one byte repeated, or by Huffman's coding) | sequences
//
// The checksum is passed over: blocks of tables have one of their own.

import {
  decodeLiterals,
  huffmanEnd,
  huffmanLog,
  huffmanTable,
  readHuffman,
  setHuffmanLog,
} from './huffman';
import { largestBlock, refused } from './memory';
import {
  beginSequences,
  executeSequences,
  forgetDictionary,
  readDictionaryTables,
} from './sequences';

export { free, slack } from './memory';

const frameMagic: u32 = 0xfd2f_b528;
const dictionaryMagic: u32 = 0xec30_a437;

/** With room for copies that go further. */
const literalBuffer = memory.data(131072 + 64, 16);
const dictionaryHuffman = memory.data(2048 * 2, 8);
let dictionaryHuffmanLog: u32 = 0;

/**
 * Takes the dictionary in memory from `start` to `end`: its tables, where it has any, else it is all content.
 * Gives where its content starts, or `refused`.
 */
export function setDictionary(start: usize, end: usize): usize {
  forgetDictionary();
  dictionaryHuffmanLog = 0;
  if (end - start < 8 || load<u32>(start) != dictionaryMagic) return start;
  if (!readHuffman(start + 8, end)) return refused;
  dictionaryHuffmanLog = huffmanLog;
  memory.copy(dictionaryHuffman, huffmanTable, 2048 * 2);
  return readDictionaryTables(huffmanEnd, end);
}

/**
 * Decompresses the frame from `start` to `end` to `target`, at most to `targetEnd`. Matches may reach back to
 * `history`, where the content of the dictionary starts. Gives where the output ends, or `refused`.
 */
export function decompress(
  start: usize,
  end: usize,
  history: usize,
  target: usize,
  targetEnd: usize,
): usize {
  if (end - start < 9 || load<u32>(start) != frameMagic) return refused;
  const descriptor = <u32>load<u8>(start, 4);
  const singleSegment = (descriptor & 32) != 0;
  const idFlag = descriptor & 3;
  const sizeFlag = descriptor >> 6;
  let at = start + 5;
  if (!singleSegment) at++;
  at += idFlag == 3 ? 4 : idFlag;
  at += sizeFlag == 0 ? (singleSegment ? 1 : 0) : 1 << sizeFlag;

  if (dictionaryHuffmanLog != 0) memory.copy(huffmanTable, dictionaryHuffman, 2048 * 2);
  setHuffmanLog(dictionaryHuffmanLog);
  beginSequences();
  for (;;) {
    if (at + 3 > end) return refused;
    const header = load<u32>(at) & 0xff_ffff;
    at += 3;
    const type = (header >> 1) & 3;
    const size = header >> 3;
    if (type == 0) {
      if (size > <u32>(end - at) || size > <u32>(targetEnd - target)) return refused;
      memory.copy(target, at, size);
      target += size;
      at += size;
    } else if (type == 1) {
      if (at >= end || size > <u32>(targetEnd - target)) return refused;
      memory.fill(target, load<u8>(at++), size);
      target += size;
    } else {
      if (type == 3 || size > <u32>(end - at) || size > largestBlock) return refused;
      target = decompressBlock(at, at + size, history, target, targetEnd);
      if (target == refused) return refused;
      at += size;
    }
    if (header & 1) break;
  }
  if (descriptor & 4) at += 4;
  return at == end ? target : refused;
}

/**
 * Literals: bits 0–1 type (0 raw, 1 one byte repeated, 2 with a table, 3 with the table before), 2–3 format
 * of the sizes, then the size of what they give, and for types 2 and 3 that of what they take.
 */
function decompressBlock(
  start: usize,
  end: usize,
  history: usize,
  target: usize,
  targetEnd: usize,
): usize {
  if (end - start < 2) return refused;
  const head = load<u32>(start);
  const type = head & 3;
  const format = (head >> 2) & 3;
  let at = start;
  let literals = literalBuffer;
  let length: u32;
  if (type < 2) {
    if ((format & 1) == 0) {
      length = (head >> 3) & 31;
      at += 1;
    } else if (format == 1) {
      length = (head >> 4) & 0xfff;
      at += 2;
    } else {
      length = (head >> 4) & 0xf_ffff;
      at += 3;
    }
    const size = type == 0 ? length : 1;
    if (at > end || size > <u32>(end - at) || length > largestBlock) return refused;
    if (type == 0) literals = at;
    else memory.fill(literals, load<u8>(at), length);
    at += size;
  } else {
    const long = load<u64>(start) >> 4;
    const bits: u32 = format < 2 ? 10 : format == 2 ? 14 : 18;
    const mask = ((<u64>1) << bits) - 1;
    length = <u32>(long & mask);
    const size = <u32>((long >> bits) & mask);
    at += format < 2 ? 3 : format == 2 ? 4 : 5;
    if (at > end || size > <u32>(end - at) || length > largestBlock) return refused;
    const literalsEnd = at + size;
    if (type == 2) {
      if (!readHuffman(at, literalsEnd)) return refused;
      at = huffmanEnd;
    }
    if (!decodeLiterals(at, literalsEnd, literals, length, format == 0 ? 1 : 4)) return refused;
    at = literalsEnd;
  }
  return executeSequences(at, end, literals, literals + length, target, targetEnd, history);
}
