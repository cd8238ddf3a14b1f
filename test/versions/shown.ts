import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  aggregatorOfName,
  openStorePartition,
  type DecodedKey,
  type MessageKey,
  type Page,
  type PageOptions,
  type StateValue,
  type StorePartition,
  type Window,
} from '../../src/quixstreams/index';

/** What is read of a store: texts by what they are of, the same as judge.py prints. */
export type Facts = Map<string, string>;

export interface ReadStore {
  readonly kind: string;
  readonly facts: Facts;
}

/** So small that most message keys take several pages. */
const pageSize = 7;

/** What we read of a consumer group's folder, by store: `default/orders/0`. What the tree shows comes from there. */
export async function shownBy(group: string): Promise<Map<string, ReadStore>> {
  const stores = new Map<string, ReadStore>();
  for (const name of await storesIn(group)) {
    const partition = await openStorePartition(path.join(group, name));
    try {
      stores.set(name, await readStore(partition, name));
    } finally {
      await partition.close();
    }
  }
  return stores;
}

/** `store/stream/partition`, in the order of their names. */
async function storesIn(group: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(group, { recursive: true })) {
    if (path.basename(entry) !== 'CURRENT' || !(await stat(path.join(group, entry))).isFile())
      continue;
    found.push(path.dirname(entry).split(path.sep).join('/'));
  }
  return found.sort();
}

async function readStore(partition: StorePartition, name: string): Promise<ReadStore> {
  const facts: Facts = new Map();
  const keys: MessageKey[] = [];
  for (const row of await all((page) => partition.rows(page))) {
    if (row.kind === 'messageKey') keys.push(row);
    else facts.set(`without a message key: ${hex(row.entry.rawKey)}`, 'entry');
  }
  if (partition.windows && keys.length > 0) facts.set('windows', partition.windows);
  for (const key of keys) {
    const prefix = hex(key.prefix);
    put(facts, `${prefix} key`, keyFact(key.key));
    const count = await readKey(partition, name, key, facts);
    if (key.countIsExact && key.count !== count) facts.set(`${prefix} counted`, `${key.count}`);
  }
  return { kind: partition.kind, facts };
}

/** Gives how many entries, windows or values there are. */
function readKey(
  partition: StorePartition,
  name: string,
  key: MessageKey,
  facts: Facts,
): Promise<number> {
  switch (partition.kind) {
    case 'windowed':
      return readWindows(partition, name, key, facts);
    case 'timestamped':
      return readTimestamped(partition, key, facts);
    case 'lookupBuffer':
      return readBuffer(partition, key, facts);
    default:
      return readEntries(partition, key, facts);
  }
}

async function readEntries(partition: StorePartition, key: MessageKey, facts: Facts) {
  const entries = await all((page) => partition.entriesOf(key, page));
  for (const { key: stateKey, value, expiresAtMs, expired } of entries) {
    const name = 'json' in stateKey ? stateKey.json : `bytes ${hex(stateKey.bytes)}`;
    const what = `${hex(key.prefix)} ${name}`;
    put(facts, what, value.format === 'json' ? `json ${text(value)}` : `bytes ${hex(value.bytes)}`);
    if (expiresAtMs === undefined) continue;
    put(facts, `${what} expires`, expiresAtMs === null ? 'never' : `${expiresAtMs}`);
    put(facts, `${what} expired`, `${expired === true}`);
  }
  return entries.length;
}

async function readWindows(partition: StorePartition, name: string, key: MessageKey, facts: Facts) {
  const aggregator = aggregatorOfName(name.split('/')[0] ?? '');
  const windows = await all((page) => partition.windowsOf(key, { ...page, aggregator }));
  for (const [number, window] of windows.entries()) {
    const what = `${hex(key.prefix)} ${number} ${window.start}-${window.end}`;
    put(facts, what, 'window');
    for (const { name, result } of window.aggregations) {
      put(facts, `${what} result ${name}`, text(result));
    }
    if (window.collected) {
      const values = await collectedIn(partition, key, window);
      put(facts, `${what} collected`, `[${values.join(',')}]`);
    }
    for (const member of ['open', 'newest', 'messages'] as const) {
      if (window[member] !== undefined) put(facts, `${what} ${member}`, `${window[member]}`);
    }
  }
  return windows.length;
}

async function collectedIn(partition: StorePartition, key: MessageKey, window: Window) {
  const values = await all((page) => partition.collectedOf(key, window, page));
  return values.map(({ value }) => text(value));
}

async function readTimestamped(partition: StorePartition, key: MessageKey, facts: Facts) {
  const prefix = hex(key.prefix);
  const entries = await all((page) => partition.timestampedOf(key, page));
  for (const { timestamp, nth, value, eligible } of entries) {
    const what = `${prefix} ${timestamp} ${nth}`;
    put(facts, what, text(value));
    put(facts, `${what} eligible`, `${eligible}`);
  }
  const latest = entries.findLast(({ eligible }) => eligible);
  put(facts, `${prefix} latest`, latest ? text(latest.value) : 'null');
  return entries.length;
}

async function readBuffer(partition: StorePartition, key: MessageKey, facts: Facts) {
  const prefix = hex(key.prefix);
  const entries = await all((page) => partition.timestampedOf(key, page));
  put(facts, `${prefix} count`, `${entries.length}`);
  for (const [number, { record }] of entries.entries()) {
    if (!record) continue; // its facts are missing
    const { value, headers, topic, offset, timestamp, received } = record;
    const what = `${prefix} ${number}`;
    put(facts, what, utf8(value));
    put(facts, `${what} headers`, utf8(headers));
    put(facts, `${what} from`, `${topic} ${offset} ${timestamp} ${received}`);
  }
  return entries.length;
}

/** What comes twice is shown twice, which it must not. */
function put(facts: Facts, what: string, value: string): void {
  facts.set(facts.has(what) ? `twice: ${what}` : what, value);
}

async function all<T>(page: (options: PageOptions) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  let from: Uint8Array | undefined;
  do {
    const next = await page({ from, limit: pageSize });
    items.push(...next.items);
    from = next.next;
  } while (from);
  return items;
}

function keyFact(key: DecodedKey): string {
  return 'json' in key ? `json ${key.json}` : `bytes ${hex(key.bytes)}`;
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const utf8 = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');
const text = (value: StateValue) => utf8(value.bytes);
