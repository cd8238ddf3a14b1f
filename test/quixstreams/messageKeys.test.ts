import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MessageKeys } from '../../src/quixstreams/messageKeys';
import type { Limits } from '../../src/quixstreams/walk';
import { SortedStore } from './sortedStore';

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

/** Rows as a scan of every key gives them: each message key at its first key. */
async function rowsByFullScan({ entries, scan }: SortedStore) {
  const keys = new MessageKeys(scan);
  const rows = new Map<string, string[]>();
  for (const { key } of entries) {
    const { prefix, bare } = await keys.split(key);
    const name = bare ? `bare ${latin1(key)}` : `key ${latin1(prefix)}`;
    rows.set(name, [...(rows.get(name) ?? []), latin1(key)]);
  }
  return rows;
}

async function rowsByPages({ scan }: SortedStore, pageSize: number, limits: Limits) {
  const rows: { name: string; prefix?: Uint8Array; count: number; exact: boolean }[] = [];
  let from: Uint8Array | undefined = new Uint8Array();
  while (from) {
    const page = await new MessageKeys(scan, limits).page(from, pageSize);
    assert.ok(page.items.length <= pageSize);
    for (const row of page.items) {
      if (row.kind === 'bare') {
        rows.push({ name: `bare ${latin1(row.entry.key)}`, count: 1, exact: true });
      } else {
        const { prefix, count, countIsExact } = row;
        rows.push({ name: `key ${latin1(prefix)}`, prefix, count, exact: countIsExact });
      }
    }
    from = page.next;
  }
  return rows;
}

async function entriesByPages(
  store: SortedStore,
  prefix: Uint8Array,
  size: number,
  limits: Limits,
) {
  const found: string[] = [];
  let from: Uint8Array | undefined;
  do {
    const page = await new MessageKeys(store.scan, limits).entriesOf(prefix, from, size);
    assert.ok(page.items.length <= size);
    found.push(...page.items.map(({ key }) => latin1(key)));
    from = page.next;
  } while (from);
  return found;
}

const part = fc.constantFrom(
  ...['a', 'b', '5', '1.5', 'null', '"k"', '"k|k"', '"\\"|"', '[1]', '{"a":1}', '"bad', '{', ''],
);
const anyKey = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('|'));
const realKey = fc
  .tuple(
    fc.constantFrom('a', 'a|b', 'a|b|c', 'a|5', '"a"', '"a|b"', '[1]', 'b', '1', ''),
    fc.constantFrom(
      '"k"',
      '"l"',
      '"m|n"',
      '5',
      '12',
      'raw',
      'raw|key',
      '["t",1]',
      '"bad',
      '\x80\x04.',
    ),
    fc.integer({ min: 0, max: 9 }),
  )
  .map(([prefix, stateKey, n]) => {
    const key = stateKey.startsWith('"k') ? `"k${n}"` : stateKey;
    return prefix === '' ? key : `${prefix}|${key}`;
  });
const stores = fc.array(fc.oneof(realKey, anyKey), { maxLength: 60 });
const limits = fc.record({
  counted: fc.integer({ min: 1, max: 4 }),
  scanned: fc.integer({ min: 1, max: 9 }),
});

/** `["a` is no JSON, but the last key is, and lies in the range of the prefix `["a`. */
const bareInRange = ['["a|" "', '["a|"!"', '["a|","b"]'];

describe('message keys', () => {
  it('are all listed, once each, however the pages fall', async () => {
    await fc.assert(
      fc.asyncProperty(stores, limits, fc.integer({ min: 1, max: 5 }), async (keys, few, size) => {
        const store = new SortedStore(keys);
        const expected = await rowsByFullScan(store);
        const rows = await rowsByPages(store, size, few);
        assert.deepEqual(
          rows.map(({ name }) => name),
          [...expected.keys()],
        );
        for (const { name, count, exact } of rows) {
          const all = expected.get(name)?.length ?? 0;
          if (exact) assert.equal(count, all, name);
          else assert.ok(count <= all && count === few.counted, name);
        }
      }),
      { numRuns: 3000, examples: [[bareInRange, { counted: 1, scanned: 9 }, 5]] },
    );
  });

  it('have all their entries, in key order, however the pages fall', async () => {
    await fc.assert(
      fc.asyncProperty(stores, limits, fc.integer({ min: 1, max: 5 }), async (keys, few, size) => {
        const store = new SortedStore(keys);
        const expected = await rowsByFullScan(store);
        for (const { prefix, name } of await rowsByPages(store, 100, few)) {
          if (!prefix) continue;
          assert.deepEqual(
            await entriesByPages(store, prefix, size, few),
            expected.get(name),
            name,
          );
        }
      }),
      { numRuns: 500 },
    );
  });

  it('with very many state keys cost a seek, not a scan', async () => {
    const keys = ['a|"first"', 'z|"last"'];
    for (let n = 0; n < 100_000; n++) keys.push(`b|"${n}"`, `"c|d"|raw-${n}`);
    keys.push('b|"50000"|x', 'b|1|"k"'); // lie inside the range of `b`
    const store = new SortedStore(keys);
    const { items, next } = await new MessageKeys(store.scan).page(new Uint8Array(), 100);
    const names = items.map((row) => (row.kind === 'messageKey' ? latin1(row.prefix) : row.kind));
    assert.deepEqual(names, ['"c|d"', 'a', 'b', 'b|1', 'z']);
    assert.equal(next, undefined);
    assert.ok(store.read < 500, `${store.read} keys read`);
    const counts = items.map((row) => row.kind === 'messageKey' && [row.count, row.countIsExact]);
    assert.deepEqual(counts, [
      [100, false],
      [1, true],
      [100, false],
      [1, true],
      [1, true],
    ]);
  });

  it('whose state keys cannot be jumped over end a page early, and lose nothing', async () => {
    const keys = ['a|"first"', 'z|"last"'];
    for (let n = 0; n < 120_000; n++) keys.push(`b|raw-${n}`);
    const store = new SortedStore(keys);
    const first = await new MessageKeys(store.scan).page(new Uint8Array(), 100);
    assert.equal(first.items.length, 2);
    assert.ok(first.next);
    const usual = { counted: 100, scanned: 50_000 };
    const rows = await rowsByPages(store, 100, usual);
    assert.deepEqual(
      rows.map(({ name, count, exact }) => [name, count, exact]),
      [
        ['key a', 1, true],
        ['key b', 100, false],
        ['key z', 1, true],
      ],
    );
  });
});
