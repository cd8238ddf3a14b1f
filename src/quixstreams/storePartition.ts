import {
  openReadOnly,
  type Damage,
  type Database,
  type Entry,
  type OpenOptions,
  type Refreshed,
  type ScanOptions,
} from '../rocksdb/index';
import { valuesColumnFamily, type CollectedValue } from './collectedValues';
import { EntryDecoder } from './entryDecoder';
import { FilteredPartition } from './filter/filteredPartition';
import type { KeyFilter } from './filter/keyFilter';
import { splitPair } from './integerPairKeys';
import { bufferRanges, readBufferKey } from './lookupBuffer';
import { MessageKeys, type BareEntry, type MessageKey } from './messageKeys';
import { PairMessageKeys } from './pairMessageKeys';
import type { StateEntry } from './stateEntry';
import { readFacts, type StoreFacts } from './storeFacts';
import type { StoreKind } from './storeKind';
import { without, type StoreReader } from './storeReader';
import { timestampedPage, type TimestampedEntry } from './timestamped';
import type { TimeToLive } from './ttl';
import { indexDisagreements, withExpired } from './ttlIndex';
import type { TtlMigration } from './ttlMigration';
import type { KeyPage } from './walk';
import type { WindowKind } from './windowKind';
import { Windows, type Window } from './windows';

export interface Page<T> {
  readonly items: readonly T[];
  /** What to pass as `from` for the next page; undefined at the end. */
  readonly next: Uint8Array | undefined;
}

export interface PageOptions {
  readonly from?: Uint8Array | undefined;
  readonly limit: number;
  readonly signal?: AbortSignal | undefined;
}

/** How windows are read. */
export interface WindowOptions extends PageOptions {
  /** The aggregator that the store's name says (`aggregatorOfName`); believed where values fit it. */
  readonly aggregator?: string | undefined;
}

/** A row directly under a partition: a message key, or an entry that has none. */
export type PartitionRow = MessageKey | { readonly kind: 'entry'; readonly entry: StateEntry };

/**
 * What one checkpoint or more changed; as in Refreshed, and entries count as written, too, that
 * expired since.
 */
export type PartitionChange = Refreshed;

const start = new Uint8Array(0);

/**
 * Opens the RocksDB of a store's partition for reading.
 * @throws as `openReadOnly` of rocksdb
 */
export async function openStorePartition(
  directory: string,
  options?: OpenOptions,
): Promise<StorePartition> {
  const database = await openReadOnly(directory, options);
  try {
    return new StorePartition(database, await readFacts(database, options?.signal));
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** A store's partition: its RocksDB, understood. At one point in time until `refresh`. */
export class StorePartition {
  /** The database moved on, but what it says of itself could not be read. */
  private factsAreOld = false;
  /** By file and block. RocksDB does not mend a block: it stays until the store is made anew. */
  private readonly damaged = new Map<string, Damage>();

  constructor(
    readonly database: Database,
    private facts: StoreFacts,
  ) {}

  get kind(): StoreKind {
    return this.facts.kind;
  }

  /** Which windows a windowed store has; undefined where what is in it does not tell. */
  get windows(): WindowKind | undefined {
    return this.facts.windows;
  }

  /** What scans came to that cannot be read, each once: entries there are missing, or older ones shown. */
  get damage(): readonly Damage[] {
    return [...this.damaged.values()];
  }

  /** The changelog topic's offset at the last checkpoint; undefined with the changelog off. */
  get changelogOffset(): bigint | undefined {
    return this.facts.changelogOffset;
  }

  /** undefined in stores without TTL. */
  get ttl(): TimeToLive | undefined {
    return this.facts.ttl;
  }

  /** How far the values are stamped that were there before TTL; undefined where there were none. */
  get ttlMigration(): TtlMigration | undefined {
    return this.facts.migration;
  }

  /**
   * Message keys and entries without one, in key order; not of dictionaries and unknown stores. A page may
   * be shorter than `limit` though more follow.
   */
  async rows({ from = start, limit, signal }: PageOptions): Promise<Page<PartitionRow>> {
    const { items, next } = await this.messageKeys(from, limit, signal);
    const decoder = this.decoder(signal);
    const rows: PartitionRow[] = [];
    for (const item of items) {
      if (item.kind === 'messageKey') rows.push(item);
      else rows.push({ kind: 'entry', entry: await decoder.decode('default', item.entry) });
    }
    return { items: rows, next };
  }

  /** The entries of a message key. For default stores. Pages as those of `rows`. */
  async entriesOf(
    { prefix }: Pick<MessageKey, 'prefix'>,
    { from, limit, signal }: PageOptions,
  ): Promise<Page<StateEntry>> {
    const { items, next } = await this.keys(signal).entriesOf(prefix, from, limit);
    return { items: await this.decodeAll('default', items, signal), next };
  }

  /** How many entries, windows or values by time a message key has; counted up to 100. */
  countOf(
    { prefix }: Pick<MessageKey, 'prefix'>,
    signal?: AbortSignal,
  ): Promise<{ count: number; exact: boolean }> {
    switch (this.kind) {
      case 'windowed':
        return this.windowReader(signal).count(prefix);
      case 'timestamped':
      case 'lookupBuffer':
        return this.pairs(signal).count(prefix);
      default:
        return this.keys(signal).count(prefix);
    }
  }

  /** The windows of a message key. For windowed stores. Pages as those of `rows`. */
  windowsOf(
    { prefix }: Pick<MessageKey, 'prefix'>,
    { from, limit, aggregator, signal }: WindowOptions,
  ): Promise<Page<Window>> {
    return this.windowReader(signal).page(prefix, { from, limit, aggregator });
  }

  /** One window again, by its raw key and index; undefined when it is gone. */
  windowAt(
    { rawKey, index }: Pick<Window, 'rawKey' | 'index'>,
    aggregator?: string,
  ): Promise<Window | undefined> {
    return this.windowReader().get(rawKey, index, aggregator);
  }

  /** What a window has collected, by the ids of the values. Pages as those of `rows`. */
  async collectedOf(
    { prefix }: Pick<MessageKey, 'prefix'>,
    { collected }: Pick<Window, 'collected'>,
    { from, limit, signal }: PageOptions,
  ): Promise<Page<CollectedValue>> {
    if (!collected) return { items: [], next: undefined };
    return this.windowReader(signal).collected(prefix, collected, { from, limit });
  }

  /** The values of a message key by time. For timestamped stores and lookup buffers. Pages as of `rows`. */
  timestampedOf(
    { prefix }: Pick<MessageKey, 'prefix'>,
    { from, limit, signal }: PageOptions,
  ): Promise<Page<TimestampedEntry>> {
    const isBuffer = this.kind === 'lookupBuffer';
    return timestampedPage(this.reader(signal), isBuffer, prefix, { from, limit });
  }

  /** What a filter lets through, at this point in time; `aggregator` as in WindowOptions. */
  filtered(filter: KeyFilter, aggregator?: string): FilteredPartition {
    const reader = {
      batches: (options: ScanOptions) =>
        this.database.batches('default', { ...options, onDamage: (one) => this.note(one) }),
      decoder: (signal: AbortSignal | undefined) => this.decoder(signal),
    };
    const facts = { windows: this.facts.windows, aggregator };
    return new FilteredPartition(this, reader, facts, filter);
  }

  /** The entries of a column family as they are stored, decoded where that is certain; before `to`. */
  async rawEntries(
    columnFamily: string,
    { from, to, limit, signal }: PageOptions & { readonly to?: Uint8Array | undefined },
  ): Promise<Page<StateEntry>> {
    const items: Entry[] = [];
    let next: Uint8Array | undefined;
    for await (const entry of this.scan(columnFamily, { from, to, signal })) {
      if (items.length === limit) {
        next = entry.key;
        break;
      }
      items.push(entry);
    }
    return { items: await this.decodeAll(columnFamily, items, signal), next };
  }

  /** Everything, each column family in key order. */
  async *allEntries(signal?: AbortSignal): AsyncGenerator<StateEntry> {
    const decoder = this.decoder(signal); // of the view that is scanned
    for (const columnFamily of this.database.columnFamilies) {
      for await (const entry of this.scan(columnFamily, { signal })) {
        yield await decoder.decode(columnFamily, entry);
      }
    }
  }

  /** One entry by its raw key; undefined when it is not there. */
  async get(columnFamily: string, rawKey: Uint8Array): Promise<StateEntry | undefined> {
    const value = await this.database.get(columnFamily, rawKey);
    return value && this.decoder().decode(columnFamily, { key: rawKey, value });
  }

  /** For each of these entries, whether its value and the index of TTL disagree. */
  ttlIndexDisagreements(entries: readonly StateEntry[]): Promise<boolean[]> {
    return indexDisagreements(this.database, entries);
  }

  /** The message key that a raw key belongs to; undefined for one without, and where that is not known. */
  async prefixOf(rawKey: Uint8Array, columnFamily = 'default'): Promise<Uint8Array | undefined> {
    return this.decoder().prefixOf(columnFamily, rawKey);
  }

  /** Moves on to now. @throws as `openReadOnly` */
  async refresh(signal?: AbortSignal): Promise<PartitionChange> {
    const wasEmpty = this.database.latestSequence === 0; // nothing that a newer key compares with
    const { changed, written } = await this.database.refresh(signal);
    if (!changed && !this.factsAreOld) return { changed, written };
    const lost = this.factsAreOld;
    this.factsAreOld = true; // until they are read; what was written meanwhile is not told twice
    const before = this.facts;
    const now = await readFacts(this.database, signal);
    const reread = lost || wasEmpty || !written || readsOtherwise(before, now);
    const all = reread
      ? undefined
      : await withExpired(this.database, written, before.ttl, now.ttl, signal);
    this.facts = now;
    this.factsAreOld = false;
    return { changed: true, written: all };
  }

  close(): Promise<void> {
    return this.database.close();
  }

  private async messageKeys(
    from: Uint8Array,
    limit: number,
    signal: AbortSignal | undefined,
  ): Promise<KeyPage<MessageKey | BareEntry>> {
    switch (this.kind) {
      case 'default':
        return this.keys(signal).page(from, limit);
      case 'windowed':
        return this.windowReader(signal).messageKeys(from, limit);
      case 'timestamped':
        return this.pairs(signal).page(from, limit);
      case 'lookupBuffer':
        return this.bufferKeys(from, limit, signal);
      default:
        return { items: [], next: undefined };
    }
  }

  private async bufferKeys(
    from: Uint8Array,
    limit: number,
    signal: AbortSignal | undefined,
  ): Promise<KeyPage<MessageKey | BareEntry>> {
    const scan = without(bufferRanges, this.reader(signal).scan('default'));
    const { items, next } = await new PairMessageKeys(scan, splitPair).page(from, limit);
    const get = (key: Uint8Array) => this.database.get('default', key);
    const named = items.map(async (item) => {
      if (item.kind === 'bare') return item;
      return { ...item, key: await readBufferKey(get, item.prefix) };
    });
    return { items: await Promise.all(named), next };
  }

  private reader(signal?: AbortSignal): StoreReader {
    return {
      scan: (columnFamily) => (from, to) => this.scan(columnFamily, { from, to, signal }),
      get: (columnFamily, key) => this.database.get(columnFamily, key),
    };
  }

  private keys(signal?: AbortSignal): MessageKeys {
    return new MessageKeys(this.reader(signal).scan('default'));
  }

  private pairs(signal?: AbortSignal): PairMessageKeys {
    return new PairMessageKeys(this.reader(signal).scan('default'), splitPair);
  }

  private windowReader(signal?: AbortSignal): Windows {
    const collects = this.database.columnFamilies.includes(valuesColumnFamily);
    return new Windows(this.reader(signal), this.facts, collects);
  }

  private decoder(signal?: AbortSignal): EntryDecoder {
    return new EntryDecoder(this.database, this.facts, this.keys(signal), this.pairs(signal));
  }

  /** Entries in key order, past blocks that cannot be read. */
  private scan(columnFamily: string, options: ScanOptions): AsyncGenerator<Entry> {
    const onDamage = (damage: Damage) => this.note(damage);
    return this.database.entries(columnFamily, { ...options, onDamage });
  }

  private note(damage: Damage): void {
    const { file, offset = '' } = damage.error;
    this.damaged.set(`${file}:${offset}`, damage);
  }

  private async decodeAll(
    columnFamily: string,
    entries: readonly Entry[],
    signal: AbortSignal | undefined,
  ): Promise<StateEntry[]> {
    const decoder = this.decoder(signal);
    const decoded: StateEntry[] = [];
    for (const entry of entries) decoded.push(await decoder.decode(columnFamily, entry));
    return decoded;
  }
}

/** Whether entries that nobody wrote may be other ones in the light of these facts. */
function readsOtherwise(before: StoreFacts, now: StoreFacts): boolean {
  return (
    before.kind !== now.kind ||
    before.windows !== now.windows ||
    before.migration !== now.migration ||
    !before.ttl !== !now.ttl
  );
}
