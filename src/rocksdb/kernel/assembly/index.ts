// The kernel's functions, as wasmKernel.ts calls them. All positions are bytes of memory; `slack` bytes
// behind all that a call is given must be there, too, and free to be overwritten.

import {
  begin,
  decodeBlock,
  decodeNext,
  done,
  finish,
  otherCompression,
  refused,
} from './blockEntries';
import { copyVectors, slack } from './copy';
import { crc32c } from './crc32c';
import { lz4 } from './lz4';
import { snappy } from './snappy';
import { decompress as zstd } from '../../zstd/assembly/index';
import { varint32, varintEnd } from './varint';
import { xxhash3 } from './xxhash3';
import { xxhash32 } from './xxhash32';
import { xxhash64 } from './xxhash64';

export { crc32c } from './crc32c';
export { indexOf } from './indexOf';
export { lz4 } from './lz4';
export { snappy } from './snappy';
export { decodeBlock, result } from './blockEntries';

/** Where memory is free. */
export const free: usize = __heap_base;

const trailerSize: usize = 5;
const shortestKey: usize = 8;
/** Whatever needs as much memory is refused. */
const largestBlock: u32 = 1 << 26;

/** The checksum of a block from `start` on: `length` bytes of payload and a type byte; `kind` 1–4. */
export function blockChecksum(kind: u32, start: usize, length: usize): u32 {
  if (kind == 1) return rotr<u32>(crc32c(start, length + 1), 15) + 0xa282ead8;
  if (kind == 2) return xxhash32(start, length + 1);
  if (kind == 3) return xxhash64(start, length + 1);
  return xxhash3(start, length) ^ (<u32>load<u8>(start + length) * 0x6b9083d9);
}

/** Whether the payload from `start` to `end`, with its trailer behind it, has the checksum that it stores. */
function isRight(start: usize, end: usize, kind: u32, modifier: u32): bool {
  return kind == 0 || blockChecksum(kind, start, end - start) + modifier == load<u32>(end, 1);
}

/** Where the compressed body of a payload starts that says so first; 0 when it cannot be. */
let size: usize = 0;
function readSize(start: usize, end: usize): usize {
  size = varint32(start, end);
  return size == 0 || size > largestBlock ? 0 : varintEnd;
}

function isCompressed(type: u8): bool {
  return type == 1 || type == 4 || type == 5 || type == 7;
}

function undo(type: u8, body: usize, end: usize, target: usize): bool {
  const targetEnd = target + size;
  if (type == 1) return snappy(body, end, target, targetEnd);
  if (type == 7) return zstd(body, end, target, target, targetEnd) == targetEnd;
  return lz4(body, end, target, targetEnd);
}

/** Checks, decompresses and decodes `length` bytes of a data block with its trailer; `kind` 0–4. */
export function readDataBlock(start: usize, length: usize, kind: u32, modifier: u32): usize {
  const end = start + length - trailerSize;
  if (!isRight(start, end, kind, modifier)) return refused;
  const type = load<u8>(end);
  if (type == 0) return decodeBlock(start, end, shortestKey);
  if (!isCompressed(type)) return otherCompression;
  const body = readSize(start, end);
  if (body == 0) return refused;
  const target = (start + length + slack + 15) & ~15;
  const targetEnd = target + size;
  if (targetEnd + slack > (<usize>memory.size()) << 16) return targetEnd + slack;
  if (!undo(type, body, end, target)) return refused;
  return decodeBlock(target, targetEnd, shortestKey);
}

/**
 * As readDataBlock for `count` blocks that lie one behind the other from `start` to `end`; `ends` has 8
 * bytes a block: where its payload ends, from `start` on, and room for a number. `offset` is that of the
 * first in its file, `contextBase` as the footer has it.
 */
export function readDataBlocks(
  start: usize,
  end: usize,
  ends: usize,
  count: usize,
  kind: u32,
  contextBase: u32,
  offset: u64,
): usize {
  const contents = (end + slack + 15) & ~15;
  const memoryEnd = (<usize>memory.size()) << 16;
  let target = contents;
  let at = start;
  for (let i: usize = 0; i < count; i++) {
    const place = ends + (i << 3);
    const payloadEnd = start + load<u32>(place);
    const where = offset + <u64>(at - start);
    const modifier = contextBase == 0 ? 0 : contextBase ^ (<u32>where + <u32>(where >> 32));
    if (!isRight(at, payloadEnd, kind, modifier)) return refused;
    const type = load<u8>(payloadEnd);
    let body: usize = 0;
    if (type == 0) size = payloadEnd - at;
    else if (!isCompressed(type)) return otherCompression;
    else if ((body = readSize(at, payloadEnd)) == 0) return refused;
    if (target + size + slack > memoryEnd) return target + size + slack;
    if (type == 0) copyVectors(target, at, size);
    else if (!undo(type, body, payloadEnd, target)) return refused;
    target += size;
    store<u32>(place, <u32>target, 4);
    at = payloadEnd + trailerSize;
  }
  begin(contents, target);
  let from = contents;
  for (let i: usize = 0; i < count; i++) {
    const to = <usize>load<u32>(ends + (i << 3), 4);
    const status = decodeNext(from, to, shortestKey);
    if (status != done) return status;
    from = to;
  }
  return finish(target);
}
