import { exactTimeText, timeText } from '../../app/index';
import {
  keyText,
  pythonBytes,
  type DecodedKey,
  type StateEntry,
  type StateValue,
  type Window,
} from '../../quixstreams/index';
import type { DocumentEntry } from './documentEntry';
import { hexDump } from './hexDump';
import { layOutJson } from './jsonLayout';

/** A value above `largeValueBytes` is shown up to here. */
export const shownOfLargeBytes = 64_000;
/** Show All goes up to here. */
export const mostShownBytes = 50_000_000;
/** Values above this are shown from their beginning only, as plain text. */
export const largeValueBytes = 1_000_000;

/** How many bytes of a value its document shows. */
export function shownBytes(total: number, all: boolean): number {
  if (total <= largeValueBytes) return total;
  return all ? Math.min(total, mostShownBytes) : shownOfLargeBytes;
}

/**
 * The value alone: JSON laid out with its numbers as stored, text as it is, bytes as a hex dump; of a large value the
 * first `shownOfLargeBytes`, or with `all` up to `mostShownBytes`, not laid out.
 */
export function valueDocumentText(value: StateValue, all = false): string {
  const shown = value.bytes.subarray(0, shownBytes(value.bytes.length, all));
  if (value.format === 'bytes') return hexDump(shown);
  // The last character may be cut.
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(shown, { stream: true });
  const large = value.bytes.length > largeValueBytes;
  return value.format === 'json' && !large ? layOutJson(text) : text;
}

/** Where an entry comes from, for Show Whole Entry. */
export interface EntryOrigin {
  readonly partition: string;
  readonly store: string;
  readonly path: string;
  readonly changelogOffset: bigint | undefined;
}

/** What an entry's value was decoded into: `Pickle, protocol 4`, and the value on a line. */
export interface DecodedEntry {
  readonly as: string;
  readonly text: string;
}

/**
 * Facts and value of an entry as JSON; the value as stored where it is JSON, else text or a Python literal, and what it was
 * decoded into.
 */
export function wholeEntryText(
  entry: DocumentEntry,
  origin: EntryOrigin,
  decoded?: DecodedEntry,
): string {
  const { value } = entry;
  const members: [string, string | undefined][] = [
    ['messageKey', entry.messageKey === undefined ? undefined : keyJson(entry.messageKey)],
    ...keyMembers(entry),
    ['value', valueJson(entry)],
    ['format', JSON.stringify(value.format)],
    ['decodedAs', decoded && JSON.stringify(decoded.as)],
    ['decoded', decoded && JSON.stringify(decoded.text)],
    ['bytes', String(value.bytes.length)],
    ['expires', expiryJson(entry)],
    ['expired', entry.expired === undefined ? undefined : String(entry.expired)],
    ['store', JSON.stringify(origin.store)],
    ['partition', JSON.stringify(origin.partition)],
    ['columnFamily', JSON.stringify(entry.columnFamily)],
    ['rawKey', JSON.stringify(Buffer.from(entry.rawKey).toString('hex'))],
    [
      'changelogOffset',
      origin.changelogOffset === undefined ? undefined : String(origin.changelogOffset),
    ],
    ['path', JSON.stringify(origin.path)],
  ];
  const lines = members
    .filter(([, json]) => json !== undefined)
    .map(([name, json]) => `  ${JSON.stringify(name)}: ${json}`);
  return `{\n${lines.join(',\n')}\n}\n`;
}

/** What tells an entry from others of its message key: its state key, the bounds of a window, a time. */
function keyMembers({ key, window, meaning }: DocumentEntry): [string, string | undefined][] {
  if (window !== undefined) {
    const { index, start, end, endIsInclusive, newest, messages, open } = window;
    const time = (ms: bigint | undefined) =>
      ms === undefined ? undefined : JSON.stringify(exactTimeText(ms));
    return [
      ['start', time(start)],
      ['end', time(end)],
      ['startMs', String(start)],
      ['endMs', String(end)],
      ['endIsInclusive', String(endIsInclusive)],
      ['newestEventTime', time(newest)],
      ['index', index === undefined ? undefined : String(index)],
      ['messages', messages === undefined ? undefined : String(messages)],
      ['open', open === undefined ? undefined : String(open)],
      ['results', resultsJson(window)],
    ];
  }
  if (meaning?.kind === 'timestamped' || meaning?.kind === 'buffered') {
    const [name, ms] =
      meaning.kind === 'buffered'
        ? ['received', meaning.received]
        : ['timestamp', meaning.timestamp];
    return [
      [name, JSON.stringify(exactTimeText(ms))],
      [`${name}Ms`, String(ms)],
      ['counter', String(meaning.counter)],
    ];
  }
  return [['stateKey', keyJson(key)]];
}

/** What the app is given of a window, by the names of the aggregations. */
function resultsJson({ aggregations }: Window): string | undefined {
  if (aggregations.length === 0) return undefined;
  const results = aggregations.map(
    ({ name, result }) => `    ${JSON.stringify(name)}: ${resultJson(result)}`,
  );
  return `{\n${results.join(',\n')}\n  }`;
}

function resultJson({ bytes, format }: StateValue): string {
  const text = Buffer.from(bytes).toString();
  if (format === 'json') return layOutJson(text, '    ');
  return JSON.stringify(format === 'text' ? text : pythonBytes(bytes));
}

/** JSON keys as stored, UTF-8 as a string, else the Python literal as a string. */
function keyJson(key: DecodedKey): string {
  return 'json' in key ? key.json : JSON.stringify(keyText(key));
}

function valueJson({ value }: StateEntry): string {
  const bytes = value.bytes.subarray(0, mostShownBytes);
  const text = () => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  switch (value.format) {
    case 'json':
      return layOutJson(text(), '  ');
    case 'text':
      return JSON.stringify(text());
    case 'bytes':
      return JSON.stringify(pythonBytes(bytes));
  }
}

function expiryJson({ expiresAtMs }: StateEntry): string | undefined {
  if (expiresAtMs === undefined) return undefined;
  return JSON.stringify(expiresAtMs === null ? 'never' : timeText(expiresAtMs));
}
