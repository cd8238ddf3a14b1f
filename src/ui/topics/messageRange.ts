// The address of a document that shows messages.
//
//   quix-topic:/f-in[0].jsonl?{"broker":"local","topic":"f-in","partition":0}
//              └ for people ┘ └──────────────── identity ────────────────────┘
//
// So it is the same document when it is asked for again, and finds its messages after the window was reloaded.

import { isUtf8 } from 'node:buffer';
import { printable, pythonBytes } from '../../quixstreams/index';
import { pathSegment } from '../value/valueUri';

/** Which messages a document shows. */
export interface MessageRange {
  /** `local`, whatever its port is, or `host:port` */
  readonly broker: string;
  readonly topic: string;
  readonly partition?: number;
  /** only those of this message key, in hex */
  readonly key?: string;
  /** only this one; a number in decimal digits */
  readonly offset?: string;
}

/** Path and query of a document's URI. */
export function messageUriParts(range: MessageRange): { path: string; query: string } {
  const { broker, topic, partition, key, offset } = range;
  const words = [pathSegment(topic) + (partition === undefined ? '' : `[${partition}]`)];
  if (key !== undefined) words.push(pathSegment(keyWords(key)));
  const name = words.join(' ') + (offset === undefined ? '' : `@${offset}`);
  // In this order, whatever the order of the range's own members.
  const query = JSON.stringify({ broker, topic, partition, key, offset });
  return { path: `/${name}.jsonl`, query };
}

/** The range in a URI's query; undefined where it is none. */
export function parseMessageQuery(query: string): MessageRange | undefined {
  let found: unknown;
  try {
    found = JSON.parse(query);
  } catch {
    return undefined;
  }
  if (typeof found !== 'object' || found === null) return undefined;
  const { broker, topic, partition, key, offset } = found as Partial<Record<string, unknown>>;
  const isText = (value: unknown, form: RegExp) => typeof value === 'string' && form.test(value);
  const isPartition =
    typeof partition === 'number' && Number.isInteger(partition) && partition >= 0;
  return isText(broker, /./) &&
    isText(topic, /./) &&
    (partition === undefined || isPartition) &&
    (key === undefined || isText(key, /^(?:[0-9a-f]{2})*$/)) &&
    (offset === undefined || (isPartition && isText(offset, /^\d{1,19}$/)))
    ? (found as MessageRange)
    : undefined;
}

/** `f-in[0] · PC1`: whose messages they are. */
export function rangeWords({ topic, partition, key, offset }: MessageRange): string {
  const place = printable(topic) + (partition === undefined ? '' : `[${partition}]`);
  const words = [offset === undefined ? place : `${place}@${offset}`];
  if (key !== undefined) words.push(keyWords(key));
  return words.join(' · ');
}

/** A message key as text; bytes that are none as Python's literal. */
function keyWords(hex: string): string {
  const bytes = Buffer.from(hex, 'hex');
  const text = bytes.toString('utf8');
  return bytes.length > 0 && isUtf8(bytes) && printable(text) === text ? text : pythonBytes(bytes);
}
