// Messages as lines of JSON, a message a line, to be read, changed and sent again:
//
//   {"partition":0,"offset":14,"time":"2026-11-24T03:32:50.123Z","key":"PC1","headers":[["trace","a1"]],"value":{"cpu":1.0}}
//
//   key       text; bytes that are none: {"base64":"…"}; null: none
//   value     JSON as it is, digit for digit; other text: {"text":"…"}; other bytes: {"base64":"…"}; null: a tombstone
//   headers   pairs, for names may repeat; values as keys; left out where there are none
//
// When lines are sent the offset is not read, and all may be missing: the partition is then chosen by the key, the time is
// now.

import { parseTree, type Node, type ParseError } from 'jsonc-parser';
import { decodeValue, jsonLine } from '../quixstreams/index';
import type { Message, NewMessage } from './kafka/kafka';

/** A line that is no message. */
export class MessageLineError extends Error {
  constructor(
    /** from 1 */
    readonly line: number,
    readonly reason: string,
  ) {
    super(`line ${line}: ${reason}`);
    this.name = 'MessageLineError';
  }
}

/** A message of a line. */
export interface ParsedMessage extends NewMessage {
  /** from 1 */
  readonly line: number;
}

/** A message as a line, without a line break. */
export function messageLine(message: Message): string {
  const { partition, offset, timestampMs, key, value, headers } = message;
  const members = [
    `"partition":${partition}`,
    `"offset":${offset}`,
    `"time":${timeJson(timestampMs)}`,
    `"key":${textOrBytes(key)}`,
  ];
  if (headers.length > 0) {
    const pairs = headers.map(([name, one]) => `[${textJson(name)},${textOrBytes(one)}]`);
    members.push(`"headers":[${pairs.join(',')}]`);
  }
  members.push(`"value":${valueJson(value)}`);
  return `{${members.join(',')}}`;
}

function timeJson(timestampMs: bigint): string {
  const time = new Date(Number(timestampMs));
  return Number.isNaN(time.getTime()) ? String(timestampMs) : `"${time.toISOString()}"`;
}

const textJson = (text: string) => jsonLine(JSON.stringify(text));

function base64Json(bytes: Uint8Array): string {
  const { buffer, byteOffset, byteLength } = bytes;
  return `{"base64":"${Buffer.from(buffer, byteOffset, byteLength).toString('base64')}"}`;
}

function textOrBytes(bytes: Uint8Array | null): string {
  if (bytes === null) return 'null';
  const text = textOf(bytes);
  return text === undefined ? base64Json(bytes) : textJson(text);
}

/** As what is wrapped does, or with a name that escapes hide. */
const startsWrapped = /^\s*\{\s*"(?:text"|base64"|[^"]*\\)/;

/** JSON that would be taken for another message's when it is read again is wrapped as text. */
function valueJson(bytes: Uint8Array | null): string {
  if (bytes === null) return 'null';
  const { format } = decodeValue(bytes);
  const text = Buffer.from(bytes).toString('utf8');
  if (format === 'json') {
    const mistaken =
      text.trim() === 'null' ||
      (startsWrapped.test(text) && wrappedBy(parseTree(text)) !== undefined);
    return mistaken ? `{"text":${textJson(text)}}` : jsonLine(text.trim());
  }
  const plain = textOf(bytes);
  return plain === undefined ? base64Json(bytes) : `{"text":${textJson(plain)}}`;
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * The messages of lines; empty ones are passed over. JSON values are taken as they are written, digit for digit.
 * `firstLine`: the number of the text's first line.
 * @throws MessageLineError at the first line that is no message
 */
export function parseMessageLines(text: string, firstLine = 1): ParsedMessage[] {
  const found: ParsedMessage[] = [];
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() !== '') found.push(parseLine(line, firstLine + i));
  }
  return found;
}

function parseLine(text: string, line: number): ParsedMessage {
  // What nests deeper than any value would end jsonc-parser's recursion.
  if (decodeValue(Buffer.from(text, 'utf8')).format !== 'json') {
    throw new MessageLineError(line, reasonOf(text));
  }
  const root = parseTree(text);
  if (root?.type !== 'object') throw new MessageLineError(line, 'a message is an object');
  const members = new Map<string, Node>();
  for (const { children } of root.children ?? []) {
    const [name, value] = children ?? [];
    if (name !== undefined && value !== undefined) members.set(String(name.value), value);
  }
  const partition = members.get('partition')?.value as unknown;
  if (partition !== undefined && !isPartition(partition)) {
    throw new MessageLineError(line, 'partition is no number of a partition');
  }
  return {
    line,
    key: textOrBytesOf(members.get('key'), line, 'key'),
    value: valueOf(members.get('value'), text, line),
    headers: headersOf(members.get('headers'), line),
    partition,
    timestampMs: timeOf(members.get('time'), line),
  };
}

/** Milliseconds since epoch of `"2026-11-24T03:32:50.123Z"` or a number of them. */
function timeOf(node: Node | undefined, line: number): bigint | undefined {
  if (node === undefined || node.type === 'null') return undefined;
  const value = node.value as unknown;
  const ms = typeof value === 'string' ? Date.parse(value) : value;
  if (typeof ms === 'number' && Number.isSafeInteger(ms) && ms >= 0) return BigInt(ms);
  throw new MessageLineError(line, 'time is neither ISO 8601 nor milliseconds since 1970');
}

/** Why a line is no JSON. */
function reasonOf(text: string): string {
  const errors: ParseError[] = [];
  try {
    parseTree(text, errors, { disallowComments: true });
  } catch {
    // its recursion has no room
  }
  const [error] = errors;
  return error === undefined
    ? 'it is nested too deeply'
    : `no JSON at character ${error.offset + 1}`;
}

const isPartition = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 31;

/** The only member of an object that stands for text or bytes. */
function wrappedBy(node: Node | undefined): ['text' | 'base64', string] | undefined {
  if (node?.type !== 'object' || node.children?.length !== 1) return undefined;
  const [name, value] = node.children[0]?.children ?? [];
  const word = name?.value as unknown;
  if ((word !== 'text' && word !== 'base64') || value?.type !== 'string') return undefined;
  return [word, String(value.value)];
}

function bytesOf([kind, text]: ['text' | 'base64', string], line: number): Uint8Array {
  if (kind === 'text') return Buffer.from(text, 'utf8');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) {
    throw new MessageLineError(line, 'base64 is none');
  }
  return Buffer.from(text, 'base64');
}

function textOrBytesOf(node: Node | undefined, line: number, what: string): Uint8Array | null {
  if (node === undefined || node.type === 'null') return null;
  if (node.type === 'string') return Buffer.from(String(node.value), 'utf8');
  const wrapped = wrappedBy(node);
  if (wrapped === undefined) {
    throw new MessageLineError(line, `${what} is neither text, {"base64":"…"} nor null`);
  }
  return bytesOf(wrapped, line);
}

function valueOf(node: Node | undefined, text: string, line: number): Uint8Array | null {
  if (node === undefined || node.type === 'null') return null;
  const wrapped = wrappedBy(node);
  if (wrapped !== undefined) return bytesOf(wrapped, line);
  return Buffer.from(text.slice(node.offset, node.offset + node.length), 'utf8');
}

function headersOf(node: Node | undefined, line: number): [string, Uint8Array | null][] {
  if (node === undefined || node.type === 'null') return [];
  if (node.type !== 'array') {
    throw new MessageLineError(line, 'headers are a list of pairs of a name and a value');
  }
  return (node.children ?? []).map(({ type, children }) => {
    const [name, value] = children ?? [];
    if (type !== 'array' || children?.length !== 2 || name?.type !== 'string') {
      throw new MessageLineError(line, 'headers are pairs of a name and a value');
    }
    return [String(name.value), textOrBytesOf(value, line, 'a header')];
  });
}
