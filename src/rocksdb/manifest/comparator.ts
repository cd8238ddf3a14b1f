// The order of a column family's keys, by the name that MANIFEST, tables and OPTIONS give it
// (util/comparator.cc). Others are an application's own, or have a timestamp at the end of the key.
//
// `rocksdict` is that of the Python package of this name in its default mode. Its keys begin with a
// byte for their type: 1 bytes, 2 str, 3 int, 4 float, 5 bool. Two ints compare as the numbers that
// they are (two's complement, big-endian, any length); all else is bytewise, floats too.

import { compareBytes } from '../bytes/coding';

export interface Comparator {
  readonly name: string;
  /** Negative when `a` comes before `b`, zero for the same key, else positive. */
  readonly compare: (a: Uint8Array, b: Uint8Array) => number;
  /** Whether the order is that of the bytes, from their start. */
  readonly bytewise: boolean;
}

/** Bytes as unsigned numbers, a shorter prefix first: RocksDB's order unless it is told otherwise. */
export const bytewise: Comparator = {
  name: 'leveldb.BytewiseComparator',
  compare: compareBytes,
  bytewise: true,
};

const reverseBytewise: Comparator = {
  name: 'rocksdb.ReverseBytewiseComparator',
  compare: (a, b) => compareBytes(b, a),
  bytewise: false,
};

const rocksdict: Comparator = {
  name: 'rocksdict',
  compare: (a, b) =>
    a[0] === rocksdictInt && b[0] === rocksdictInt ? compareInts(a, b) : compareBytes(a, b),
  bytewise: false,
};

const rocksdictInt = 3;

/** Integers in two's complement, big-endian, behind a byte for their type. */
function compareInts(a: Uint8Array, b: Uint8Array): number {
  const negative = isNegative(a);
  if (negative !== isNegative(b)) return negative ? -1 : 1;
  const digitsOfA = digits(a, negative);
  const digitsOfB = digits(b, negative);
  const longer = digitsOfA.length - digitsOfB.length;
  if (longer !== 0) return negative ? -longer : longer;
  return compareBytes(digitsOfA, digitsOfB);
}

const isNegative = (int: Uint8Array) => ((int[1] ?? 0) & 0x80) !== 0;

/** Without leading bytes that only repeat the sign. */
function digits(int: Uint8Array, negative: boolean): Uint8Array {
  const sign = negative ? 0xff : 0;
  let start = 1;
  while (int[start] === sign) start++;
  return int.subarray(start);
}

/** The comparator of that name; undefined for one that this reader does not know. */
export function comparatorOf(name: string): Comparator | undefined {
  return [bytewise, reverseBytewise, rocksdict].find((known) => known.name === name);
}

/** The name of what a column family has that is not read here, for the error that refuses it. */
export function featureOfComparator(name: string): string {
  return name.endsWith('.u64ts') ? 'user-defined timestamps' : `comparator ${name}`;
}
