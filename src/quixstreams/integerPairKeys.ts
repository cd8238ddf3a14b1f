// Keys that are a message key and two numbers (quixstreams/state/serialization.py,
// `encode_integer_pair`): those of windows, of the values that windows collect, and of joins.
//
//   prefix | 0x7C "|" | first, 8 bytes | 0x7C "|" | second, 8 bytes      both big-endian
//
//   default of windowed stores       first = start, second = end, ms since epoch
//   __values__ of windowed stores    first = id (a timestamp, or a running number), second = counter
//   default of timestamped stores    first = timestamp, ms since epoch, second = counter
//
// An empty prefix has no "|" behind it, but in quixstreams before 3.3 and in timestamped stores.
//
// The prefix is not escaped: keys of `a|b` lie among those that begin with `a|`. The numbers have a
// fixed length, so a key says itself where its prefix ends. The first one is below 2^56 (as ms, the
// year 2,285,616): what a longer prefix has behind `a|` comes after it, unless that is a zero byte.

import { bigEndian } from './metadata';

const separator = 0x7c;
/** Of `first|second`. */
const pairLength = 17;

export interface PairKey {
  readonly prefix: Uint8Array;
  readonly first: bigint;
  readonly second: bigint;
}

/** What a key is made of; undefined where it is none of these. */
export function splitPair(key: Uint8Array): PairKey | undefined {
  const start = key.length - pairLength;
  if (start < 0 || key[start] !== 0 || key[start + 8] !== separator) return undefined;
  if (start > 0 && key[start - 1] !== separator) return undefined;
  const first = bigEndian(key.subarray(start, start + 8)) ?? 0n;
  const second = bigEndian(key.subarray(start + 9)) ?? 0n;
  return { prefix: key.subarray(0, Math.max(0, start - 1)), first, second };
}

/** From a key on, and before another. */
export interface KeyRange {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
}

/**
 * Where the keys of a prefix stand with a first number from `from` to, exclusive, `to`; in key order.
 * Keys of longer prefixes may stand among them.
 */
export function pairRanges(prefix: Uint8Array, from = 0n, to = 1n << 56n): KeyRange[] {
  const range = (head: Uint8Array) => ({
    from: Buffer.concat([head, bytesOf(from)]),
    to: Buffer.concat([head, bytesOf(to)]),
  });
  const behindSeparator = range(Buffer.concat([prefix, Uint8Array.of(separator)]));
  return prefix.length === 0 ? [range(prefix), behindSeparator] : [behindSeparator];
}

/** Where the keys of a prefix begin that have `first` or more; of an empty one where they usually do. */
export function pairStart(prefix: Uint8Array, first: bigint): Uint8Array {
  return pairRanges(prefix, first)[0]?.from ?? prefix;
}

/** The first key behind all that have the prefix of `key`, and stand where it stands. */
export function behindPairs(key: Uint8Array): Uint8Array {
  const head = key.slice(0, key.length - pairLength + 1);
  head[head.length - 1] = 1;
  return head;
}

function bytesOf(number: bigint): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt.asUintN(64, number));
  return bytes;
}
