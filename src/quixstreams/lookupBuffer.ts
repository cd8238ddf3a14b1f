// Buffers of join_lookup: records that wait until their lookup resolves, in a timestamped store
// (quixstreams/dataframe/joins/lookups/buffer_state.py, buffer_envelope.py, from 3.28 on):
//
//   escaped | 0x7C "|" | received | 0x7C "|" | counter      a record: when it came in, ms since epoch,
//                                                           and a running number, 8 bytes big-endian each
//   __lookup_buffer_index__|k BASE64                        [earliest, kind, count]: when the first record of
//                                                           a message key came in, what its key was ("b"
//                                                           bytes, "s" text, "n" none), how many it has
//   __lookup_buffer_queue__| received |BASE64               [BASE64, received]: the same by time
//
//   escaped   the message key's bytes with 7C "|" as 7F 01 and 7F as 7F 02; 7F 00 for no message key
//   BASE64    of the escaped message key
//
// A record's value is an envelope in JSON, of one-letter members:
//
//   v value   t its timestamp   r received   n topic   o offset (-1: unknown)
//   h headers, [[name, "b" (Base64), "s" or "n", value], …]   m whether they were a mapping
//   b c s     what JSON has no way to write and was taken out of the value, each as [[path, …], …]:
//             bytes (Base64); tuples and sets; dates and decimals

import { isUtf8 } from 'node:buffer';
import { compareBytes } from '../rocksdb/index';
import { bigEndian } from './metadata';
import { jsonElements, jsonInteger, jsonMembers, jsonString } from './jsonParts';
import type { DecodedKey } from './keys';

const index = Buffer.from('__lookup_buffer_index__|');
const queue = Buffer.from('__lookup_buffer_queue__|');
/** Tags the Base64 in the index's keys. */
const tag = 0x6b;

/** Where the buffer keeps its own in `default`, from and, exclusive, to; in key order. */
export const bufferRanges = [
  { name: '__lookup_buffer_index__', from: index, to: behind(index) },
  { name: '__lookup_buffer_queue__', from: queue, to: behind(queue) },
];
/** Where the index's entries stand. */
export const bufferIndexRange = { from: indexKey(''), to: behind(indexKey('')) };

/** What an entry of a message key in the index says. */
export interface BufferIndexEntry {
  readonly prefix: Uint8Array;
  readonly messageKey: DecodedKey;
  /** When the earliest record came in, ms since epoch, or before that. */
  readonly earliest: bigint;
  readonly count: bigint;
}

export interface BufferQueueEntry {
  readonly prefix: Uint8Array;
  /** ms since epoch */
  readonly received: bigint;
}

/** Reads an entry of the index; undefined where it is none. */
export function decodeBufferIndex(
  key: Uint8Array,
  value: Uint8Array,
): BufferIndexEntry | undefined {
  if (!startsWith(key, bufferIndexRange.from)) return undefined;
  const prefix = fromBase64(key.subarray(bufferIndexRange.from.length));
  const [earliestJson, kindJson, countJson, ...more] = jsonElements(value) ?? [];
  const earliest = jsonInteger(earliestJson);
  const kind = jsonString(kindJson);
  const count = jsonInteger(countJson);
  if (!prefix || earliest === undefined || count === undefined || more.length > 0) return undefined;
  if (kind !== 'b' && kind !== 's' && kind !== 'n') return undefined;
  return { prefix, messageKey: decodeBufferKey(prefix, kind), earliest, count };
}

/** Reads an entry of the queue by its key; undefined where it is none. */
export function decodeBufferQueue(key: Uint8Array): BufferQueueEntry | undefined {
  const base64 = queue.length + 9;
  if (!startsWith(key, queue) || key[base64 - 1] !== 0x7c) return undefined;
  const received = bigEndian(key.subarray(queue.length, base64 - 1));
  const prefix = fromBase64(key.subarray(base64));
  return received === undefined || !prefix ? undefined : { prefix, received };
}

/** The message key of a prefix: text as a JSON string, none as `null`; as bytes where nothing says which. */
export function decodeBufferKey(prefix: Uint8Array, kind: 'b' | 's' | 'n' = 'b'): DecodedKey {
  if (kind === 'n' || Buffer.from(prefix).equals(noKey)) return { json: 'null' };
  const bytes = unescaped(prefix);
  if (kind === 'b' || !isUtf8(bytes)) return { bytes };
  return { json: JSON.stringify(Buffer.from(bytes).toString('utf8')) };
}

/** The message key of a prefix, as the buffer's index has it. */
export async function readBufferKey(
  get: (key: Uint8Array) => Promise<Uint8Array | undefined>,
  prefix: Uint8Array,
): Promise<DecodedKey> {
  const key = indexKey(Buffer.from(prefix).toString('base64'));
  const value = await get(key);
  const indexed = value && decodeBufferIndex(key, value);
  return indexed ? indexed.messageKey : decodeBufferKey(prefix);
}

/** A record that waits; its parts as they are stored. */
export interface Envelope {
  /** The value as JSON; what JSON has no way to write is `null` in it, and stands in `lifted`. */
  readonly value: Uint8Array;
  /** ms since epoch */
  readonly timestamp: bigint;
  readonly received: bigint;
  /** undefined where it is not known */
  readonly topic: string | undefined;
  readonly offset: bigint | undefined;
  /** `[[name, kind, value], …]` or `null`, as JSON. */
  readonly headers: Uint8Array;
  /** Bytes, containers and scalars with their paths, as JSON, of those that there are. */
  readonly lifted: Readonly<Record<'bytes' | 'containers' | 'scalars', Uint8Array | undefined>>;
}

/** Takes an envelope apart; undefined where the value is none. */
export function decodeEnvelope(json: Uint8Array): Envelope | undefined {
  const members = new Map((jsonMembers(json) ?? []).map(({ key, value }) => [key, value]));
  const [value, headers] = [members.get('v'), members.get('h')];
  const timestamp = jsonInteger(members.get('t'));
  const received = jsonInteger(members.get('r'));
  if (!value || !headers || timestamp === undefined || received === undefined) return undefined;
  const offset = jsonInteger(members.get('o'));
  const lifted = (name: string) => {
    const paths = members.get(name);
    return paths && jsonElements(paths) ? paths : undefined;
  };
  return {
    value,
    timestamp,
    received,
    topic: jsonString(members.get('n')),
    offset: offset === -1n ? undefined : offset,
    headers,
    lifted: { bytes: lifted('b'), containers: lifted('c'), scalars: lifted('s') },
  };
}

const escape = 0x7f;
const noKey = Uint8Array.of(escape, 0);

/** The prefix of a message key, as bytes or as the UTF-8 of text; of none without one. */
export function bufferPrefix(messageKey: Uint8Array | undefined): Uint8Array {
  if (!messageKey) return noKey;
  const bytes: number[] = [];
  for (const byte of messageKey) {
    if (byte === 0x7c) bytes.push(escape, 1);
    else if (byte === escape) bytes.push(escape, 2);
    else bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

function unescaped(prefix: Uint8Array): Uint8Array {
  const bytes: number[] = [];
  for (let i = 0; i < prefix.length; i++) {
    const byte = prefix[i] ?? 0;
    const next = prefix[i + 1];
    const escaped = byte === escape && (next === 1 || next === 2);
    bytes.push(escaped ? (next === 1 ? 0x7c : escape) : byte);
    if (escaped) i++;
  }
  return Uint8Array.from(bytes);
}

function startsWith(key: Uint8Array, head: Uint8Array): boolean {
  return compareBytes(key.subarray(0, head.length), head) === 0;
}

function behind(head: Uint8Array): Uint8Array {
  const end = Buffer.from(head);
  end[end.length - 1] = (end.at(-1) ?? 0) + 1;
  return end;
}

function indexKey(base64: string): Uint8Array {
  return Buffer.concat([index, Uint8Array.of(tag), Buffer.from(base64)]);
}

/** undefined where the text is not what Base64 of it would be. */
function fromBase64(text: Uint8Array): Uint8Array | undefined {
  const written = Buffer.from(text).toString('latin1');
  const bytes = Buffer.from(written, 'base64');
  return bytes.toString('base64') === written ? bytes : undefined;
}
