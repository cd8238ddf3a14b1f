// The parts of a JSON value, as the bytes that they are: nothing is converted.

import { isUtf8 } from 'node:buffer';
import { isJson, jsonEnd, skipSpace } from './json';

/** A member of an object: its key as text, its value as stored. Keys may repeat. */
export interface JsonMember {
  readonly key: string;
  readonly value: Uint8Array;
}

/** The members of an object, in their order; undefined where `json` is no JSON object in UTF-8. */
export function jsonMembers(json: Uint8Array): JsonMember[] | undefined {
  const start = openedAt(json, 0x7b);
  if (start === undefined) return undefined;
  const members: JsonMember[] = [];
  for (let at = start; json[at] !== 0x7d;) {
    const keyEnd = jsonEnd(json, at);
    const key = JSON.parse(text(json.subarray(at, keyEnd))) as string;
    const value = skipSpace(json, skipSpace(json, keyEnd) + 1);
    const end = jsonEnd(json, value);
    members.push({ key, value: json.subarray(value, end) });
    at = behind(json, end);
  }
  return members;
}

/** The elements of an array, as stored; undefined where `json` is no JSON array in UTF-8. */
export function jsonElements(json: Uint8Array): Uint8Array[] | undefined {
  const start = openedAt(json, 0x5b);
  if (start === undefined) return undefined;
  const elements: Uint8Array[] = [];
  for (let at = start; json[at] !== 0x5d;) {
    const end = jsonEnd(json, at);
    elements.push(json.subarray(at, end));
    at = behind(json, end);
  }
  return elements;
}

/** An integer of any size; undefined for everything else. */
export function jsonInteger(json: Uint8Array | undefined): bigint | undefined {
  if (!json || json.length > 100) return undefined;
  const digits = text(json);
  return /^-?(0|[1-9][0-9]*)$/.test(digits) ? BigInt(digits) : undefined;
}

/** A string; undefined for everything else. */
export function jsonString(json: Uint8Array | undefined): string | undefined {
  if (json?.[0] !== 0x22 || !isUtf8(json) || !isJson(json)) return undefined;
  return JSON.parse(text(json)) as string;
}

export function isJsonNull(json: Uint8Array): boolean {
  return text(json.subarray(0, 5)) === 'null';
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');

/** Where the first part stands behind the opening bracket, of what is JSON as a whole. */
function openedAt(json: Uint8Array, bracket: number): number | undefined {
  const start = skipSpace(json, 0);
  if (json[start] !== bracket || !isUtf8(json) || !isJson(json)) return undefined;
  return skipSpace(json, start + 1);
}

/** Where the next part stands, or the closing bracket. */
function behind(json: Uint8Array, end: number): number {
  const at = skipSpace(json, end);
  return json[at] === 0x2c ? skipSpace(json, at + 1) : at;
}
