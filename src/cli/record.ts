import { jsonLine, type DecodedKey, type StateEntry, type StoreKind } from '../quixstreams/index';
import type { Entry } from '../rocksdb/index';

const hex = (bytes: Uint8Array) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
const utf8 = (bytes: Uint8Array) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
/** A JSON string without a character that a terminal would obey. */
const quoted = (text: string) => jsonLine(JSON.stringify(text));
/** Bytes, which JSON has no way to write. */
const bytesObject = (bytes: Uint8Array) => `{"bytes":"${hex(bytes)}"}`;
const keyJson = (key: DecodedKey) => ('json' in key ? jsonLine(key.json) : bytesObject(key.bytes));

/** `{"cf":"default","key":"<hex>","value":"<hex>"}` */
export function rawLine(columnFamily: string, { key, value }: Entry): string {
  return `{"cf":${quoted(columnFamily)},"key":"${hex(key)}","value":"${hex(value)}"}`;
}

/** A decoded entry as one line of JSON; numbers as they are stored, bytes as `{"bytes":"<hex>"}`. */
export function entryLine(entry: StateEntry, kind: StoreKind): string {
  const fields = [`"cf":${quoted(entry.columnFamily)}`, `"raw_key":"${hex(entry.rawKey)}"`];
  switch (entry.type) {
    case 'kv':
      fields.push('"type":"kv"', ...keyedFields(entry));
      break;
    case 'metadata':
      fields.push('"type":"metadata"', ...metadataFields(entry));
      break;
    case 'ttlIndex':
      fields.push('"type":"ttl_index"', ...indexFields(entry));
      break;
    case 'raw': {
      // In a default store only bookkeeping is left over; of other stores nothing is decoded yet.
      const type = kind === 'default' ? 'unknown' : 'raw';
      fields.push(`"type":"${type}"`, `"value":"${hex(entry.value.bytes)}"`);
    }
  }
  return `{${fields.join(',')}}`;
}

function keyedFields({ prefix, messageKey, key, value, ...entry }: StateEntry): string[] {
  const json = value.format === 'json';
  const fields = [
    `"prefix":"${hex(prefix ?? new Uint8Array())}"`,
    `"message_key":${keyJson(messageKey ?? { bytes: new Uint8Array() })}`,
    `"key":${keyJson(key)}`,
    `"value":${json ? jsonLine(utf8(value.bytes)) : bytesObject(value.bytes)}`,
  ];
  const { expiresAtMs, expired } = entry;
  if (expiresAtMs === undefined) return fields;
  const state = expiresAtMs === null ? 'never' : expired ? 'expired' : 'live';
  return [
    ...fields,
    `"expires_at_ms":${expiresAtMs}`,
    `"payload":"${hex(value.bytes)}"`,
    `"ttl_state":"${state}"`,
  ];
}

/** Integers as numbers, everything else in hex. */
function metadataFields({ rawKey, value }: StateEntry): string[] {
  const json = value.format === 'json';
  return [
    `"key":${quoted(utf8(rawKey))}`,
    `"value":${json ? utf8(value.bytes) : `"${hex(value.bytes)}"`}`,
  ];
}

function indexFields({ key, expiresAtMs }: StateEntry): string[] {
  const userKey = 'bytes' in key ? hex(key.bytes) : hex(Buffer.from(key.json));
  return [`"expires_at_ms":${expiresAtMs}`, `"raw_user_key":"${userKey}"`];
}
