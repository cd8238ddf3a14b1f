import { compareBytes } from './coding';
import type { Operation } from './writeBatch';

/** So many operations fit into the low bits of a number whose high bits are four bytes of key. */
const mostIndexes = 2 ** 21;
/** Fewer are compared one by one. */
const fewOperations = 24;

/**
 * The indexes of `operations` in order of their keys, of the same key the newest first. Four bytes of
 * each key, behind what all have in common, are sorted as numbers, which needs no comparison in
 * JavaScript; what they leave undecided is sorted in the same way.
 */
export function operationOrder(operations: readonly Operation[]): Uint32Array {
  const order = Uint32Array.from(operations.keys());
  sort(operations, order);
  return order;
}

function sort(operations: readonly Operation[], order: Uint32Array): void {
  const length = order.length;
  if (length < fewOperations || length > mostIndexes) return compareAll(operations, order);
  const keyOf = (index: number) => operations[order[index] ?? 0]?.key ?? none;
  const first = keyOf(0);
  let common = first.length;
  for (let i = 1; i < length; i++) common = commonLength(first, keyOf(i), common);

  const heads = new Float64Array(length);
  for (let i = 0; i < length; i++) heads[i] = head(keyOf(i), common) * mostIndexes + i;
  heads.sort();
  const before = order.slice();
  for (let i = 0; i < length; i++) order[i] = before[(heads[i] ?? 0) % mostIndexes] ?? 0;

  let start = 0;
  for (let end = 1; end <= length; end++) {
    const same =
      end < length &&
      Math.floor((heads[end] ?? 0) / mostIndexes) === Math.floor((heads[start] ?? 0) / mostIndexes);
    if (same) continue;
    const group = order.subarray(start, end);
    // All of them again: the same key, or ends that look like zeros.
    if (group.length === length) compareAll(operations, group);
    else if (group.length > 1) sort(operations, group);
    start = end;
  }
}

function compareAll(operations: readonly Operation[], order: Uint32Array): void {
  order.sort((a, b) => {
    const [one, other] = [operations[a], operations[b]];
    if (!one || !other) return 0;
    return compareBytes(one.key, other.key) || other.sequence - one.sequence;
  });
}

const none = new Uint8Array(0);

/** How far two keys agree, at most `limit`. */
function commonLength(a: Uint8Array, b: Uint8Array, limit: number): number {
  const end = Math.min(limit, b.length);
  let length = 0;
  while (length < end && a[length] === b[length]) length++;
  return length;
}

function head(key: Uint8Array, start: number): number {
  const high = ((key[start] ?? 0) << 8) | (key[start + 1] ?? 0);
  const low = ((key[start + 2] ?? 0) << 8) | (key[start + 3] ?? 0);
  return high * 65_536 + low;
}
