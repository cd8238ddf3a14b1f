import * as vscode from 'vscode';
import { bytesText, countText, exactTimeText, timeText } from '../../app/index';
import {
  jsonLine,
  keyText,
  printable,
  valueText,
  type Aggregation,
  type StateEntry,
} from '../../quixstreams/index';
import { facts } from '../facts';
import { formatWords, languageOf } from '../value/formatWords';
import { entryLabel, type ValueTexts } from './nodeTexts';
import { durationText } from './timeWords';
import type { EntryNode, JoinEntryNode, ValueNode, WindowNode } from './treeNodes';

const { l10n } = vscode;
/** Longest value in a tooltip, in characters. */
const tooltipValueLength = 2000;
/** Longest key in a tooltip, in bytes. */
const tooltipKeyBytes = 200;
/** Longest result in a tooltip, in characters. */
const tooltipResultLength = 200;
/** Aggregations that a tooltip tells. */
const mostAggregations = 20;

type Row = [string, string];

/**
 * The tooltip of a row with a value: untrusted Markdown, values stand in code.
 * @param disagrees whether the index of TTL says something else than the value
 */
export function valueTooltip(
  node: ValueNode,
  partition: string,
  disagrees: boolean,
  values: ValueTexts,
): vscode.MarkdownString {
  const { size, mark } = node;
  const decoded = node.kind === 'window' ? undefined : values.decoded(node);
  const rows = factsOf(node, disagrees);
  if (decoded !== undefined) {
    rows.push([
      l10n.t('Format'),
      formatWords(decoded.facts, (text, ...args) => l10n.t(text, ...args)),
    ]);
  }
  rows.push([l10n.t('Size'), bytesText(size)], [l10n.t('Partition'), partition]);
  if (mark?.from !== undefined && mark.to !== undefined) {
    rows.push([l10n.t('Changed'), `${mark.from} -> ${mark.to}`]);
  }
  const tooltip = facts(rows);
  const text =
    node.kind === 'window'
      ? valueText(node.window.value, tooltipValueLength)
      : values.line(node, tooltipValueLength);
  tooltip.appendCodeblock(text, decoded === undefined ? 'json' : languageOf(decoded.facts));
  return tooltip;
}

function factsOf(node: ValueNode, disagrees: boolean): Row[] {
  switch (node.kind) {
    case 'entry':
      return entryFacts(node, disagrees);
    case 'window':
      return windowFacts(node);
    case 'joinEntry':
      return joinFacts(node);
  }
}

function entryFacts({ entry, partition }: EntryNode, disagrees: boolean): Row[] {
  const rows: Row[] = [[l10n.t('Key'), entryLabel(entry)]];
  if (entry.messageKey !== undefined) {
    rows.unshift([l10n.t('Message key'), keyText(entry.messageKey)]);
  }
  rows.push([l10n.t('Raw key'), hexText(entry.rawKey)], [l10n.t('Type'), typeWord(entry)]);
  if (entry.expiresAtMs === null) rows.push([l10n.t('Expires'), l10n.t('never')]);
  else if (entry.expiresAtMs !== undefined) {
    const word = entry.expired === true ? l10n.t('Expired') : l10n.t('Expires');
    rows.push([word, timeText(entry.expiresAtMs)]);
    const now = partition.info?.ttl?.highWaterMs;
    if (now !== undefined) {
      rows.push([l10n.t('Event time of the partition'), exactTimeText(now)]);
      const left = entry.expiresAtMs - now;
      if (left > 0n) rows.push([l10n.t('Left in event time'), durationText(left)]);
    }
  }
  if (disagrees) {
    const value = l10n.t('has no such expiry: the value is never swept');
    const index = l10n.t('has no such expiry: the next sweep takes this away');
    rows.push(
      entry.type === 'ttlIndex' ? [l10n.t('Value'), index] : [l10n.t('Index of TTL'), value],
    );
  }
  return rows;
}

function windowFacts({ window, messageKey }: WindowNode): Row[] {
  const { start, end, endIsInclusive, rawKey, newest, messages, collected } = window;
  const time = (ms: bigint) => `${exactTimeText(ms)} (${ms})`;
  const endWord = endIsInclusive ? l10n.t('End, inclusive') : l10n.t('End, exclusive');
  const rows: Row[] = [
    [l10n.t('Message key'), keyText(messageKey)],
    [l10n.t('Start'), time(start)],
    [endWord, time(end)],
  ];
  if (newest !== undefined) rows.push([l10n.t('Newest event time'), time(newest)]);
  if (window.open !== undefined) rows.push([l10n.t('State'), openText(window.open)]);
  if (messages !== undefined) rows.push([l10n.t('Messages'), countText(messages)]);
  for (const one of window.aggregations.slice(0, mostAggregations)) {
    rows.push([aggregationName(one), valueText(one.result, tooltipResultLength)]);
  }
  if (collected !== undefined) {
    const { count, countIsExact } = collected;
    rows.push([l10n.t('Collected values'), countText(count) + (countIsExact ? '' : '+')]);
  }
  rows.push([l10n.t('Raw key'), hexText(rawKey)]);
  return rows;
}

/** Its grace is not on disk: a window past its end may still take messages. */
function openText(open: boolean): string {
  return open
    ? l10n.t('open: it ends after the newest event time of its key')
    : l10n.t('past its end; it closes when its grace has passed, which is not on disk');
}

function aggregationName({ name, aggregator, column }: Aggregation): string {
  const kind = [aggregator, column].filter((part) => part !== undefined).join(' ');
  return printable(kind === '' ? name : `${name} (${kind})`);
}

function joinFacts({ joined, messageKey }: JoinEntryNode): Row[] {
  const { timestamp, counter, eligible, rawKey, record } = joined;
  const time = (ms: bigint) => `${exactTimeText(ms)} (${ms})`;
  const rows: Row[] = [[l10n.t('Message key'), keyText(messageKey)]];
  if (record === undefined) rows.push([l10n.t('Timestamp'), time(timestamp)]);
  else {
    rows.push([l10n.t('Received'), time(timestamp)], [l10n.t('Timestamp'), time(record.timestamp)]);
    const { topic, offset, headers } = record;
    if (topic !== undefined) rows.push([l10n.t('Topic'), printable(topic)]);
    if (offset !== undefined) rows.push([l10n.t('Offset'), String(offset)]);
    const json = jsonLine(Buffer.from(headers.subarray(0, tooltipValueLength)).toString());
    if (json !== 'null') rows.push([l10n.t('Headers'), json]);
  }
  rows.push([l10n.t('Counter'), String(counter)]);
  if (!eligible)
    rows.push([l10n.t('Kept'), l10n.t('no: older than the oldest, as the store notes')]);
  rows.push([l10n.t('Raw key'), hexText(rawKey)]);
  return rows;
}

/** Bytes in hex, of long ones the beginning. */
export function hexText(bytes: Uint8Array): string {
  const cut = bytes.subarray(0, tooltipKeyBytes);
  const text = Buffer.from(cut).toString('hex');
  return cut.length < bytes.length ? `${text}…` : text;
}

/** Of dictionaries Python's types, else what the bytes are. */
function typeWord({ value, meaning }: StateEntry): string {
  if (meaning?.kind === 'dictionary') return `${meaning.key.type}: ${meaning.value.type}`;
  switch (value.format) {
    case 'json':
      return 'JSON';
    case 'text':
      return l10n.t('text');
    case 'bytes':
      return l10n.t('bytes');
  }
}
