// What a message key that somebody types may be in raw keys: the prefixes that keys.ts and lookupBuffer.ts
// tell apart, found without reading on.
//
//   PC1          bytes `PC1`, a number or other JSON as it stands, or the JSON string `"PC1"`; with characters
//                beyond ASCII as they are, or as \u escapes
//   b'\x00PC'    as Python prints bytes, besides: those bytes

import { compareBytes } from '../../rocksdb/index';
import type { KeyRange } from '../integerPairKeys';
import { endOf, startOf } from '../keys';
import { bufferPrefix } from '../lookupBuffer';
import type { StoreKind } from '../storeKind';

/** A message key as it was typed. */
export interface TypedKey {
  readonly text: string;
  /** Only the beginning of one. */
  readonly open: boolean;
}

/** The prefixes, or their beginnings, that a typed message key may have in stores of a kind; in no order. */
export function typedPrefixes({ text, open }: TypedKey, kind: StoreKind): Uint8Array[] {
  if (text === '') return open ? [new Uint8Array(0)] : [];
  const utf8 = Buffer.from(text);
  const literal = pythonLiteral(text);
  if (kind === 'lookupBuffer') {
    const bytes = [utf8, ...(literal ? [literal] : [])].map(bufferPrefix);
    return text === 'null' ? [...bytes, bufferPrefix(undefined)] : bytes;
  }
  const json = open ? JSON.stringify(text).slice(0, -1) : JSON.stringify(text);
  const all: Uint8Array[] = [utf8, Buffer.from(json)];
  const ascii = json.replace(/[\u0080-\uffff]/g, escaped);
  if (ascii !== json) all.push(Buffer.from(ascii));
  if (literal) all.push(literal);
  return all;
}

/** Where raw keys with these prefixes stand, in key order and apart from each other. */
export function typedRanges(prefixes: readonly Uint8Array[], open: boolean): OpenRange[] {
  const all = prefixes
    .map((prefix): OpenRange =>
      open ? { from: prefix, to: behindAll(prefix) } : { from: startOf(prefix), to: endOf(prefix) },
    )
    .sort((a, b) => compareBytes(a.from, b.from));
  const apart: OpenRange[] = [];
  for (const range of all) {
    const last = apart.at(-1);
    if (!last || (last.to && compareBytes(range.from, last.to) > 0)) apart.push(range);
    else apart[apart.length - 1] = { from: last.from, to: later(last.to, range.to) };
  }
  return apart;
}

/** From a key on, and before another, or to the end. */
export type OpenRange = Pick<KeyRange, 'from'> & { readonly to: Uint8Array | undefined };

/** The first key behind all that begin with these bytes; undefined where there is none. */
function behindAll(head: Uint8Array): Uint8Array | undefined {
  let length = head.length;
  while (length > 0 && head[length - 1] === 0xff) length--;
  if (length === 0) return undefined;
  const end = Uint8Array.from(head.subarray(0, length));
  end[length - 1] = (end[length - 1] ?? 0) + 1;
  return end;
}

function later(a: Uint8Array | undefined, b: Uint8Array | undefined): Uint8Array | undefined {
  return a && b && (compareBytes(a, b) < 0 ? b : a);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

const simpleEscapes = new Map([
  ['t', 9],
  ['n', 10],
  ['r', 13],
  ['\\', 0x5c],
  ["'", 0x27],
  ['"', 0x22],
]);

/** The bytes of a literal as Python prints it, also of one that is not closed yet; undefined for other text. */
export function pythonLiteral(text: string): Uint8Array | undefined {
  const quote = /^b(['"])/.exec(text)?.[1];
  if (quote === undefined) return undefined;
  const bytes: number[] = [];
  for (let i = 2; i < text.length; i++) {
    const character = text[i] ?? '';
    if (character === quote) return i === text.length - 1 ? Uint8Array.from(bytes) : undefined;
    const code = character.charCodeAt(0);
    if (code > 0x7e) return undefined;
    if (character !== '\\') {
      bytes.push(code);
      continue;
    }
    const next = text[++i] ?? '';
    const hex = next === 'x' ? /^[0-9a-fA-F]{2}/.exec(text.slice(i + 1))?.[0] : undefined;
    const simple = simpleEscapes.get(next);
    if (hex !== undefined) {
      bytes.push(parseInt(hex, 16));
      i += 2;
    } else if (simple !== undefined) {
      bytes.push(simple);
    } else {
      return undefined;
    }
  }
  return Uint8Array.from(bytes);
}
