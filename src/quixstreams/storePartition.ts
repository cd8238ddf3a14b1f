import {
  openReadOnly,
  type Database,
  type Entry,
  type OpenOptions,
  type Refreshed,
} from '../rocksdb/index';
import type { StoreKind } from './columnFamilies';
import { MessageKeys, type MessageKey } from './messageKeys';
import { decodeEntry, type StateEntry } from './stateEntry';
import { readFacts, type StoreFacts } from './storeFacts';
import { expiryKey, decodeStamp, ttlIndexColumnFamily, type TimeToLive } from './ttl';

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

/** A row directly under a partition: a message key, or an entry that has none. */
export type PartitionRow = MessageKey | { readonly kind: 'entry'; readonly entry: StateEntry };

/**
 * What one checkpoint or more changed; as in Refreshed, and entries count as written, too, that
 * expired since.
 */
export type PartitionChange = Refreshed;

const start = new Uint8Array(0);
/** Of more keys that expire at once, a list helps nobody. */
const mostExpired = 10_000;

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

  constructor(
    readonly database: Database,
    private facts: StoreFacts,
  ) {}

  get kind(): StoreKind {
    return this.facts.kind;
  }

  /** The changelog topic's offset at the last checkpoint; undefined with the changelog off. */
  get changelogOffset(): bigint | undefined {
    return this.facts.changelogOffset;
  }

  /** undefined in stores without TTL. */
  get ttl(): TimeToLive | undefined {
    return this.facts.ttl;
  }

  /**
   * Message keys and entries without one, in key order. For default stores. A page may be shorter
   * than `limit` though more follow.
   */
  async rows({ from, limit, signal }: PageOptions): Promise<Page<PartitionRow>> {
    const keys = this.messageKeys(signal);
    const { items, next } = await keys.page(from ?? start, limit);
    const rows = items.map(async (item): Promise<PartitionRow> => {
      if (item.kind === 'messageKey') return item;
      return { kind: 'entry', entry: await this.decode('default', item.entry, keys) };
    });
    return { items: await Promise.all(rows), next };
  }

  /** The entries of a message key. For default stores. Pages as those of `rows`. */
  async entriesOf(
    { prefix }: Pick<MessageKey, 'prefix'>,
    { from, limit, signal }: PageOptions,
  ): Promise<Page<StateEntry>> {
    const keys = this.messageKeys(signal);
    const { items, next } = await keys.entriesOf(prefix, from, limit);
    return { items: await this.decodeAll('default', items, keys), next };
  }

  /** The entries of a column family as they are stored, decoded where that is certain. */
  async rawEntries(
    columnFamily: string,
    { from, limit, signal }: PageOptions,
  ): Promise<Page<StateEntry>> {
    const items: Entry[] = [];
    let next: Uint8Array | undefined;
    for await (const entry of this.database.entries(columnFamily, { from, signal })) {
      if (items.length === limit) {
        next = entry.key;
        break;
      }
      items.push(entry);
    }
    return { items: await this.decodeAll(columnFamily, items, this.messageKeys(signal)), next };
  }

  /** Everything, each column family in key order. */
  async *allEntries(signal?: AbortSignal): AsyncGenerator<StateEntry> {
    const { facts } = this; // those of the view that is scanned
    const keys = this.messageKeys(signal);
    for (const columnFamily of this.database.columnFamilies) {
      for await (const entry of this.database.entries(columnFamily, { signal })) {
        yield await decodeEntry(columnFamily, entry, facts, keys);
      }
    }
  }

  /** One entry by its raw key; undefined when it is not there. */
  async get(columnFamily: string, rawKey: Uint8Array): Promise<StateEntry | undefined> {
    const value = await this.database.get(columnFamily, rawKey);
    return value && this.decode(columnFamily, { key: rawKey, value }, this.messageKeys());
  }

  /** The message key that a raw key of a default store belongs to; undefined for a bare one. */
  async prefixOf(rawKey: Uint8Array): Promise<Uint8Array | undefined> {
    const { prefix, bare } = await this.messageKeys().split(rawKey);
    return bare ? undefined : prefix;
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
    const reread =
      lost || wasEmpty || !written || before.kind !== now.kind || !before.ttl !== !now.ttl;
    const all = reread ? undefined : await this.withExpired(written, before.ttl, now.ttl, signal);
    this.facts = now;
    this.factsAreOld = false;
    return { changed: true, written: all };
  }

  close(): Promise<void> {
    return this.database.close();
  }

  /** `written`, and the keys that expired by event time going on from `before` to `now`. */
  private async withExpired(
    written: ReadonlyMap<string, readonly Uint8Array[]>,
    before: TimeToLive | undefined,
    now: TimeToLive | undefined,
    signal?: AbortSignal,
  ): Promise<PartitionChange['written']> {
    if (now?.highWaterMs === undefined || now.highWaterMs === before?.highWaterMs) return written;
    const range = {
      from: expiryKey((before?.highWaterMs ?? -1n) + 1n),
      to: expiryKey(now.highWaterMs + 1n),
    };
    const expired: Uint8Array[] = [];
    for await (const { key } of this.database.entries(ttlIndexColumnFamily, { ...range, signal })) {
      const stamped = decodeStamp(key);
      if (stamped) expired.push(stamped.rest);
      if (expired.length > mostExpired) return undefined;
    }
    if (expired.length === 0) return written;
    return new Map(written).set('default', [...(written.get('default') ?? []), ...expired]);
  }

  private messageKeys(signal?: AbortSignal): MessageKeys {
    return new MessageKeys((from, to) => this.database.entries('default', { from, to, signal }));
  }

  private async decodeAll(
    columnFamily: string,
    entries: readonly Entry[],
    keys: MessageKeys,
  ): Promise<StateEntry[]> {
    const decoded: StateEntry[] = [];
    for (const entry of entries) decoded.push(await this.decode(columnFamily, entry, keys));
    return decoded;
  }

  private decode(columnFamily: string, entry: Entry, keys: MessageKeys): Promise<StateEntry> {
    return decodeEntry(columnFamily, entry, this.facts, keys);
  }
}
