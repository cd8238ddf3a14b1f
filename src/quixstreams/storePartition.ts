import {
  openReadOnly,
  type Database,
  type Entry,
  type OpenOptions,
  type Refreshed,
} from '../rocksdb/index';
import { kindOfStore, type StoreKind } from './columnFamilies';
import { decodeKey, decodeMessageKey, type DecodedKey } from './keys';
import { MessageKeys, type MessageKey } from './messageKeys';
import {
  bigEndian,
  changelogOffsetKey,
  metadataColumnFamily,
  ttlEnabledKey,
  ttlHighWaterKey,
} from './metadata';
import { decodeStamp, isExpired, ttlIndexColumnFamily, type TimeToLive } from './ttl';
import { decodeValue, type StateValue } from './values';

/** One entry in Quix Streams' terms. */
export interface StateEntry {
  readonly columnFamily: string;
  readonly rawKey: Uint8Array;
  /** `raw`: key and value are shown as they are, nothing is read into them. */
  readonly type: 'kv' | 'metadata' | 'ttlIndex' | 'raw';
  /** Of `kv` entries: the bytes in front of the state key, empty for a bare one. */
  readonly prefix?: Uint8Array;
  readonly messageKey?: DecodedKey;
  readonly key: DecodedKey;
  readonly value: StateValue;
  /** ms since epoch; null: never; left out in stores without TTL. */
  readonly expiresAtMs?: bigint | null;
  readonly expired?: boolean;
}

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

/** What one checkpoint or more changed; `written` as in Refreshed. */
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
    const facts = await readFacts(database);
    return new StorePartition(database, facts);
  } catch (error) {
    await database.close();
    throw error;
  }
}

interface Facts {
  readonly kind: StoreKind;
  readonly changelogOffset: bigint | undefined;
  readonly ttl: TimeToLive | undefined;
}

async function readFacts(database: Database): Promise<Facts> {
  const kind = kindOfStore(database.columnFamilies);
  const read = (key: Uint8Array) => database.get(metadataColumnFamily, key);
  const enabled = kind === 'default' && (await read(ttlEnabledKey)) !== undefined;
  return {
    kind,
    changelogOffset: bigEndian(await read(changelogOffsetKey)),
    ttl: enabled ? { highWaterMs: bigEndian(await read(ttlHighWaterKey)) } : undefined,
  };
}

/** A store's partition: its RocksDB, understood. At one point in time until `refresh`. */
export class StorePartition {
  constructor(
    readonly database: Database,
    private facts: Facts,
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

  /** Message keys and entries without one, in key order. For default stores. */
  async rows({ from, limit, signal }: PageOptions): Promise<Page<PartitionRow>> {
    const keys = this.messageKeys(signal);
    const { items, next } = await keys.page(from ?? start, limit);
    const rows = items.map(async (item): Promise<PartitionRow> => {
      if (item.kind === 'messageKey') return item;
      return { kind: 'entry', entry: await this.decode('default', item.entry, keys) };
    });
    return { items: await Promise.all(rows), next };
  }

  /** The entries of a message key. For default stores. */
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
    const keys = this.messageKeys(signal);
    for (const columnFamily of this.database.columnFamilies) {
      for await (const entry of this.database.entries(columnFamily, { signal })) {
        yield await this.decode(columnFamily, entry, keys);
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

  /** Moves on to now. @throws as `openReadOnly`; the view before stays then */
  async refresh(signal?: AbortSignal): Promise<PartitionChange> {
    const { changed, written } = await this.database.refresh(signal);
    if (!changed) return { changed, written };
    const before = this.facts;
    this.facts = await readFacts(this.database);
    const another =
      before.kind !== this.facts.kind ||
      (before.ttl === undefined) !== (this.facts.ttl === undefined);
    return { changed, written: another ? undefined : written };
  }

  close(): Promise<void> {
    return this.database.close();
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

  private async decode(
    columnFamily: string,
    { key: rawKey, value }: Entry,
    keys: MessageKeys,
  ): Promise<StateEntry> {
    const { kind } = this.facts;
    if (columnFamily === metadataColumnFamily || columnFamily === '__ttl_system__') {
      return metadataEntry(columnFamily, rawKey, value);
    }
    if (columnFamily === ttlIndexColumnFamily) {
      const stamped = decodeStamp(rawKey);
      if (stamped) {
        return {
          columnFamily,
          rawKey,
          type: 'ttlIndex',
          key: { bytes: stamped.rest },
          value: decodeValue(value),
          expiresAtMs: stamped.expiresAtMs,
        };
      }
    }
    if (columnFamily !== 'default' || kind !== 'default') {
      const key: DecodedKey = { bytes: rawKey };
      return { columnFamily, rawKey, type: 'raw', key, value: decodeValue(value) };
    }
    const { prefix, stateKey, bare } = await keys.split(rawKey);
    return {
      columnFamily,
      rawKey,
      type: 'kv',
      prefix,
      messageKey: bare ? { bytes: prefix } : decodeMessageKey(prefix),
      key: decodeKey(stateKey),
      ...this.stampedValue(value),
    };
  }

  private stampedValue(value: Uint8Array): Pick<StateEntry, 'value' | 'expiresAtMs' | 'expired'> {
    const { ttl } = this.facts;
    const stamped = ttl && decodeStamp(value);
    if (!stamped) return { value: decodeValue(value) };
    const { expiresAtMs, rest } = stamped;
    return { value: decodeValue(rest), expiresAtMs, expired: isExpired(expiresAtMs, ttl) };
  }
}

function metadataEntry(columnFamily: string, rawKey: Uint8Array, value: Uint8Array): StateEntry {
  const number = bigEndian(value);
  return {
    columnFamily,
    rawKey,
    type: 'metadata',
    key: { bytes: rawKey },
    value:
      number === undefined
        ? { bytes: value, format: 'bytes' }
        : { bytes: Buffer.from(number.toString()), format: 'json' },
  };
}
