import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  aggregatorOfName,
  keyText,
  openStorePartition,
  type DecodedKey,
  type MessageKey,
  type Page,
  type PageOptions,
  type StorePartition,
  type StateValue,
  type Window,
} from '../../src/quixstreams/index';

const fixtures = path.resolve(import.meta.dirname, '../fixtures');

interface WindowOfLibrary {
  start: number;
  end: number;
  newest?: number | null;
  messages?: number;
  latest?: number;
  collected: string[] | null;
  result: Record<string, string>;
}
interface BufferedOfLibrary {
  value: string;
  timestamp: number;
  received: number;
  topic: string;
  offset: number;
  headers: string;
}
/** What the library itself reads of a store; see 15-kinds/make.py. */
interface StoreOfLibrary {
  path: string;
  kind: string;
  windows?: string;
  collects?: boolean;
  keys?: {
    prefix: string;
    key?: string | null | { bytes: string };
    count?: number;
    windows?: WindowOfLibrary[];
    values?: string[];
    records?: BufferedOfLibrary[];
  }[];
  entries?: [string, string, string, string][];
  stored?: Record<string, string>;
  stamped?: string[];
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');

async function withPartition<T>(
  store: string,
  use: (partition: StorePartition) => Promise<T>,
): Promise<T> {
  const partition = await openStorePartition(path.join(fixtures, store));
  try {
    return await use(partition);
  } finally {
    await partition.close();
  }
}

/** All pages, of two rows each. */
async function allPages<T>(page: (options: PageOptions) => Promise<Page<T>>): Promise<T[]> {
  const all: T[] = [];
  let from: Uint8Array | undefined;
  do {
    const { items, next } = await page({ from, limit: 2 });
    assert.ok(items.length <= 2);
    all.push(...items);
    from = next;
  } while (from);
  return all;
}

async function messageKeysOf(partition: StorePartition): Promise<MessageKey[]> {
  const rows = await allPages((options) => partition.rows(options));
  const keys = rows.filter((row) => row.kind === 'messageKey');
  assert.equal(keys.length, rows.length, 'nothing that fits nothing');
  return keys;
}

/** As text that both sides write: the library's floats and ours are the same numbers. */
function sameJson(ours: StateValue | undefined, theirs: string | undefined, what: string) {
  assert.ok(ours && theirs !== undefined, what);
  assert.equal(ours.format, 'json');
  const asWritten = text(ours.bytes);
  assert.deepEqual(JSON.parse(asWritten), JSON.parse(theirs), what);
  // Digit for digit, integers of any size too; exponents are written in several ways.
  if (!/e/i.test(asWritten + theirs)) assert.equal(asWritten, theirs, what);
}

async function storesOf(fixture: string): Promise<StoreOfLibrary[]> {
  const json = await readFile(path.join(fixtures, fixture, 'expected.json'), 'utf8');
  return (JSON.parse(json) as { stores: StoreOfLibrary[] }).stores;
}

describe('stores that the library itself reads', () => {
  let stores: StoreOfLibrary[];

  before(async () => {
    stores = [...(await storesOf('15-kinds')), ...(await storesOf('16-old-windows'))];
  });

  it('with windows have these windows, results and collected values', async () => {
    let checked = 0;
    for (const store of stores.filter(({ kind }) => kind === 'windowed')) {
      await withPartition(store.path, async (partition) => {
        assert.equal(partition.kind, 'windowed', store.path);
        const empty = (store.keys ?? []).every(({ windows }) => windows?.length === 0);
        if (!empty) assert.equal(partition.windows, store.windows, store.path);
        const aggregator = aggregatorOfName(store.path.split('/').at(-3) ?? '');
        const byPrefix = new Map<string, MessageKey>();
        for (const key of await messageKeysOf(partition)) byPrefix.set(hex(key.prefix), key);
        for (const { prefix, windows = [] } of store.keys ?? []) {
          const key = byPrefix.get(prefix);
          assert.ok(key, `${store.path} ${prefix}`);
          byPrefix.delete(prefix);
          assert.deepEqual([key.count, key.countIsExact], [windows.length, true]);
          const ours = await allPages((options) =>
            partition.windowsOf(key, { ...options, aggregator }),
          );
          assert.equal(ours.length, windows.length);
          for (const [i, theirs] of windows.entries()) {
            const window = ours[i];
            assert.ok(window);
            await assertWindow(partition, key, window, theirs, store.collects === true);
            const again = await partition.windowAt(window, aggregator);
            assert.deepEqual(again, window);
            checked++;
          }
        }
        // The library does not list those of an empty message key.
        assert.deepEqual(
          [...byPrefix.keys()].filter((prefix) => prefix !== ''),
          [],
        );
      });
    }
    assert.ok(checked >= 475, `${checked} windows`);
  });

  async function assertWindow(
    partition: StorePartition,
    key: MessageKey,
    window: Window,
    theirs: WindowOfLibrary,
    collects: boolean,
  ) {
    const what = `${hex(key.prefix)} ${theirs.start}`;
    assert.deepEqual([window.start, window.end], [BigInt(theirs.start), BigInt(theirs.end)], what);
    if (theirs.messages !== undefined) assert.equal(window.messages, BigInt(theirs.messages));
    else assert.equal(window.newest ?? null, theirs.newest == null ? null : BigInt(theirs.newest));
    if (theirs.latest !== undefined) {
      const { end, latest } = theirs;
      assert.equal(window.open, window.endIsInclusive ? end >= latest : end > latest, what);
    }
    const values = await allPages((options) => partition.collectedOf(key, window, options));
    // The library looks for those of an empty message key elsewhere than it writes them.
    if (key.prefix.length > 0) {
      assert.deepEqual(
        values.map(({ value }) => text(value.bytes)),
        theirs.collected ?? [],
        what,
      );
    } else assert.equal(values.length, Number(theirs.messages));
    assert.equal(window.collected?.count ?? 0, values.length, what);
    assert.equal(window.collected !== undefined, collects, what);
    const results = new Map(window.aggregations.map(({ name, result }) => [name, result]));
    for (const [name, result] of Object.entries(theirs.result)) {
      const ours = results.get(name);
      if (ours) sameJson(ours, result, `${what} ${name}`);
      else assert.ok(collects, `${what} ${name} is collected`);
      results.delete(name);
    }
    assert.deepEqual([...results.keys()], [], what);
  }

  it('by time have these values, each message key its own', async () => {
    for (const store of stores.filter(({ kind }) => kind === 'timestamped')) {
      await withPartition(store.path, async (partition) => {
        assert.equal(partition.kind, 'timestamped');
        const keys = await messageKeysOf(partition);
        assert.deepEqual(
          keys.map(({ prefix }) => hex(prefix)).sort(),
          (store.keys ?? []).map(({ prefix }) => prefix).sort(),
        );
        for (const { prefix, values } of store.keys ?? []) {
          const key = { prefix: Buffer.from(prefix, 'hex') };
          const ours = await allPages((options) => partition.timestampedOf(key, options));
          assert.deepEqual(
            ours.map(({ value }) => text(value.bytes)),
            values,
          );
          const seen = new Map<bigint, number>();
          for (const { timestamp, nth } of ours) {
            seen.set(timestamp, (seen.get(timestamp) ?? 0) + 1);
            assert.equal(nth, seen.get(timestamp));
          }
        }
      });
    }
  });

  it('that buffer records for a lookup have these, by the message keys as they were', async () => {
    const [store] = stores.filter(({ kind }) => kind === 'lookupBuffer');
    assert.ok(store);
    await withPartition(store.path, async (partition) => {
      assert.equal(partition.kind, 'lookupBuffer');
      const rows = await messageKeysOf(partition);
      const name = (key: DecodedKey) => ('json' in key ? key.json : { bytes: hex(key.bytes) });
      const expected = (store.keys ?? []).map(({ prefix, key = null, count }) => [
        prefix,
        typeof key === 'object' && key ? key : JSON.stringify(key),
        count,
      ]);
      assert.deepEqual(
        rows.map(({ prefix, key, count }) => [hex(prefix), name(key), count]).sort(),
        expected.sort(),
      );
      for (const { prefix, records = [] } of store.keys ?? []) {
        const key = { prefix: Buffer.from(prefix, 'hex') };
        const ours = await allPages((options) => partition.timestampedOf(key, options));
        assert.equal(ours.length, records.length);
        for (const [i, { record }] of ours.entries()) {
          const { value, headers, topic, offset, ...times } = records[i] ?? assert.fail();
          assert.ok(record);
          assert.deepEqual(JSON.parse(text(record.value)), JSON.parse(value));
          assert.deepEqual(JSON.parse(text(record.headers)), JSON.parse(headers));
          assert.deepEqual(
            [record.timestamp, record.received, record.topic, record.offset],
            [BigInt(times.timestamp), BigInt(times.received), topic, BigInt(offset)],
          );
        }
      }
      // Index and queue are the buffer's own.
      const { items } = await partition.rawEntries('default', { limit: 1000 });
      const kinds = new Map<string, number>();
      for (const { meaning } of items) {
        kinds.set(meaning?.kind ?? 'none', (kinds.get(meaning?.kind ?? 'none') ?? 0) + 1);
      }
      assert.deepEqual(Object.fromEntries(kinds), { bufferIndex: 8, bufferQueue: 8, buffered: 24 });
    });
  });

  it('that are dictionaries have these entries, in this order', async () => {
    const dictionaries = stores.filter(({ kind }) => kind === 'dictionary');
    assert.equal(dictionaries.length, 2);
    for (const store of dictionaries) {
      await withPartition(store.path, async (partition) => {
        assert.equal(partition.kind, 'dictionary');
        const items = await allPages((options) => partition.rawEntries('default', options));
        const entries = items.map(({ meaning }) => {
          assert.ok(meaning?.kind === 'dictionary');
          const { key, value } = meaning;
          return [key.type, pythonOf(key.type, key.value), value.type, value.value] as const;
        });
        const expected = store.entries ?? [];
        assert.equal(entries.length, expected.length);
        for (const [i, [keyType, key, valueType, value]] of entries.entries()) {
          const [theirKeyType, theirKey, theirValueType, theirValue] = expected[i] ?? [];
          assert.deepEqual([keyType, key], [theirKeyType, theirKey]);
          if (valueType === 'pickle') {
            assert.ok(['NoneType', 'tuple', 'dict'].includes(theirValueType ?? ''));
          } else {
            assert.deepEqual([valueType, pythonOf(valueType, value)], [theirValueType, theirValue]);
          }
        }
        // Point reads agree with scans.
        for (const { rawKey, value } of items) {
          assert.deepEqual((await partition.get('default', rawKey))?.value, value);
        }
      });
    }
  });

  /** As Python's repr has it. */
  function pythonOf(type: string, value: StateValue): string {
    const written = text(value.bytes);
    if (type === 'bytes') {
      const key = keyText({ bytes: value.bytes });
      return key.startsWith("b'") ? key : `b'${written}'`;
    }
    if (type === 'str') {
      const string = JSON.parse(written) as string;
      return `'${string.replace('\u202e', '\\u202e')}'`;
    }
    const words: Record<string, string> = { true: 'True', false: 'False', Infinity: 'inf' };
    return words[written] ?? written.replace('-Infinity', '-inf').replace('NaN', 'nan');
  }
});

describe('TTL', () => {
  const app = '15-kinds/state/app';

  it('that is half migrated has a stamp where it is listed, and nowhere else', async () => {
    const stores = await storesOf('15-kinds');
    const { stored = {}, stamped = [] } = stores.find(({ stored }) => stored) ?? {};
    assert.equal(stamped.length, 8);
    await withPartition(`${app}/ttl-half/orders/0`, async (partition) => {
      assert.deepEqual([partition.ttl, partition.ttlMigration], [undefined, 'unfinished']);
      const { items } = await partition.rawEntries('default', { limit: 100 });
      assert.equal(items.length, 20);
      for (const { rawKey, value, expiresAtMs } of items) {
        const has = stamped.includes(hex(rawKey));
        const all = Buffer.from(stored[hex(rawKey)] ?? '', 'hex');
        assert.equal(text(value.bytes), text(has ? all.subarray(8) : all));
        assert.equal(expiresAtMs, has ? all.readBigUInt64BE() : undefined);
        assert.match(text(value.bytes), /^\{"legacy":\d+\}$/);
      }
    });
  });

  it('reads what is not stamped yet as it is, and what is stamped twice by its inner stamp', async () => {
    const T0 = 1_790_000_000_000n;
    await withPartition(`${app}/ttl-pending/orders/0`, async (partition) => {
      assert.equal(partition.ttlMigration, 'unfinished');
      const entry = async (key: string) => {
        const found = await partition.get('default', Buffer.from(`${key}|"v"`));
        return [hex(found?.value.bytes ?? Buffer.alloc(0)), found?.expiresAtMs];
      };
      const bytes = (value: string) => Buffer.from(value).toString('hex');
      assert.deepEqual(await entry('k0'), [bytes('0'), T0 + 3_600_000n]);
      assert.deepEqual(await entry('k5'), [bytes('{"legacy":5}'), undefined]);
      const stamp = T0.toString(16).padStart(16, '0');
      assert.deepEqual(await entry('k6'), [stamp + bytes('legacy bytes'), undefined]);
      assert.deepEqual(await entry('k7'), ['00'.repeat(8) + bytes('7'), undefined]);
      assert.deepEqual(await entry('k8'), [bytes('"twice"'), T0 + 5n]);
    });
  });

  it('says where values and index disagree', async () => {
    await withPartition(`${app}/ttl-pending/orders/0`, async (partition) => {
      const told: string[] = [];
      for (const family of ['default', '__ttl_index__']) {
        const { items } = await partition.rawEntries(family, { limit: 100 });
        const disagree = await partition.ttlIndexDisagreements(items);
        for (const [i, { key, rawKey }] of items.entries()) {
          const of = family === 'default' ? rawKey : 'bytes' in key ? key.bytes : rawKey;
          if (disagree[i]) told.push(`${family} ${text(of)}`);
        }
      }
      assert.deepEqual(told, [
        ...['default k1|"v"', 'default k8|"v"'],
        ...['__ttl_index__ gone|"v"', '__ttl_index__ k0|"v"'],
      ]);
    });
    for (const store of ['ttl-new', 'ttl-migrated', 'ttl-flushed']) {
      const sound = `05-ttl/state/quixstreams-default/${store}/orders/0`;
      await withPartition(sound, async (partition) => {
        assert.equal(partition.ttlMigration, 'done');
        for (const family of ['default', '__ttl_index__']) {
          const { items } = await partition.rawEntries(family, { limit: 100 });
          assert.ok(items.length > 20);
          assert.ok(!(await partition.ttlIndexDisagreements(items)).includes(true));
        }
      });
    }
  });
});
