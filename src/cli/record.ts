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
const valueJson = ({ bytes, format }: StateEntry['value']) =>
  format === 'json' ? jsonLine(utf8(bytes)) : bytesObject(bytes);

type MeaningOf<Kind> = Extract<NonNullable<StateEntry['meaning']>, { kind: Kind }>;

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
    case 'raw':
      fields.push(...rawFields(entry, kind));
  }
  return `{${fields.join(',')}}`;
}

function keyedFields({ prefix, messageKey, key, value, ...entry }: StateEntry): string[] {
  const fields = [
    `"prefix":"${hex(prefix ?? new Uint8Array())}"`,
    `"message_key":${keyJson(messageKey ?? { bytes: new Uint8Array() })}`,
    `"key":${keyJson(key)}`,
    `"value":${valueJson(value)}`,
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

/** Entries of stores that are not `default`; what fits nothing is `unknown`, or `raw` in a foreign store. */
function rawFields({ meaning, value }: StateEntry, kind: StoreKind): string[] {
  switch (meaning?.kind) {
    case 'window': {
      const { start, end } = meaning;
      const bounds = [`"start":${start}`, `"end":${end}`];
      return [
        '"type":"window"',
        ...prefixFields(meaning),
        ...bounds,
        `"value":${valueJson(value)}`,
      ];
    }
    case 'countWindows':
      return [
        ...['"type":"kv"', ...prefixFields(meaning)],
        ...['"key":"metadata"', `"value":${valueJson(value)}`],
      ];
    case 'collected': {
      const { id, counter } = meaning;
      const numbers = [`"id":${id}`, `"counter":${counter}`];
      return [
        ...['"type":"collected"', ...prefixFields(meaning)],
        ...[...numbers, `"value":${valueJson(value)}`],
      ];
    }
    case 'timestamped': {
      const { timestamp, counter } = meaning;
      const numbers = [`"timestamp":${timestamp}`, `"counter":${counter}`];
      return [
        ...['"type":"timestamped"', ...prefixFields(meaning)],
        ...[...numbers, `"value":${valueJson(value)}`],
      ];
    }
    case 'bookkeeping': {
      const { name, value: number } = meaning;
      const fields = ['"type":"per_prefix"', `"key":${quoted(name)}`, ...prefixFields(meaning)];
      return [...fields, `"value":${number ?? valueJson(value)}`];
    }
    case 'buffered':
    case 'bufferIndex':
    case 'bufferQueue':
      return bufferFields(meaning, value);
    case 'dictionary':
      return dictionaryFields(meaning);
    case 'fact':
    case undefined: {
      const type = kind === 'unknown' || kind === 'dictionary' ? 'raw' : 'unknown';
      return [`"type":"${type}"`, `"value":"${hex(value.bytes)}"`];
    }
  }
}

/** The prefix, and what it is as JSON where it is that. */
function prefixFields({
  prefix,
  messageKey,
}: {
  prefix: Uint8Array;
  messageKey: DecodedKey;
}): string[] {
  const json = 'json' in messageKey ? [`"prefix_json":${keyJson(messageKey)}`] : [];
  return [`"prefix":"${hex(prefix)}"`, ...json];
}

function bufferFields(
  meaning: MeaningOf<'buffered' | 'bufferIndex' | 'bufferQueue'>,
  value: StateEntry['value'],
): string[] {
  const key = [`"prefix":"${hex(meaning.prefix)}"`, `"message_key":${keyJson(meaning.messageKey)}`];
  switch (meaning.kind) {
    case 'buffered': {
      const numbers = [`"received":${meaning.received}`, `"counter":${meaning.counter}`];
      return ['"type":"buffered"', ...key, ...numbers, `"value":${valueJson(value)}`];
    }
    case 'bufferIndex': {
      const numbers = [`"earliest":${meaning.earliest}`, `"count":${meaning.count}`];
      return ['"type":"buffer_index"', ...key, ...numbers];
    }
    case 'bufferQueue':
      return ['"type":"buffer_queue"', ...key, `"received":${meaning.received}`];
  }
}

/** Types are Python's: what is bytes there is so here, whatever it may be read as. */
function dictionaryFields({ key, value }: MeaningOf<'dictionary'>): string[] {
  const json = ({ type, value: part }: MeaningOf<'dictionary'>['key']) => {
    if (type === 'bytes' || part.format === 'bytes') return bytesObject(part.bytes);
    return part.format === 'json' ? jsonLine(utf8(part.bytes)) : quoted(utf8(part.bytes));
  };
  return [
    ...['"type":"dictionary"', `"key_type":"${key.type}"`, `"key":${json(key)}`],
    ...[`"value_type":"${value.type}"`, `"value":${json(value)}`],
  ];
}
