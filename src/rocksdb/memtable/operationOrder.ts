import { compareBytes } from '../bytes/coding';
import type { Comparator } from '../manifest/comparator';
import type { LoggedOperations } from './loggedOperations';

/** Fewer are compared one by one. */
const fewOperations = 48;
/** From so many on the counters of large digits are worth their memory. */
const manyOperations = 4096;

/**
 * Operations in order of their keys, those of the same key the newest first; put in order where that is
 * asked for. At first they are parted by the two bytes that follow what all keys have in common: each
 * part is sorted when one of its operations is wanted.
 */
export class OperationOrder {
  private readonly order: Uint32Array;
  /** Where each part starts in `order`, and the end. */
  private readonly parts: number[];
  private readonly isSorted: boolean[] = [];

  constructor(
    readonly operations: LoggedOperations,
    private readonly comparator: Comparator,
  ) {
    const { length } = operations;
    const order = new Uint32Array(length);
    // The newest first: sorting by digits leaves what is equal as it is.
    for (let i = 0; i < length; i++) order[i] = length - 1 - i;
    const parted =
      !comparator.bytewise || length < manyOperations
        ? undefined
        : partedByDigit(operations, order);
    this.order = parted?.order ?? order;
    this.parts = parted?.parts ?? [0, length];
  }

  /** Indexes of operations: those that come at `start` and before `end`. A view. */
  slice(start: number, end: number): Uint32Array {
    const { order, parts } = this;
    const last = Math.min(end, order.length);
    for (let part = this.partAt(start); (parts[part] ?? last) < last; part++) this.sortPart(part);
    return order.subarray(start, last);
  }

  private sortPart(part: number): void {
    if (this.isSorted[part]) return;
    const { operations, order, parts } = this;
    const { compare, bytewise } = this.comparator;
    const indexes = order.subarray(parts[part], parts[part + 1]);
    if (bytewise) sort(operations, indexes);
    else compareAll(operations, indexes, compare);
    this.isSorted[part] = true;
  }

  /** The part that a position of the order is in. */
  private partAt(position: number): number {
    let low = 0;
    let high = this.parts.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((this.parts[middle] ?? 0) <= position) low = middle;
      else high = middle;
    }
    return low;
  }
}

/** Parts `order` by the first 16 bits behind what all keys begin with, and keeps it within them. */
function partedByDigit(
  operations: LoggedOperations,
  order: Uint32Array,
): { order: Uint32Array; parts: number[] } {
  const { bytes, fields, common } = operations;
  const digits = new Uint16Array(order.length);
  const starts = new Uint32Array((1 << 16) + 1);
  for (const index of order) {
    const at = (fields[index * 4] ?? 0) + common;
    const end = fields[index * 4 + 1] ?? 0;
    const digit =
      at + 1 < end
        ? ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
        : at < end
          ? (bytes[at] ?? 0) << 8
          : 0;
    digits[index] = digit;
    starts[digit + 1]!++;
  }
  const parts: number[] = [];
  for (let digit = 0; digit < 1 << 16; digit++) {
    const start = starts[digit] ?? 0;
    if ((starts[digit + 1] ?? 0) > 0) parts.push(start);
    starts[digit + 1]! += start;
  }
  const parted = new Uint32Array(order.length);
  for (const index of order) parted[starts[digits[index] ?? 0]!++] = index;
  return { order: parted, parts: [...parts, order.length] };
}

function sort(operations: LoggedOperations, order: Uint32Array): void {
  const { length } = order;
  if (length < fewOperations) return compareAll(operations, order);
  const common = commonLength(operations, order);

  const { bytes, fields } = operations;
  const high = new Uint32Array(length);
  const low = new Uint32Array(length);
  for (let i = 0; i < length; i++) {
    const at = (order[i] ?? 0) * 4;
    const end = fields[at + 1] ?? 0;
    const start = (fields[at] ?? 0) + common;
    high[i] = head(bytes, start, end);
    low[i] = head(bytes, start + 4, end);
  }
  const sorted = sortedByDigits(high, low);
  const before = order.slice();
  for (let i = 0; i < length; i++) order[i] = before[sorted[i] ?? 0] ?? 0;

  let start = 0;
  for (let end = 1; end <= length; end++) {
    const one = sorted[start] ?? 0;
    const other = sorted[end] ?? 0;
    if (end < length && high[one] === high[other] && low[one] === low[other]) continue;
    if (end - start > 1) {
      const group = order.subarray(start, end);
      // All of them again: the same key, or ends that look like zeros.
      if (group.length === length) compareAll(operations, group);
      else sort(operations, group);
    }
    start = end;
  }
}

/** The order of numbers of 64 bits, the high half and the low half of each. */
function sortedByDigits(high: Uint32Array, low: Uint32Array): Uint32Array {
  let from = new Uint32Array(high.length);
  for (let i = 0; i < from.length; i++) from[i] = i;
  let to = new Uint32Array(high.length);
  const bits = high.length < manyOperations ? 8 : 16;
  const digits = 1 << bits;
  for (let shift = 0; shift < 64; shift += bits) {
    const half = shift < 32 ? low : high;
    const digitOf = (index: number) => ((half[index] ?? 0) >>> (shift & 31)) & (digits - 1);
    const starts = new Uint32Array(digits + 1);
    for (let i = 0; i < half.length; i++) starts[digitOf(i) + 1]!++;
    if (starts.includes(half.length)) continue; // the same digit everywhere
    for (let digit = 1; digit <= digits; digit++) starts[digit]! += starts[digit - 1] ?? 0;
    for (const index of from) to[starts[digitOf(index)]!++] = index;
    [from, to] = [to, from];
  }
  return from;
}

function compareAll(
  operations: LoggedOperations,
  order: Uint32Array,
  compare: Comparator['compare'] = compareBytes,
): void {
  order.sort((a, b) => compare(operations.key(a), operations.key(b)) || b - a);
}

/** How many bytes the keys of `order` begin with together. */
function commonLength(operations: LoggedOperations, order: Uint32Array): number {
  const { bytes, fields } = operations;
  const first = fields[(order[0] ?? 0) * 4] ?? 0;
  let common = (fields[(order[0] ?? 0) * 4 + 1] ?? 0) - first;
  for (const index of order) {
    const start = fields[index * 4] ?? 0;
    const end = Math.min(common, (fields[index * 4 + 1] ?? 0) - start);
    common = Math.min(operations.common, end);
    while (common < end && bytes[first + common] === bytes[start + common]) common++;
  }
  return common;
}

/** Four bytes as a number, big-endian; what is missing before `end` is 0. */
function head(bytes: Uint8Array, start: number, end: number): number {
  if (start + 4 <= end) {
    return (
      (((bytes[start] ?? 0) << 24) |
        ((bytes[start + 1] ?? 0) << 16) |
        ((bytes[start + 2] ?? 0) << 8) |
        (bytes[start + 3] ?? 0)) >>>
      0
    );
  }
  let number = 0;
  for (let at = start; at < start + 4; at++) {
    number = number * 256 + (at < end ? (bytes[at] ?? 0) : 0);
  }
  return number;
}
