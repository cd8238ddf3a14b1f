// As ../blockEntries.ts.

import { copyVectors, slack } from './copy';
import { varint32, varintEnd } from './varint';

/** What a call gives: it did not do it; it is done; or, larger than these, how much memory it wants. */
export const refused: usize = 0;
export const done: usize = 1;
export const otherCompression: usize = 2;

const hashIndexFlag: u32 = 0x8000_0000;
const unknownFlags: u32 = 0x7000_0000;
const largestHashedBlock: usize = 65_536;
const trailerLength: usize = 8;
const valueType: u8 = 1;

/** Six numbers: contents start, contents end, keys end, fields start, number of entries, plain. */
export const result = memory.data(24, 16);

/** The lengths of an entry that are not all small, and where the tail of its key starts. */
let longShared: usize = 0;
let longUnshared: usize = 0;
let longValue: usize = 0;
let longTail: usize = 0;

/** Where the entries end; 0 when that cannot be. */
function entriesEnd(start: usize, end: usize): usize {
  const length = end - start;
  if (length < 4) return 0;
  const footer = load<u32>(end - 4);
  if ((footer & unknownFlags) != 0) return 0;
  let rest = length - 4;
  if ((footer & hashIndexFlag) != 0 && length <= largestHashedBlock) {
    if (rest < 2) return 0;
    const buckets = <usize>load<u16>(start + rest - 2);
    if (buckets > rest - 2) return 0;
    rest -= 2 + buckets;
  }
  const restarts = <usize>(footer & 0x0fff_ffff);
  if (restarts > rest >> 2) return 0;
  return start + rest - (restarts << 2);
}

function readLong(at: usize, end: usize): bool {
  longShared = varint32(at, end);
  if (varintEnd == 0) return false;
  longUnshared = varint32(varintEnd, end);
  if (varintEnd == 0) return false;
  longValue = varint32(varintEnd, end);
  longTail = varintEnd;
  return longTail != 0;
}

/** Whether two keys of one length, the first `same` bytes of which are, have the same user key. */
function sameUserKey(a: usize, b: usize, same: usize, length: usize): bool {
  for (let i = same; i < length; i++) if (load<u8>(a + i) != load<u8>(b + i)) return false;
  return true;
}

/** Of the blocks that are decoded together: where their contents start, and what was decoded last. */
let base: usize = 0;
let key: usize = 0;
let field: usize = 0;
let plain: bool = true;
let last: usize = 0;
let lastLength: usize = 0;

/**
 * Begins to decode blocks whose contents lie one behind the other from `start` to `end`. Keys are
 * written behind them, fields from the end of memory down; these are moved behind the keys in the end.
 */
export function begin(start: usize, end: usize): void {
  base = start;
  key = end;
  field = (<usize>memory.size()) << 16;
  plain = true;
  last = end;
  lastLength = 0;
}

/** Decodes the next block, from `start` to `end`. */
export function decodeNext(start: usize, end: usize, shortest: usize): usize {
  const entries = entriesEnd(start, end);
  if (entries == 0) return refused;
  let before = last;
  let beforeLength = lastLength;
  let first = true;
  let target = key;
  let place = field;
  let isPlain = plain;
  for (let at = start; at < entries;) {
    // Three bytes at once where the numbers are small; what is read past the end is not used.
    const bytes = load<u32>(at);
    let shared: usize = bytes & 0xff;
    let unshared: usize = (bytes >> 8) & 0xff;
    let valueLength: usize = (bytes >> 16) & 0xff;
    let tail = at + 3;
    if ((bytes & 0x808080) != 0 || tail > entries) {
      if (!readLong(at, entries)) return refused;
      shared = longShared;
      unshared = longUnshared;
      valueLength = longValue;
      tail = longTail;
    }
    // A block's first key shares nothing with the block before.
    if (shared > (first ? 0 : beforeLength) || unshared > entries - tail) return refused;
    const value = tail + unshared;
    if (valueLength > entries - value) return refused;
    const length = shared + unshared;
    if (length < shortest) return refused;
    if (length + 2 * slack > place - target) return ((<usize>memory.size()) << 16) + 1;

    at = value + valueLength;
    if (shared != 0) copyVectors(target, before, shared);
    copyVectors(target + shared, tail, unshared);
    const user = length - trailerLength;
    if (length < trailerLength || load<u8>(target + user) != valueType) isPlain = false;
    else if (isPlain && beforeLength == length && sameUserKey(before, target, shared, user)) {
      isPlain = false;
    }
    first = false;
    before = target;
    beforeLength = length;
    target += length;
    place -= 16;
    store<u32>(place, <u32>(before - base));
    store<u32>(place, <u32>(target - base), 4);
    store<u32>(place, <u32>(value - base), 8);
    store<u32>(place, <u32>(at - base), 12);
  }
  last = before;
  lastLength = beforeLength;
  key = target;
  field = place;
  plain = isPlain;
  return done;
}

/** Ends what `begin` began with the same `end`. */
export function finish(end: usize): usize {
  const memoryEnd = (<usize>memory.size()) << 16;
  const fieldsAt = base + ((key - base + 3) & ~3);
  const count = (memoryEnd - field) >> 4;
  if (fieldsAt + (count << 4) > field) return memoryEnd + 1;
  let target = fieldsAt;
  for (let source = memoryEnd; source > field; target += 16) {
    source -= 16;
    v128.store(target, v128.load(source));
  }
  store<u32>(result, <u32>base);
  store<u32>(result, <u32>end, 4);
  store<u32>(result, <u32>key, 8);
  store<u32>(result, <u32>fieldsAt, 12);
  store<u32>(result, <u32>count, 16);
  store<u32>(result, plain ? 1 : 0, 20);
  return done;
}

/** Decodes the block from `start` to `end`. */
export function decodeBlock(start: usize, end: usize, shortest: usize): usize {
  begin(start, end);
  const status = decodeNext(start, end, shortest);
  return status == done ? finish(end) : status;
}
