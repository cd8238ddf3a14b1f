import { setImmediate as nextTurn } from 'node:timers/promises';
import { compareBytes, type EntryBatch, type ScanOptions } from '../../rocksdb/index';
import { nameOf } from '../answers';
import type { EntryDecoder } from '../entryDecoder';
import { behindPairs } from '../integerPairKeys';
import { endOf, seekPast, splitByBytes, type DecodedKey } from '../keys';
import type { MessageKey } from '../messageKeys';
import type { StateEntry } from '../stateEntry';
import type { Page, PageOptions, PartitionRow, StorePartition } from '../storePartition';
import type { TimestampedEntry } from '../timestamped';
import { usualLimits } from '../walk';
import { splitWindow } from '../windowKind';
import type { Window } from '../windows';
import {
  subjectOfTimestamped,
  subjectOfWindow,
  subjectsOf,
  type FilterSubject,
  type WindowFacts,
} from './filterSubject';
import { FilterTest } from './filterTest';
import type { KeyFilter } from './keyFilter';

/** A page may be shorter than `limit` though there is a `next`: after long searching. */
export interface FilteredPage<T> extends Page<T> {
  /** How many entries were looked at for it. */
  readonly searched: number;
}

export interface FilteredOptions extends PageOptions {
  /** Searches on to here, however long that takes. */
  readonly until?: Uint8Array | 'end' | undefined;
}

/** What a filtered partition needs of the partition beside its listings. */
export interface FilteredReader {
  batches(options: ScanOptions): AsyncGenerator<EntryBatch>;
  decoder(signal: AbortSignal | undefined): EntryDecoder;
}

/** How long is searched for one page: who waits for it sees what was found by then, and how far that is. */
const pageMs = 100;
/** Of less than this, however long it takes, there are no pages. */
const fewEntries = 2000;
const fewBytes = 8 << 20;
/** Entries of a message key that are read at once. */
const readAtOnce = 500;
/** How long the thread is held. */
const turnMs = 8;
const lookedAtOnce = 32;

export interface FilteredCount {
  readonly count: number;
  /** false: at least `count`, the rest was not counted. */
  readonly exact: boolean;
}

interface Group {
  readonly prefix: Uint8Array;
  readonly key: DecodedKey;
  count: number;
  exact: boolean;
}

/**
 * What a filter lets through of a partition. `key:` is sought in the order of the keys; all else is searched, in
 * slices that let others run.
 */
export class FilteredPartition {
  /** Whether only a part of the store is looked at. */
  readonly seeks: boolean;
  readonly #test: FilterTest;

  constructor(
    private readonly partition: StorePartition,
    private readonly reader: FilteredReader,
    private readonly facts: WindowFacts,
    filter: KeyFilter,
  ) {
    this.#test = new FilterTest(filter, partition.kind);
    this.seeks = this.#test.seeks;
  }

  /**
   * Message keys with entries that pass, and how many; entries without a message key; in key order. A message
   * key whose entries a page ends among may be on the next one, too.
   */
  async rows(options: FilteredOptions): Promise<FilteredPage<PartitionRow>> {
    const items: (Group | StateEntry)[] = [];
    const groups = new Map<string, Group>();
    const decoder = this.reader.decoder(options.signal);
    const search = new Search(options);
    let next: Uint8Array | undefined;
    const look = async (key: Uint8Array, value: Uint8Array): Promise<Look> => {
      if (!this.#test.mayPass(key, value)) return undefined;
      const entry = await decoder.decode('default', { key: key.slice(), value: value.slice() });
      const passed = subjectsOf(entry, this.facts).filter((one) => this.#test.passes(one));
      if (passed.length === 0) return undefined;
      const owner = messageKeyOf(entry);
      const name = owner && nameOf(owner.prefix);
      let group = name === undefined ? undefined : groups.get(name);
      if (!group && items.length === options.limit) return 'full';
      if (!owner || name === undefined) {
        items.push(entry);
        return undefined;
      }
      if (!group) {
        group = { ...owner, count: 0, exact: true };
        groups.set(name, group);
        items.push(group);
      }
      group.count += passed.length;
      if (group.count <= usualLimits.counted) return undefined;
      group.count = usualLimits.counted;
      group.exact = false;
      return { jump: this.#pastOf(key) };
    };
    for (const range of this.#test.ranges) {
      if (options.from && range.to && compareBytes(options.from, range.to) >= 0) continue;
      const start = options.from && compareBytes(options.from, range.from) > 0;
      next = await this.#walk(start ? options.from : range.from, range.to, search, look);
      if (next) break;
    }
    const rows = items.map((item) => rowOf(item, next));
    return { items: rows, next, searched: search.searched };
  }

  /** The entries of a message key that pass. For default stores. */
  entriesOf(messageKey: MessageKey, options: FilteredOptions): Promise<FilteredPage<StateEntry>> {
    const read = (page: PageOptions) => this.partition.entriesOf(messageKey, page);
    return this.#sift(read, (entry) => subjectsOf(entry, this.facts), rawKeyOf, options);
  }

  /** The windows of a message key that pass. For windowed stores. */
  windowsOf(messageKey: MessageKey, options: FilteredOptions): Promise<FilteredPage<Window>> {
    const { aggregator } = this.facts;
    const read = (page: PageOptions) =>
      this.partition.windowsOf(messageKey, { ...page, aggregator });
    return this.#sift(read, (one) => [subjectOfWindow(messageKey, one)], placeOfWindow, options);
  }

  /** The values by time of a message key that pass. For timestamped stores and lookup buffers. */
  timestampedOf(
    messageKey: MessageKey,
    options: FilteredOptions,
  ): Promise<FilteredPage<TimestampedEntry>> {
    const read = (page: PageOptions) => this.partition.timestampedOf(messageKey, page);
    return this.#sift(read, (one) => [subjectOfTimestamped(messageKey, one)], rawKeyOf, options);
  }

  /** The entries of `default` that pass, as they are stored. */
  entries(options: FilteredOptions): Promise<FilteredPage<StateEntry>> {
    const read = (page: PageOptions) => this.partition.rawEntries('default', page);
    return this.#sift(read, (entry) => subjectsOf(entry, this.facts), rawKeyOf, options);
  }

  /** How many entries of a message key pass, counted as far as listings do. */
  async count(messageKey: MessageKey, signal?: AbortSignal): Promise<FilteredCount> {
    const options = { limit: usualLimits.counted, signal };
    const { items, next } = await this.#listOf(messageKey, options);
    return { count: items.length, exact: next === undefined };
  }

  /** The row of an entry that passes, as `rows` has it. */
  async rowOf(entry: StateEntry, signal?: AbortSignal): Promise<PartitionRow> {
    const owner = messageKeyOf(entry);
    if (!owner) return { kind: 'entry', entry };
    const row = { kind: 'messageKey', ...owner, count: 1, countIsExact: false } as const;
    const { count, exact } = await this.count(row, signal);
    return { ...row, count, countIsExact: exact };
  }

  /** Whether an entry passes, or something in it. */
  passes(entry: StateEntry): boolean {
    return subjectsOf(entry, this.facts).some((subject) => this.#test.passes(subject));
  }

  #listOf(
    messageKey: MessageKey,
    options: FilteredOptions,
  ): Promise<FilteredPage<StateEntry | Window | TimestampedEntry>> {
    switch (this.partition.kind) {
      case 'windowed':
        return this.windowsOf(messageKey, options);
      case 'timestamped':
      case 'lookupBuffer':
        return this.timestampedOf(messageKey, options);
      default:
        return this.entriesOf(messageKey, options);
    }
  }

  /** Looks at entries in key order; gives where to go on, undefined at the end. */
  async #walk(
    first: Uint8Array | undefined,
    to: Uint8Array | undefined,
    search: Search,
    look: (key: Uint8Array, value: Uint8Array) => Promise<Look>,
  ): Promise<Uint8Array | undefined> {
    let from = first;
    for (;;) {
      let jump: Uint8Array | undefined;
      for await (const batch of this.reader.batches({ from, to, signal: search.signal })) {
        for (let i = 0; i < batch.length && !jump; i++) {
          const key = batch.key(i);
          const value = batch.value(i);
          if (search.isEnough(key)) return key.slice();
          await search.looked(key.length + value.length);
          const found = await look(key, value);
          if (found === 'full') return key.slice();
          jump = found?.jump;
        }
        if (jump) break;
      }
      if (!jump || (to && compareBytes(jump, to) >= 0)) return undefined;
      from = jump;
    }
  }

  async #sift<T>(
    read: (page: PageOptions) => Promise<Page<T>>,
    subjects: (item: T) => readonly FilterSubject[],
    placeOf: (item: T) => Uint8Array,
    options: FilteredOptions,
  ): Promise<FilteredPage<T>> {
    const { limit, signal } = options;
    const search = new Search(options);
    const items: T[] = [];
    let from = options.from;
    do {
      const page = await read({ from, limit: readAtOnce, signal });
      for (const item of page.items) {
        await search.looked(0);
        if (!subjects(item).some((subject) => this.#test.passes(subject))) continue;
        if (items.length === limit) {
          return { items, next: placeOf(item), searched: search.searched };
        }
        items.push(item);
      }
      from = page.next;
    } while (from && !search.isEnough(from));
    return { items, next: from, searched: search.searched };
  }

  /** Where to go on behind a message key whose entries need no more counting. */
  #pastOf(key: Uint8Array): Uint8Array | undefined {
    if (this.partition.kind !== 'default') {
      return this.facts.windows === 'count' ? undefined : behindPairs(key);
    }
    const split = splitByBytes(key);
    return split && seekPast(split);
  }
}

/** What looking at an entry leads to: going on, jumping on, or ending before it. */
type Look = { readonly jump: Uint8Array | undefined } | 'full' | undefined;

/** How far a page's search has come. */
class Search {
  readonly signal: AbortSignal | undefined;
  searched = 0;
  #bytes = 0;
  readonly #start = performance.now();
  #began = this.#start;

  constructor(private readonly options: FilteredOptions) {
    this.signal = options.signal;
  }

  /** Whether a page is to end before this key. */
  isEnough(key: Uint8Array): boolean {
    if (this.#began - this.#start < pageMs) return false;
    if (this.searched < fewEntries && this.#bytes < fewBytes) return false;
    const { until } = this.options;
    return until === undefined || (until !== 'end' && compareBytes(key, until) >= 0);
  }

  /** Counts an entry, and lets others run now and then. */
  async looked(bytes: number): Promise<void> {
    this.#bytes += bytes;
    const isLarge = bytes > 1 << 16;
    if (++this.searched % lookedAtOnce !== 0 && !isLarge) return;
    if (performance.now() - this.#began < turnMs) return;
    await nextTurn();
    this.signal?.throwIfAborted();
    this.#began = performance.now();
  }
}

/** The message key that an entry is listed under; undefined for one that is listed itself. */
function messageKeyOf(entry: StateEntry): Pick<Group, 'prefix' | 'key'> | undefined {
  const { meaning, prefix, messageKey } = entry;
  if (meaning && 'prefix' in meaning) return { prefix: meaning.prefix, key: meaning.messageKey };
  return prefix && prefix.length > 0 && messageKey ? { prefix, key: messageKey } : undefined;
}

function rowOf(item: Group | StateEntry, pageEnd: Uint8Array | undefined): PartitionRow {
  if ('rawKey' in item) return { kind: 'entry', entry: item };
  const { prefix, key, count, exact } = item;
  const isCut = pageEnd !== undefined && compareBytes(pageEnd, endOf(prefix)) < 0;
  return { kind: 'messageKey', prefix, key, count, countIsExact: exact && !isCut };
}

const rawKeyOf = ({ rawKey }: { readonly rawKey: Uint8Array }) => rawKey;

/** What a page of windows begins with: see Windows.page. */
function placeOfWindow({ rawKey, index }: Window): Uint8Array {
  if (index === undefined || splitWindow(rawKey)) return rawKey;
  const place = Buffer.alloc(4);
  place.writeUInt32BE(index);
  return place;
}
