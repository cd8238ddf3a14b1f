// Windows of a message key. A window by time is an entry (quixstreams/state/rocksdb/windowed/transaction.py):
//
//   prefix|start|end → value     keys as in integerPairKeys.ts, times in ms since epoch; end is exclusive
//
//   value   what is aggregated, as in aggregations.ts; null where the window only collects
//           of sliding windows (sliding.py) [newest timestamp in it, what is aggregated], and end is inclusive
//
// Those by count are in countWindows.ts, what windows collect is in collectedValues.ts.
//
// What the disk does not say: grace period, closing strategy and triggers. A window that closes is deleted in
// the same transaction, a sliding one when no later window needs it any more. So one that is there ends behind
// the newest event time of its key, or waits for a grace to pass, for a message of its key, or to be deleted.

import { compareBytes } from '../rocksdb/index';
import { aggregationsOf, type Aggregation } from './aggregations';
import { bookkeepingKeys, decodeBookkeeping, latestTimestampsColumnFamily } from './bookkeeping';
import { valuesColumnFamily, type CollectedIds, type CollectedValue } from './collectedValues';
import {
  countWindowsKey,
  countWindowsPrefix,
  decodeCountWindows,
  type StoredCountWindow,
} from './countWindows';
import { pairRanges, splitPair, type PairKey } from './integerPairKeys';
import { isJsonNull, jsonInteger } from './jsonParts';
import { decodeKey } from './keys';
import type { BareEntry, MessageKey } from './messageKeys';
import { PairMessageKeys } from './pairMessageKeys';
import type { StoreFacts } from './storeFacts';
import type { StoreReader } from './storeReader';
import { decodeValue, type StateValue } from './values';
import type { KeyPage } from './walk';
import { slidingValue, splitWindow } from './windowKind';

/** A window of a message key. */
export interface Window {
  readonly rawKey: Uint8Array;
  /** Of windows by count: which one of its message key, from 0. */
  readonly index: number | undefined;
  /** ms since epoch. */
  readonly start: bigint;
  /** ms since epoch; exclusive, of sliding windows and of those by count inclusive. */
  readonly end: bigint;
  readonly endIsInclusive: boolean;
  /** As stored: the value of the entry, of windows by count their element of it. */
  readonly value: StateValue;
  readonly aggregations: readonly Aggregation[];
  /** Of sliding windows: the newest timestamp in it, ms since epoch. */
  readonly newest: bigint | undefined;
  /** Of windows by count: how many messages are in it. */
  readonly messages: bigint | undefined;
  /**
   * Whether it ends after the newest event time of its key (a sliding one: not before it); undefined where
   * that is not known, and of windows by count, which all wait for messages.
   */
  readonly open: boolean | undefined;
  /** undefined where the window does not collect. */
  readonly collected: Collected | undefined;
}

/** The values that a window has collected. */
export interface Collected extends CollectedIds {
  readonly count: number;
  /** false: at least `count`, the rest was not counted. */
  readonly countIsExact: boolean;
}

export interface WindowPage {
  readonly from: Uint8Array | undefined;
  readonly limit: number;
  /** The aggregator where windows have one without a name; believed where values fit it. */
  readonly aggregator: string | undefined;
}

/** Reads windows of a store with such. */
export class Windows {
  private readonly windows: PairMessageKeys;
  private readonly values: PairMessageKeys;

  constructor(
    private readonly reader: StoreReader,
    private readonly facts: Pick<StoreFacts, 'windows' | 'latestTimestamp'>,
    private readonly collects: boolean,
  ) {
    this.windows = new PairMessageKeys(reader.scan('default'), splitWindow);
    this.values = new PairMessageKeys(reader.scan(valuesColumnFamily), splitPair);
  }

  /** Message keys, and entries that are no windows, in key order; pages as those of PairMessageKeys. */
  async messageKeys(from: Uint8Array, limit: number): Promise<KeyPage<MessageKey | BareEntry>> {
    if (this.facts.windows !== 'count') return this.windows.page(from, limit);
    const items: (MessageKey | BareEntry)[] = [];
    for await (const entry of this.reader.scan('default')(from)) {
      if (items.length === limit) return { items, next: entry.key };
      const prefix = countWindowsPrefix(entry.key);
      const count = decodeCountWindows(entry.value)?.length;
      if (!prefix || count === undefined) items.push({ kind: 'bare', entry });
      else {
        const key = decodeKey(prefix);
        items.push({ kind: 'messageKey', prefix, key, count, countIsExact: true });
      }
    }
    return { items, next: undefined };
  }

  /** The windows of a message key by their start; those by count in the order that they are stored in. */
  async page(prefix: Uint8Array, options: WindowPage): Promise<KeyPage<Window>> {
    const { from, limit, aggregator } = options;
    if (this.facts.windows === 'count') return this.countPage(prefix, options);
    const { items, next } = await this.windows.entriesOf(prefix, from, limit);
    const latest = await this.latestTimestamp(prefix);
    const windows: Window[] = [];
    for (const { entry, pair } of items) {
      windows.push(await this.timeWindow(entry.key, pair, entry.value, latest, aggregator));
    }
    return { items: windows, next };
  }

  /** How many windows a message key has, counted up to 100. */
  async count(prefix: Uint8Array): Promise<{ count: number; exact: boolean }> {
    if (this.facts.windows !== 'count') return this.windows.count(prefix);
    const value = await this.reader.get('default', countWindowsKey(prefix));
    return { count: (value && decodeCountWindows(value)?.length) ?? 0, exact: true };
  }

  /** One window by its raw key, and of windows by count its index; undefined when it is not there. */
  async get(
    rawKey: Uint8Array,
    index: number | undefined,
    aggregator: string | undefined,
  ): Promise<Window | undefined> {
    const value = await this.reader.get('default', rawKey);
    if (!value) return undefined;
    const pair = splitWindow(rawKey);
    if (pair) {
      const latest = await this.latestTimestamp(pair.prefix);
      return this.timeWindow(rawKey, pair, value, latest, aggregator);
    }
    const prefix = countWindowsPrefix(rawKey);
    const stored = decodeCountWindows(value)?.[index ?? 0];
    return prefix && stored && this.countWindow(rawKey, prefix, index ?? 0, stored, aggregator);
  }

  /** The values with ids of a window, in the order of their ids; pages as those of `page`. */
  async collected(
    prefix: Uint8Array,
    { from: first, to }: CollectedIds,
    { from, limit }: Pick<WindowPage, 'from' | 'limit'>,
  ): Promise<KeyPage<CollectedValue>> {
    const items: CollectedValue[] = [];
    for (const range of pairRanges(prefix, first, to)) {
      if (from && compareBytes(from, range.to) >= 0) continue;
      const start = from && compareBytes(from, range.from) > 0 ? from : range.from;
      const page = await this.values.entriesBetween(prefix, start, range.to, limit - items.length);
      for (const { entry, pair } of page.items) {
        const { first: id, second: counter } = pair;
        items.push({ rawKey: entry.key, id, counter, value: decodeValue(entry.value) });
      }
      if (page.next) return { items, next: page.next };
    }
    return { items, next: undefined };
  }

  private async timeWindow(
    rawKey: Uint8Array,
    pair: PairKey,
    value: Uint8Array,
    latest: bigint | undefined,
    aggregator: string | undefined,
  ): Promise<Window> {
    const { prefix, first: start, second: end } = pair;
    const sliding = this.facts.windows === 'sliding' ? slidingValue(pair, value) : undefined;
    const endIsInclusive = sliding !== undefined;
    const behind = endIsInclusive ? end + 1n : end;
    const aggregated = sliding ? sliding.aggregated : value;
    return {
      rawKey,
      index: undefined,
      start,
      end,
      endIsInclusive,
      value: decodeValue(value),
      aggregations: aggregationsOf(aggregated, aggregator),
      newest: sliding?.newest,
      messages: undefined,
      open: latest === undefined ? undefined : behind > latest,
      collected: await this.collectedIn(prefix, start, behind, aggregated),
    };
  }

  private async countPage(
    prefix: Uint8Array,
    { from, limit, aggregator }: WindowPage,
  ): Promise<KeyPage<Window>> {
    const rawKey = countWindowsKey(prefix);
    const value = await this.reader.get('default', rawKey);
    const stored = (value && decodeCountWindows(value)) ?? [];
    const first = from ? Buffer.from(from).readUInt32BE() : 0;
    const windows: Window[] = [];
    for (const [i, window] of stored.slice(first, first + limit).entries()) {
      windows.push(await this.countWindow(rawKey, prefix, first + i, window, aggregator));
    }
    const end = first + windows.length;
    if (end >= stored.length) return { items: windows, next: undefined };
    const next = Buffer.alloc(4);
    next.writeUInt32BE(end);
    return { items: windows, next };
  }

  private async countWindow(
    rawKey: Uint8Array,
    prefix: Uint8Array,
    index: number,
    { count, start, end, json, ...stored }: StoredCountWindow,
    aggregator: string | undefined,
  ): Promise<Window> {
    const firstId = stored.collectionStart ?? jsonInteger(stored.value);
    const collected =
      firstId === undefined || firstId < 0n
        ? undefined
        : await this.collectedIn(prefix, firstId, firstId + count, undefined);
    // Before 3.13 one member had what is aggregated or an id, and the values tell which.
    const isId = stored.aggregated === undefined && collected !== undefined;
    const aggregated = stored.aggregated ?? (isId ? undefined : stored.value);
    return {
      rawKey,
      index,
      start,
      end,
      endIsInclusive: true,
      value: decodeValue(json),
      aggregations: aggregated ? aggregationsOf(aggregated, aggregator) : [],
      newest: undefined,
      messages: count,
      open: undefined,
      collected,
    };
  }

  /** Without any value, only where nothing is aggregated instead. */
  private async collectedIn(
    prefix: Uint8Array,
    from: bigint,
    to: bigint,
    aggregated: Uint8Array | undefined,
  ): Promise<Collected | undefined> {
    if (!this.collects) return undefined;
    const { count, exact } = await this.values.count(prefix, from, to);
    if (count === 0 && !(aggregated && isJsonNull(aggregated))) return undefined;
    return { from, to, count, countIsExact: exact };
  }

  /** The newest event time of a message key; of stores before 3.3 that of the partition. */
  private async latestTimestamp(prefix: Uint8Array): Promise<bigint | undefined> {
    const columnFamily = latestTimestampsColumnFamily;
    for (const key of bookkeepingKeys(columnFamily, prefix)) {
      const value = await this.reader.get(columnFamily, key);
      const latest = value && decodeBookkeeping(columnFamily, key, value)?.value;
      if (latest !== undefined) return latest;
    }
    return this.facts.latestTimestamp;
  }
}
