import type { Entry } from '../rocksdb/index';
import { decodeKey, type DecodedKey } from './keys';
import type { MessageKeys } from './messageKeys';
import { metadataColumnFamily, metadataValue } from './metadata';
import type { StoreFacts } from './storeFacts';
import { decodeStamp, isExpired, ttlIndexColumnFamily, ttlSystemColumnFamily } from './ttl';
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
  /** Of `ttlIndex` entries the raw key that expires, of `metadata` and `raw` ones the raw key. */
  readonly key: DecodedKey;
  readonly value: StateValue;
  /** ms since epoch; null: never; left out in stores without TTL. */
  readonly expiresAtMs?: bigint | null;
  readonly expired?: boolean;
}

/** Decodes an entry as far as that is certain. */
export async function decodeEntry(
  columnFamily: string,
  { key: rawKey, value }: Entry,
  { kind, ttl }: StoreFacts,
  keys: MessageKeys,
): Promise<StateEntry> {
  if (columnFamily === metadataColumnFamily || columnFamily === ttlSystemColumnFamily) {
    const key = { bytes: rawKey };
    return { columnFamily, rawKey, type: 'metadata', key, value: metadataValue(value) };
  }
  const stamped = columnFamily === ttlIndexColumnFamily ? decodeStamp(rawKey) : undefined;
  if (kind === 'default' && stamped) {
    const { expiresAtMs, rest } = stamped;
    const key = { bytes: rest };
    const index = { columnFamily, rawKey, key, value: decodeValue(value), expiresAtMs };
    return { ...index, type: 'ttlIndex' };
  }
  if (kind !== 'default' || columnFamily !== 'default') {
    const key = { bytes: rawKey };
    return { columnFamily, rawKey, type: 'raw', key, value: decodeValue(value) };
  }
  const { prefix, stateKey, bare } = await keys.split(rawKey);
  const entry = {
    columnFamily,
    rawKey,
    type: 'kv',
    prefix,
    messageKey: bare ? { bytes: prefix } : await keys.decode(prefix),
    key: decodeKey(stateKey),
  } as const;
  const valueStamp = ttl && decodeStamp(value);
  if (!valueStamp) return { ...entry, value: decodeValue(value) };
  const { expiresAtMs, rest } = valueStamp;
  return { ...entry, value: decodeValue(rest), expiresAtMs, expired: isExpired(expiresAtMs, ttl) };
}
