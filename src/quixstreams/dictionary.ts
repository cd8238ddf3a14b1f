// The dictionaries of Python's package rocksdict in its default mode, told by the name of their
// comparator. Keys and values begin with a byte for their type (as rocksdict 0.3.29 writes them; its
// source is Rust, `src/encoder.rs`):
//
//   1  bytes    as they are
//   2  str      UTF-8
//   3  int      two's complement, big-endian, as short as can be
//   4  float    8 bytes, IEEE 754, big-endian
//   5  bool     0 or 1
//   6  others   a pickle; values only

import { isUtf8 } from 'node:buffer';
import { jsonInteger, jsonString } from './jsonParts';
import type { DecodedKey } from './keys';
import { decodeValue, type StateValue } from './values';

export type DictionaryType = 'bytes' | 'str' | 'int' | 'float' | 'bool' | 'pickle';

/** A key or value with the type that it says. */
export interface DictionaryPart {
  readonly type: DictionaryType;
  /** JSON for str, int, bool and finite floats, `Infinity` and the like as text, else bytes. */
  readonly value: StateValue;
}

const types = new Map<number | undefined, DictionaryType>([
  [1, 'bytes'],
  [2, 'str'],
  [3, 'int'],
  [4, 'float'],
  [5, 'bool'],
  [6, 'pickle'],
]);
/** Longer integers are not written out: that would take long, and nobody reads them. */
const longestInt = 4096;

/** Reads a key or a value; undefined where it is none of a dictionary. */
export function decodeDictionaryPart(bytes: Uint8Array): DictionaryPart | undefined {
  const type = types.get(bytes[0]);
  const payload = bytes.subarray(1);
  const value = type && valueOf(type, payload);
  return value && { type, value };
}

/** A key of a dictionary, as keys are shown: JSON, or bytes. */
export function dictionaryKey({ type, value }: DictionaryPart): DecodedKey {
  const isJson = value.format === 'json' && type !== 'bytes';
  return isJson ? { json: Buffer.from(value.bytes).toString('utf8') } : { bytes: value.bytes };
}

/** The keys that a text may mean: of str, bytes, and what Python or JSON writes so. */
export function dictionaryKeysOf(text: string): Uint8Array[] {
  const typed = (type: number, payload: Uint8Array) =>
    Buffer.concat([Uint8Array.of(type), payload]);
  const keys: Uint8Array[] = [typed(2, Buffer.from(text)), typed(1, Buffer.from(text))];
  const json = jsonString(Buffer.from(text));
  if (json !== undefined) keys.push(typed(2, Buffer.from(json)));
  const int = jsonInteger(Buffer.from(text));
  if (int !== undefined) keys.push(typed(3, intPayload(int)));
  if (/^(true|false)$/i.test(text)) keys.push(Uint8Array.of(5, /^t/i.test(text) ? 1 : 0));
  if (/^(-?(\d+(\.\d+)?(e[+-]?\d+)?|inf)|nan)$/i.test(text)) {
    const float = Buffer.alloc(8);
    float.writeDoubleBE(Number(text.replace('inf', 'Infinity')));
    keys.push(typed(4, float));
  }
  return keys;
}

/** As short as it can be. */
function intPayload(int: bigint): Uint8Array {
  let length = 1;
  while (BigInt.asIntN(length * 8, int) !== int) length++;
  const digits = BigInt.asUintN(length * 8, int).toString(16);
  return Buffer.from(digits.padStart(length * 2, '0'), 'hex');
}

function valueOf(type: DictionaryType, payload: Uint8Array): StateValue | undefined {
  const json = (text: string): StateValue => ({ bytes: Buffer.from(text), format: 'json' });
  switch (type) {
    case 'bytes':
      return decodeValue(payload);
    case 'pickle':
      return { bytes: payload, format: 'bytes' };
    case 'str':
      return isUtf8(payload) ? json(JSON.stringify(Buffer.from(payload).toString())) : undefined;
    case 'int':
      if (payload.length > longestInt) return { bytes: payload, format: 'bytes' };
      return json(String(intOf(payload)));
    case 'float':
      return payload.length === 8 ? floatValue(Buffer.from(payload).readDoubleBE()) : undefined;
    case 'bool':
      if (payload.length !== 1 || (payload[0] ?? 2) > 1) return undefined;
      return json(payload[0] === 1 ? 'true' : 'false');
  }
}

function intOf(payload: Uint8Array): bigint {
  if (payload.length === 0) return 0n;
  const bits = payload.length * 8;
  return BigInt.asIntN(bits, BigInt(`0x${Buffer.from(payload).toString('hex')}`));
}

/** As Python writes it: 1.0 is no integer. */
function floatValue(float: number): StateValue {
  const text = Object.is(float, -0) ? '-0' : String(float);
  const bytes = Buffer.from(/^-?\d+$/.test(text) ? `${text}.0` : text);
  return { bytes, format: Number.isFinite(float) ? 'json' : 'text' };
}
