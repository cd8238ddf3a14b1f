// Tables of finite state entropy coding (RFC 8878, 4.1): an entry for each state, of 4 bytes:
//
//   u8 symbol | u8 bits to read | u16 what to add to them for the next state

import { refused } from './memory';

const highestLog: u32 = 9;
const mostSymbols: u32 = 256;
const counts = memory.data(256 * 2, 2);
const nextStates = memory.data(256 * 2, 2);

/** How a table's description was read: the bits of a state, and where the description ends. */
export let tableLog: u32 = 0;
export let descriptionEnd: usize = 0;
let symbolCount: u32 = 0;

/** Reads the description from `start` on and builds `table`. False where it cannot be one. */
export function readTable(
  table: usize,
  start: usize,
  end: usize,
  mostLog: u32,
  highestSymbol: u32,
): bool {
  return readCounts(start, end, mostLog, highestSymbol) && buildTable(table);
}

/** The table of one symbol that needs no bits. */
export function repeatedSymbol(table: usize, symbol: u32): void {
  store<u32>(table, symbol);
  tableLog = 0;
}

/** Builds a table of given counts: `log` bits a state, a signed byte for each of `length` symbols. */
export function buildFixedTable(table: usize, log: u32, from: usize, length: u32): void {
  for (let i: u32 = 0; i < length; i++) store<i16>(counts + i * 2, <i16>load<i8>(from + i));
  tableLog = log;
  symbolCount = length;
  buildTable(table);
}

/** How often each symbol occurs of `1 << tableLog` times; -1: less than once. */
function readCounts(start: usize, end: usize, mostLog: u32, highestSymbol: u32): bool {
  const bitEnd = <u32>(end - start) * 8;
  if (bitEnd < 8) return false;
  const log = ((<u32>load<u8>(start)) & 15) + 5;
  if (log > mostLog || log > highestLog) return false;
  let position: u32 = 4;
  let remaining: i32 = (1 << log) + 1;
  let threshold: i32 = 1 << log;
  let width: u32 = log + 1;
  let symbol: u32 = 0;
  while (remaining > 1 && symbol <= highestSymbol) {
    if (position > bitEnd) return false;
    let bits = load<u32>(start + (position >> 3)) >> (position & 7);
    const most = 2 * threshold - 1 - remaining;
    let count: i32;
    if (<i32>(bits & (threshold - 1)) < most) {
      count = <i32>(bits & (threshold - 1));
      position += width - 1;
    } else {
      count = <i32>(bits & (2 * threshold - 1));
      if (count >= threshold) count -= most;
      position += width;
    }
    count--;
    remaining -= count < 0 ? -count : count;
    store<i16>(counts + symbol * 2, <i16>count);
    symbol++;
    while (remaining < threshold && width > 1) {
      width--;
      threshold >>= 1;
    }
    if (count != 0) continue;
    // How many more symbols do not occur: 2 bits, again while they are 3.
    let more: u32;
    do {
      if (position > bitEnd) return false;
      bits = load<u32>(start + (position >> 3)) >> (position & 7);
      more = bits & 3;
      position += 2;
      if (symbol + more > highestSymbol + 1) return false;
      for (let i: u32 = 0; i < more; i++) store<i16>(counts + (symbol + i) * 2, 0);
      symbol += more;
    } while (more == 3);
  }
  if (remaining != 1 || position > bitEnd || symbol > mostSymbols) return false;
  tableLog = log;
  symbolCount = symbol;
  descriptionEnd = start + <usize>((position + 7) >> 3);
  return true;
}

function buildTable(table: usize): bool {
  const size: u32 = 1 << tableLog;
  const mask = size - 1;
  let high = size - 1;
  for (let symbol: u32 = 0; symbol < symbolCount; symbol++) {
    const count = load<i16>(counts + symbol * 2);
    if (count == -1) {
      store<u8>(table + high * 4, <u8>symbol);
      high--;
      store<u16>(nextStates + symbol * 2, 1);
    } else {
      store<u16>(nextStates + symbol * 2, <u16>count);
    }
  }
  const step = (size >> 1) + (size >> 3) + 3;
  let state: u32 = 0;
  for (let symbol: u32 = 0; symbol < symbolCount; symbol++) {
    const count = <i32>load<i16>(counts + symbol * 2);
    for (let i: i32 = 0; i < count; i++) {
      store<u8>(table + state * 4, <u8>symbol);
      do {
        state = (state + step) & mask;
      } while (state > high);
    }
  }
  if (state != 0) return false;
  for (let i: u32 = 0; i < size; i++) {
    const entry = table + i * 4;
    const symbol = <u32>load<u8>(entry);
    const next = <u32>load<u16>(nextStates + symbol * 2);
    store<u16>(nextStates + symbol * 2, <u16>(next + 1));
    const bits = tableLog - (31 - clz(next));
    store<u8>(entry, <u8>bits, 1);
    store<u16>(entry, <u16>((next << bits) - size), 2);
  }
  return true;
}
