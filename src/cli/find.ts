import {
  bufferPrefix,
  dictionaryKeysOf,
  pairStart,
  type CollectedValue,
  type StateValue,
  type StorePartition,
  type Window,
} from '../quixstreams/index';

/** A value that a KEY may mean, and the KEY that means it alone. */
export interface Found {
  readonly key: string;
  readonly value: StateValue;
}

/** Ways to read a key that are tried. */
const mostCandidates = 100;
/** Windows and values of one time that are told apart. */
const mostOfOneTime = 100;

/** What a KEY means: a raw key as text or as 0x and hex, else what it may mean in a store of this kind. */
export async function find(
  partition: StorePartition,
  key: string,
  signal?: AbortSignal,
): Promise<Found[]> {
  const digits = /^0x((?:[0-9a-f]{2})+)$/i.exec(key)?.[1];
  const exact = digits === undefined ? Buffer.from(key) : Buffer.from(digits, 'hex');
  const entry = await partition.get('default', exact);
  if (entry) return [{ key, value: entry.value }];
  if (digits !== undefined) return [];
  switch (partition.kind) {
    case 'default':
      return findRaw(partition, keyCandidates(key), textOf);
    case 'dictionary':
      return findRaw(partition, dictionaryKeysOf(key), hexOf);
    case 'windowed': {
      const counts = await findRaw(partition, keyCandidates(key), textOf);
      return counts.length > 0 ? counts : findWindows(partition, key, signal);
    }
    case 'timestamped':
    case 'lookupBuffer':
      return findTimestamped(partition, key, signal);
    case 'unknown':
      return [];
  }
}

const textOf = (rawKey: Uint8Array) => Buffer.from(rawKey).toString();
const hexOf = (rawKey: Uint8Array) => `0x${Buffer.from(rawKey).toString('hex')}`;

async function findRaw(
  partition: StorePartition,
  candidates: readonly Uint8Array[],
  keyOf: (rawKey: Uint8Array) => string,
): Promise<Found[]> {
  const found = new Map<string, Found>();
  for (const rawKey of candidates) {
    const entry = await partition.get('default', rawKey);
    if (entry) found.set(hexOf(rawKey), { key: keyOf(rawKey), value: entry.value });
  }
  return [...found.values()];
}

/** The same key with its message key, its state key, or both as JSON strings. */
function keyCandidates(key: string): Uint8Array[] {
  const json = (text: string) => JSON.stringify(text);
  const all = [json(key)];
  for (let at = key.indexOf('|', 1); at > 0; at = key.indexOf('|', at + 1)) {
    const messageKey = key.slice(0, at);
    const stateKey = key.slice(at + 1);
    all.push(`${messageKey}|${json(stateKey)}`, `${json(messageKey)}|${stateKey}`);
    all.push(`${json(messageKey)}|${json(stateKey)}`);
  }
  return all.slice(0, mostCandidates).map((text) => Buffer.from(text));
}

/** `MESSAGE KEY|START` or `MESSAGE KEY|START|END`. */
async function findWindows(
  partition: StorePartition,
  key: string,
  signal: AbortSignal | undefined,
): Promise<Found[]> {
  const found: Found[] = [];
  for (const { prefix, first, second } of timeCandidates(key, prefixesOf)) {
    const page = { from: pairStart(prefix, first), limit: mostOfOneTime, signal };
    const { items } = await partition.windowsOf({ prefix }, page);
    for (const window of items) {
      if (window.start !== first || (second !== undefined && window.end !== second)) continue;
      const value = await windowValue(partition, prefix, window, signal);
      found.push({ key: hexOf(window.rawKey), value });
    }
  }
  return found;
}

/** What a window has: its value as stored, or where it only collects, the values as an array. */
async function windowValue(
  partition: StorePartition,
  prefix: Uint8Array,
  window: Window,
  signal: AbortSignal | undefined,
): Promise<StateValue> {
  if (!window.collected || window.aggregations.length > 0) return window.value;
  const values: string[] = [];
  let from: Uint8Array | undefined;
  do {
    const page = { from, limit: 1000, signal };
    const { items, next } = await partition.collectedOf({ prefix }, window, page);
    values.push(...items.map(collectedJson));
    from = next;
  } while (from);
  return { bytes: Buffer.from(`[${values.join(',')}]`), format: 'json' };
}

/** JSON as it is; what is not, as `dump` writes it. */
function collectedJson({ value }: CollectedValue): string {
  const { bytes, format } = value;
  if (format === 'json') return Buffer.from(bytes).toString();
  return `{"bytes":"${Buffer.from(bytes).toString('hex')}"}`;
}

/** `MESSAGE KEY|TIMESTAMP` or `MESSAGE KEY|TIMESTAMP|COUNTER`. */
async function findTimestamped(
  partition: StorePartition,
  key: string,
  signal: AbortSignal | undefined,
): Promise<Found[]> {
  const found: Found[] = [];
  const prefixes = partition.kind === 'lookupBuffer' ? bufferPrefixes : prefixesOf;
  for (const { prefix, first, second } of timeCandidates(key, prefixes)) {
    const page = { from: pairStart(prefix, first), limit: mostOfOneTime, signal };
    const { items } = await partition.timestampedOf({ prefix }, page);
    for (const { rawKey, timestamp, counter, value } of items) {
      if (timestamp !== first || (second !== undefined && counter !== second)) continue;
      found.push({ key: hexOf(rawKey), value });
    }
  }
  return found;
}

/** A message key as bytes, and as a JSON string. */
const prefixesOf = (messageKey: string) =>
  [messageKey, JSON.stringify(messageKey)].map((text) => Buffer.from(text));

/** As lookup buffers have them: `null` may be no message key. */
const bufferPrefixes = (messageKey: string) => [
  bufferPrefix(Buffer.from(messageKey)),
  ...(messageKey === 'null' ? [bufferPrefix(undefined)] : []),
];

/** A message key with one or two numbers behind it. */
function timeCandidates(key: string, prefixes: (messageKey: string) => Uint8Array[]) {
  const candidates: { prefix: Uint8Array; first: bigint; second: bigint | undefined }[] = [];
  const parts = key.split('|');
  for (const numbers of [1, 2]) {
    const messageKey = parts.slice(0, -numbers).join('|');
    const [first, second] = parts.slice(-numbers).map(numberOf);
    if (parts.length <= numbers || first === undefined) continue;
    if (numbers === 2 && second === undefined) continue;
    for (const prefix of prefixes(messageKey)) candidates.push({ prefix, first, second });
  }
  return candidates;
}

/** ms since epoch, or a counter; a time of ISO 8601 as ms. */
function numberOf(text: string): bigint | undefined {
  if (/^\d{1,20}$/.test(text)) return BigInt(text);
  if (!/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z$/.test(text)) return undefined;
  const ms = Date.parse(text.replace(' ', 'T'));
  return ms >= 0 ? BigInt(ms) : undefined;
}
