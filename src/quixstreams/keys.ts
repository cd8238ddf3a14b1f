// Keys of default stores (quixstreams/state/base/transaction.py, `_serialize_key`):
//
//   prefix | 0x7C "|" | state key          or the bare state key where the prefix is empty
//
// The prefix is the message key's bytes, or its JSON when it is not bytes; the state key is JSON, or
// bytes as they are. Nothing is escaped, so where a key has several "|" the bytes alone may not tell.
// In this order:
//
//   1. A key that is JSON as a whole, or has no "|" behind its first byte, is bare.
//   2. A JSON string, array or object with "|" behind it is the prefix: it says itself where it ends.
//   3. The last "|" with nothing but JSON behind it. For JSON strings this is certain: no JSON string
//      has a "|" in it behind which JSON stands.
//   4. No JSON behind any "|": the state key is bytes. The longest prefix that the store knows by a
//      key with JSON behind it (`a|b` in `a|b|raw`, because there is `a|b|"k"`), else up to the first
//      "|". What a store knows is asked with point reads, so that a key comes apart in the same way
//      whatever else was read.
//
// A prefix that is JSON stands for that. `1` may be the number or the bytes: it is the bytes where the
// store has `"1"`, too, since an app that reads one key as text and as bytes is more likely than one
// whose keys are text and numbers.
//
// A prefix that is bytes never has `|"`, `|[` or `|{` in it here: behind those only state keys are
// looked for, which lets a listing seek past a message key with a million of them. A message key of
// the kind `a|{"b":1}` as bytes is read as `a` with state keys that are bytes.

import { isUtf8 } from 'node:buffer';
import { isJson, jsonEnd } from './json';

const separator = 0x7c;

/** A message or state key: JSON text exactly as stored, or bytes. */
export type DecodedKey = { readonly json: string } | { readonly bytes: Uint8Array };

export interface SplitKey {
  /** Empty for a bare key. */
  readonly prefix: Uint8Array;
  readonly stateKey: Uint8Array;
  readonly bare: boolean;
  /** The prefix says itself where it ends: whatever begins with `prefix|` has this prefix. */
  readonly closed: boolean;
}

/** Whether the store has a key of this prefix whose state key is JSON. */
export type KnowsPrefix = (prefix: Uint8Array) => Promise<boolean>;

/** Prefixes that the store is asked for on behalf of one key; hostile keys are all "|". */
const mostCandidates = 16;

const isBracket = (byte: number | undefined) => byte === 0x22 || byte === 0x5b || byte === 0x7b;

function splitAt(key: Uint8Array, at: number, closed = false): SplitKey {
  return { prefix: key.subarray(0, at), stateKey: key.subarray(at + 1), bare: false, closed };
}

/**
 * Splits a key as far as its own bytes tell (points 1 to 3); undefined where only the store's other
 * keys can (point 4).
 */
export function splitByBytes(key: Uint8Array): SplitKey | undefined {
  const first = key.indexOf(separator, 1);
  if (first < 0 || isJson(key)) {
    return { prefix: key.subarray(0, 0), stateKey: key, bare: true, closed: false };
  }
  if (isBracket(key[0])) {
    const end = jsonEnd(key, 0);
    if (end > 0 && key[end] === separator) return splitAt(key, end, true);
  }
  for (let at = lastSplit(key, first); at > 0; at = before(key, at)) {
    if (isJson(key, at + 1)) return splitAt(key, at);
  }
  return undefined;
}

/** The last "|" that a bytes prefix may end at: the first with a quote or bracket behind it. */
function lastSplit(key: Uint8Array, first: number): number {
  let at = first;
  while (!isBracket(key[at + 1])) {
    const next = key.indexOf(separator, at + 1);
    if (next < 0) return at;
    at = next;
  }
  return at;
}

/** The "|" before the one at `at`; 0 or less where there is none that a prefix may end at. */
function before(key: Uint8Array, at: number): number {
  return key.lastIndexOf(separator, at - 1);
}

/** Splits a key, asking the store where its bytes do not tell. */
export async function splitKey(key: Uint8Array, knows: KnowsPrefix): Promise<SplitKey> {
  const told = splitByBytes(key);
  if (told) return told;
  const first = key.indexOf(separator, 1);
  let at = lastSplit(key, first);
  for (let asked = 0; at > first && asked < mostCandidates; asked++) {
    if (await knows(key.subarray(0, at))) return splitAt(key, at);
    at = before(key, at);
  }
  return splitAt(key, first);
}

/** Where JSON state keys of a prefix stand: strings, numbers, arrays, objects; ends exclusive. */
export function jsonRanges(prefix: Uint8Array): (readonly [Uint8Array, Uint8Array])[] {
  const behind = (byte: number) => Buffer.concat([prefix, Uint8Array.of(separator, byte)]);
  const ranges = [
    [0x22, 0x23],
    [0x2d, 0x3a],
    [0x5b, 0x5c],
    [0x7b, 0x7c],
  ] as const;
  return ranges.map(([from, to]) => [behind(from), behind(to)]);
}

/** The first key that a prefix's state keys can have: `prefix|`. */
export function startOf(prefix: Uint8Array): Uint8Array {
  return Buffer.concat([prefix, Uint8Array.of(separator)]);
}

/** The first key behind all that begin with `prefix|`. */
export function endOf(prefix: Uint8Array): Uint8Array {
  return Buffer.concat([prefix, Uint8Array.of(separator + 1)]);
}

/**
 * Where to go on when no more state keys of a key's prefix are wanted, so that no other message key
 * is missed: behind all that begin with `prefix|`, or with a quote or bracket after that. undefined
 * where the next key may be another message key's.
 */
export function seekPast({ prefix, stateKey, bare, closed }: SplitKey): Uint8Array | undefined {
  if (bare) return undefined;
  if (closed) return endOf(prefix);
  const head = stateKey[0];
  if (head === undefined || !isBracket(head) || isBracket(prefix[0])) return undefined;
  return Buffer.concat([prefix, Uint8Array.of(separator, head + 1)]);
}

/**
 * The JSON string of a prefix that is a JSON number or word, as which the store may have it, too;
 * undefined for all other prefixes.
 */
export function asJsonString(prefix: Uint8Array): Uint8Array | undefined {
  const decoded = decodeKey(prefix);
  if (!('json' in decoded) || isBracket(prefix[0])) return undefined;
  return Buffer.from(JSON.stringify(decoded.json));
}

/** JSON where the bytes are that and nothing else, else bytes. */
export function decodeKey(bytes: Uint8Array): DecodedKey {
  if (bytes.length > 0 && isUtf8(bytes) && isJson(bytes)) {
    return { json: Buffer.from(bytes).toString('utf8') };
  }
  return { bytes };
}
