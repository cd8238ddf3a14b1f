import { isUtf8 } from 'node:buffer';
import { aggregationsOf } from '../aggregations';
import { decodeCountWindows } from '../countWindows';
import { jsonInteger } from '../jsonParts';
import type { DecodedKey } from '../keys';
import type { MessageKey } from '../messageKeys';
import type { StateEntry } from '../stateEntry';
import type { TimestampedEntry } from '../timestamped';
import type { StateValue } from '../values';
import { slidingValue, type WindowKind } from '../windowKind';
import type { Window } from '../windows';

/** What a filter looks at: an entry, or one of the windows in it. */
export interface FilterSubject {
  /** What `key:` looks at: the message key as it stands in raw keys; in stores without any, the raw key. */
  readonly prefix: Uint8Array | undefined;
  readonly keys: readonly DecodedKey[];
  readonly values: readonly StateValue[];
  readonly expired: boolean;
  /** ms since epoch, `end` exclusive; undefined for what has no time. */
  readonly span: { readonly start: bigint; readonly end: bigint } | undefined;
}

/** What of a windowed store values do not say themselves. */
export interface WindowFacts {
  readonly windows: WindowKind | undefined;
  readonly aggregator: string | undefined;
}

/** What is in an entry: itself, of windows by count each of them; nothing where it is bookkeeping. */
export function subjectsOf(entry: StateEntry, facts: WindowFacts): FilterSubject[] {
  const { meaning, value, rawKey } = entry;
  const plain = { values: [value], expired: entry.expired === true, span: undefined };
  switch (meaning?.kind) {
    case undefined: {
      const isBare = entry.type === 'kv' && entry.prefix?.length === 0;
      const messageKey = entry.messageKey && !isBare ? [entry.messageKey] : [];
      const prefix = entry.type === 'kv' ? (isBare ? undefined : entry.prefix) : rawKey;
      return [{ ...plain, prefix, keys: [...messageKey, entry.key] }];
    }
    case 'dictionary':
      return [{ ...plain, prefix: rawKey.subarray(1), keys: [entry.key] }];
    case 'window': {
      const { prefix, messageKey, start, end } = meaning;
      const sliding =
        facts.windows === 'sliding'
          ? slidingValue({ prefix, first: start, second: end }, value.bytes)
          : undefined;
      const aggregations = aggregationsOf(sliding?.aggregated ?? value.bytes, facts.aggregator);
      const values = [value, ...aggregations.map(({ result }) => result)];
      const span = { start, end: sliding ? end + 1n : end };
      return [{ ...plain, prefix, keys: [messageKey], values, span }];
    }
    case 'countWindows': {
      const { prefix, messageKey } = meaning;
      return (decodeCountWindows(value.bytes) ?? []).map(({ json, start, end, ...window }) => {
        // Before 3.13 one member had what is aggregated or an id, which nobody looks for.
        const isId = window.aggregated === undefined && jsonInteger(window.value) !== undefined;
        const aggregated = window.aggregated ?? (isId ? undefined : window.value);
        const aggregations = aggregated ? aggregationsOf(aggregated, facts.aggregator) : [];
        const stored: StateValue = { bytes: json, format: 'json' };
        const values = [stored, ...aggregations.map(({ result }) => result)];
        return { ...plain, prefix, keys: [messageKey], values, span: { start, end: end + 1n } };
      });
    }
    case 'timestamped':
    case 'buffered': {
      const { prefix, messageKey } = meaning;
      const start = meaning.kind === 'timestamped' ? meaning.timestamp : meaning.received;
      return [{ ...plain, prefix, keys: [messageKey], span: { start, end: start + 1n } }];
    }
    default:
      return [];
  }
}

/** A window as it is listed. */
export function subjectOfWindow({ prefix, key }: MessageKey, window: Window): FilterSubject {
  const { start, end, endIsInclusive, value, aggregations } = window;
  return {
    prefix,
    keys: [key],
    values: [value, ...aggregations.map(({ result }) => result)],
    expired: false,
    span: { start, end: endIsInclusive ? end + 1n : end },
  };
}

/** A value by time as it is listed. */
export function subjectOfTimestamped(
  { prefix, key }: MessageKey,
  { timestamp, value }: TimestampedEntry,
): FilterSubject {
  const span = { start: timestamp, end: timestamp + 1n };
  return { prefix, keys: [key], values: [value], expired: false, span };
}

/** A key as text to search in: strings without their quotes; what is no text byte for byte. */
export function searchedKey(key: DecodedKey): string {
  if ('json' in key) {
    return key.json.startsWith('"') ? (JSON.parse(key.json) as string) : key.json;
  }
  return searchedBytes(key.bytes, isUtf8(key.bytes));
}

/** The beginning of a value as text to search in, of at most `longest` bytes. */
export function searchedValue({ bytes, format }: StateValue, longest: number): string {
  return searchedBytes(bytes.subarray(0, longest), format !== 'bytes');
}

function searchedBytes(bytes: Uint8Array, isText: boolean): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return buffer.toString(isText ? 'utf8' : 'latin1');
}
