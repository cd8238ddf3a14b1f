import type { Database, Entry } from '../rocksdb/index';
import { decodeBookkeeping } from './bookkeeping';
import { valuesColumnFamily } from './collectedValues';
import { countWindowsPrefix } from './countWindows';
import { decodeDictionaryPart, dictionaryKey } from './dictionary';
import { splitPair } from './integerPairKeys';
import { decodeKey, type DecodedKey } from './keys';
import { decodeBufferIndex, decodeBufferQueue, readBufferKey } from './lookupBuffer';
import type { MessageKeys } from './messageKeys';
import {
  bigEndian,
  metadataColumnFamily,
  metadataValue,
  partitionFact,
  ttlSystemColumnFamily,
} from './metadata';
import type { PairMessageKeys } from './pairMessageKeys';
import type { Meaning, StateEntry } from './stateEntry';
import type { StoreFacts } from './storeFacts';
import { decodeIndexKey, decodeStamp, isExpired, ttlIndexColumnFamily, type Stamped } from './ttl';
import { mayBeStamped } from './ttlMigration';
import { decodeValue } from './values';
import { splitWindow } from './windowKind';

/** Tells what entries are, as far as that is certain, by what their store says of itself. */
export class EntryDecoder {
  constructor(
    private readonly database: Database,
    private readonly facts: StoreFacts,
    private readonly keys: MessageKeys,
    private readonly pairs: PairMessageKeys,
  ) {}

  async decode(columnFamily: string, entry: Entry): Promise<StateEntry> {
    const { kind } = this.facts;
    if (kind === 'dictionary') return dictionary(columnFamily, entry);
    if (columnFamily === metadataColumnFamily || columnFamily === ttlSystemColumnFamily) {
      return metadata(columnFamily, entry);
    }
    if (kind === 'default') {
      if (columnFamily === 'default') return this.keyValue(entry);
      const indexed = columnFamily === ttlIndexColumnFamily ? decodeIndexKey(entry.key) : undefined;
      return indexed ? ttlIndex(entry, indexed) : raw(columnFamily, entry);
    }
    return raw(columnFamily, entry, await this.meaning(columnFamily, entry));
  }

  /** The message key that an entry belongs to; undefined where it belongs to none, or that is not known. */
  async prefixOf(columnFamily: string, key: Uint8Array): Promise<Uint8Array | undefined> {
    if (this.facts.kind === 'default') {
      if (columnFamily !== 'default') return undefined;
      const { prefix, bare } = await this.keys.split(key);
      return bare ? undefined : prefix;
    }
    const meaning = await this.meaning(columnFamily, { key, value: key.subarray(0, 0) });
    if (!meaning || !('prefix' in meaning)) return undefined;
    return meaning.kind === 'bookkeeping' && meaning.prefix.length === 0
      ? undefined
      : meaning.prefix;
  }

  private async keyValue({ key: rawKey, value }: Entry): Promise<StateEntry> {
    const { prefix, stateKey, bare } = await this.keys.split(rawKey);
    const entry = {
      columnFamily: 'default',
      rawKey,
      type: 'kv',
      prefix,
      messageKey: bare ? { bytes: prefix } : await this.keys.decode(prefix),
      key: decodeKey(stateKey),
    } as const;
    const stamped = await this.stamped(rawKey, value);
    if (!stamped) return { ...entry, value: decodeValue(value) };
    const { expiresAtMs, rest } = stamped;
    const expired = this.facts.ttl !== undefined && isExpired(expiresAtMs, this.facts.ttl);
    return { ...entry, value: decodeValue(rest), expiresAtMs, expired };
  }

  private async stamped(key: Uint8Array, value: Uint8Array): Promise<Stamped | undefined> {
    const { ttl, migration } = this.facts;
    if (!ttl && migration !== 'unfinished') return undefined;
    const stamped = decodeStamp(value);
    if (!stamped || migration !== 'unfinished') return stamped;
    return (await mayBeStamped(this.database, key, ttl !== undefined)) ? stamped : undefined;
  }

  private async meaning(columnFamily: string, entry: Entry): Promise<Meaning | undefined> {
    if (this.facts.kind === 'unknown') return undefined;
    const noted = decodeBookkeeping(columnFamily, entry.key, entry.value);
    if (noted) return { kind: 'bookkeeping', ...noted, ...(await this.prefixed(noted.prefix)) };
    switch (this.facts.kind) {
      case 'windowed':
        return columnFamily === valuesColumnFamily
          ? this.collected(entry.key)
          : columnFamily === 'default'
            ? this.windows(entry.key)
            : undefined;
      case 'timestamped': {
        const pair = columnFamily === 'default' ? splitPair(entry.key) : undefined;
        if (!pair) return undefined;
        const { prefix, first: timestamp, second: counter } = pair;
        return { kind: 'timestamped', ...(await this.prefixed(prefix)), timestamp, counter };
      }
      case 'lookupBuffer':
        return columnFamily === 'default' ? this.buffered(entry) : undefined;
      default:
        return undefined;
    }
  }

  private async windows(key: Uint8Array): Promise<Meaning | undefined> {
    const pair = splitWindow(key);
    if (pair) {
      const { prefix, first: start, second: end } = pair;
      return { kind: 'window', ...(await this.prefixed(prefix)), start, end };
    }
    const prefix = countWindowsPrefix(key);
    return prefix && { kind: 'countWindows', ...(await this.prefixed(prefix)) };
  }

  private async collected(key: Uint8Array): Promise<Meaning | undefined> {
    const pair = splitPair(key);
    if (!pair) return undefined;
    const { prefix, first: id, second: counter } = pair;
    return { kind: 'collected', ...(await this.prefixed(prefix)), id, counter };
  }

  private async buffered({ key, value }: Entry): Promise<Meaning | undefined> {
    const indexed = decodeBufferIndex(key, value);
    if (indexed) return { kind: 'bufferIndex', ...indexed };
    const queued = decodeBufferQueue(key);
    if (queued) {
      const messageKey = await this.bufferKey(queued.prefix);
      return { kind: 'bufferQueue', ...queued, messageKey };
    }
    const pair = splitPair(key);
    if (!pair) return undefined;
    const { prefix, first: received, second: counter } = pair;
    const messageKey = await this.bufferKey(prefix);
    return { kind: 'buffered', prefix, messageKey, received, counter };
  }

  private bufferKey(prefix: Uint8Array): Promise<DecodedKey> {
    return readBufferKey((key) => this.database.get('default', key), prefix);
  }

  private async prefixed(prefix: Uint8Array) {
    return { prefix, messageKey: await this.pairs.decode(prefix) };
  }
}

function raw(columnFamily: string, { key: rawKey, value }: Entry, meaning?: Meaning): StateEntry {
  const key = { bytes: rawKey };
  const entry = { columnFamily, rawKey, type: 'raw', key, value: decodeValue(value) } as const;
  return meaning ? { ...entry, meaning } : entry;
}

function metadata(columnFamily: string, { key: rawKey, value }: Entry): StateEntry {
  const key = { bytes: rawKey };
  const entry = {
    columnFamily,
    rawKey,
    type: 'metadata',
    key,
    value: metadataValue(value),
  } as const;
  const fact = partitionFact(rawKey);
  return fact ? { ...entry, meaning: { kind: 'fact', fact, value: bigEndian(value) } } : entry;
}

function ttlIndex(
  { key: rawKey, value }: Entry,
  { expiresAtMs, rest }: { expiresAtMs: bigint; rest: Uint8Array },
): StateEntry {
  const key = { bytes: rest };
  const columnFamily = ttlIndexColumnFamily;
  return { columnFamily, rawKey, type: 'ttlIndex', key, value: decodeValue(value), expiresAtMs };
}

function dictionary(columnFamily: string, entry: Entry): StateEntry {
  const [key, value] = [decodeDictionaryPart(entry.key), decodeDictionaryPart(entry.value)];
  if (!key || !value) return raw(columnFamily, entry);
  return {
    columnFamily,
    rawKey: entry.key,
    type: 'raw',
    key: dictionaryKey(key),
    value: value.value,
    meaning: { kind: 'dictionary', key, value },
  };
}
