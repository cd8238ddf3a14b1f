// Windows by count: one entry for each message key (quixstreams/dataframe/windows/count_based.py):
//
//   key     prefix | 0x7C "|" | "metadata" (a JSON string)
//   value   {"windows": [{"count", "start", "end", "aggregations", "collection_start_id"}, …]}
//
//   count     messages so far; a window that is full is gone
//   start     the oldest and the newest timestamp among them, ms since epoch,
//   end       both inclusive
//   aggregations          what is aggregated, as windows by time have it in their value
//   collection_start_id   of windows that collect, the id in __values__ of the first value; the
//                         next ones count up from it. In windows that do not collect it is 0 or -1.
//
// Before 3.13 "value" stood for the last two: what is aggregated, or the id where the window collects.

import { isJson } from './json';
import { jsonElements, jsonInteger, jsonMembers, type JsonMember } from './jsonParts';

/** A window as the entry of its message key has it. */
export interface StoredCountWindow {
  readonly count: bigint;
  readonly start: bigint;
  readonly end: bigint;
  /** What is aggregated, as stored; undefined where it is not told apart from the id. */
  readonly aggregated: Uint8Array | undefined;
  readonly collectionStart: bigint | undefined;
  /** `value` of before 3.13. */
  readonly value: Uint8Array | undefined;
  /** The element of `windows` that it is. */
  readonly json: Uint8Array;
}

const windowsHead = Buffer.from('{"windows":[');
const stateKey = Buffer.from('"metadata"');

/** The prefix of an entry's key where that is one of count windows, whatever its value. */
export function countWindowsPrefix(key: Uint8Array): Uint8Array | undefined {
  const text = Buffer.from(key.buffer, key.byteOffset, key.length);
  if (text.equals(stateKey)) return key.subarray(0, 0);
  const at = text.length - stateKey.length - 1;
  return at > 0 && text[at] === 0x7c && text.subarray(at + 1).equals(stateKey)
    ? key.subarray(0, at)
    : undefined;
}

/** The key that the count windows of a prefix have. */
export function countWindowsKey(prefix: Uint8Array): Uint8Array {
  return prefix.length === 0 ? stateKey : Buffer.concat([prefix, Buffer.from('|'), stateKey]);
}

/** Whether an entry is what count windows keep for a message key. */
export function isCountWindows(key: Uint8Array, value: Uint8Array): boolean {
  return (
    countWindowsPrefix(key) !== undefined &&
    Buffer.from(value.subarray(0, windowsHead.length)).equals(windowsHead) &&
    isJson(value)
  );
}

/** The windows of a message key, in their order; undefined where the value is not of count windows. */
export function decodeCountWindows(value: Uint8Array): StoredCountWindow[] | undefined {
  const list = memberOf(jsonMembers(value), 'windows');
  const elements = list && jsonElements(list);
  if (!elements) return undefined;
  const windows: StoredCountWindow[] = [];
  for (const json of elements) {
    const members = jsonMembers(json);
    const integer = (key: string) => jsonInteger(memberOf(members, key));
    const [count, start, end] = [integer('count'), integer('start'), integer('end')];
    if (count === undefined || start === undefined || end === undefined) return undefined;
    const aggregated = memberOf(members, 'aggregations');
    const collectionStart = integer('collection_start_id');
    const stored = memberOf(members, 'value');
    windows.push({ count, start, end, aggregated, collectionStart, value: stored, json });
  }
  return windows;
}

/** The last member of a key, as parsers have it. */
function memberOf(members: readonly JsonMember[] | undefined, key: string): Uint8Array | undefined {
  return members?.findLast((member) => member.key === key)?.value;
}
