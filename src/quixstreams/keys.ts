// Keys of default stores (quixstreams/state/rocksdb/transaction.py):
//
//   prefix | 0x7C "|" | state key          or the bare state key where there is no prefix
//
// The prefix is the message key's bytes, or its JSON when it is not bytes; the state key is JSON, or
// bytes as they are. Nothing is escaped, so where a key has several "|" the bytes alone may not tell.
// In this order:
//
//   1. A key that is JSON as a whole, or has no "|", is bare.
//   2. A JSON string, array or object with "|" behind it is the prefix: it says itself where it ends.
//   3. The last "|" with nothing but JSON behind it. For JSON strings this is certain: no JSON string
//      has a "|" in it behind which JSON stands.
//   4. No JSON behind any "|": the state key is bytes. The longest prefix that other keys of the store
//      are known by (point 3), else the first "|".
//
// A prefix that is bytes never has `|"`, `|[` or `|{` in it: behind those only state keys are looked
// for, which lets a listing seek past a message key with a million of them.

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
}

/** Whether the store has a key of this prefix whose state key is JSON. */
export type KnowsPrefix = (prefix: Uint8Array) => Promise<boolean>;

const isBracket = (byte: number | undefined) => byte === 0x22 || byte === 0x5b || byte === 0x7b;

function splitAt(key: Uint8Array, at: number): SplitKey {
  return { prefix: key.subarray(0, at), stateKey: key.subarray(at + 1), bare: false };
}

/**
 * Splits a key as far as its own bytes tell (points 1 to 3); undefined where only the store's other
 * keys can (point 4).
 */
export function splitByBytes(key: Uint8Array): SplitKey | undefined {
  const firstSeparator = key.indexOf(separator);
  if (firstSeparator < 0 || isJson(key)) {
    return { prefix: key.subarray(0, 0), stateKey: key, bare: true };
  }
  if (isBracket(key[0])) {
    const end = jsonEnd(key, 0);
    if (end > 0 && key[end] === separator) return splitAt(key, end);
  }
  const limit = lastSplit(key, firstSeparator);
  for (let at = key.lastIndexOf(separator, limit); at >= 0; at = before(key, at)) {
    if (isJson(key, at + 1)) return splitAt(key, at);
  }
  return undefined;
}

/** The last "|" that a bytes prefix may end at: the first with a quote or bracket behind it. */
function lastSplit(key: Uint8Array, firstSeparator: number): number {
  let at = firstSeparator;
  while (!isBracket(key[at + 1])) {
    const next = key.indexOf(separator, at + 1);
    if (next < 0) return at;
    at = next;
  }
  return at;
}

function before(key: Uint8Array, at: number): number {
  return at === 0 ? -1 : key.lastIndexOf(separator, at - 1);
}

/** Splits a key, asking the store where its bytes do not tell. */
export async function splitKey(key: Uint8Array, knows: KnowsPrefix): Promise<SplitKey> {
  const told = splitByBytes(key);
  if (told) return told;
  const first = key.indexOf(separator);
  for (
    let at = key.lastIndexOf(separator, lastSplit(key, first));
    at > first;
    at = before(key, at)
  ) {
    if (await knows(key.subarray(0, at))) return splitAt(key, at);
  }
  return splitAt(key, first);
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
 * Behind which key nothing of `split`'s prefix and nothing else is skipped: past all state keys that
 * begin as this one does, where those can be no other message key's; else just past the key.
 */
export function seekPast(key: Uint8Array, { prefix, stateKey, bare }: SplitKey): Uint8Array {
  const head = stateKey[0];
  if (bare || head === undefined || !isBracket(head)) {
    return Buffer.concat([key, Uint8Array.of(0)]);
  }
  return Buffer.concat([prefix, Uint8Array.of(separator, head + 1)]);
}

const unsignedInteger = /^(0|[1-9][0-9]*)$/;

/**
 * What a prefix stands for. Digits alone are text as often as JSON (Kafka keys come as bytes by
 * default) and are bytes here, but for integers past 2^53, which only JSON writes in full.
 */
export function decodeMessageKey(prefix: Uint8Array): DecodedKey {
  const decoded = decodeKey(prefix);
  if ('json' in decoded && unsignedInteger.test(decoded.json)) {
    if (BigInt(decoded.json) <= Number.MAX_SAFE_INTEGER) return { bytes: prefix };
  }
  return decoded;
}

/** JSON where the bytes are that and nothing else, else bytes. */
export function decodeKey(bytes: Uint8Array): DecodedKey {
  if (bytes.length > 0 && isUtf8(bytes) && isJson(bytes)) {
    return { json: Buffer.from(bytes).toString('utf8') };
  }
  return { bytes };
}
