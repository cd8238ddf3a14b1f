import assert from 'node:assert/strict';
import fc from 'fast-check';
import { splitPair } from '../../src/quixstreams/integerPairKeys';
import { PairMessageKeys } from '../../src/quixstreams/pairMessageKeys';
import { without } from '../../src/quixstreams/storeReader';
import type { Limits } from '../../src/quixstreams/walk';
import { SortedStore } from './sortedStore';

const usual = { counted: 100, scanned: 50_000 };

/** `prefix|first|second`, as latin1; without a prefix, without its "|". */
function pairKey(prefix: string, first: number | bigint, second: number | bigint): string {
  const numbers = Buffer.alloc(16);
  numbers.writeBigUInt64BE(BigInt(first));
  numbers.writeBigUInt64BE(BigInt(second), 8);
  const [a, b] = [numbers.subarray(0, 8), numbers.subarray(8)].map((n) => n.toString('latin1'));
  return `${prefix}${prefix === '' ? '' : '|'}${a}|${b}`;
}

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
const bytes = (text: string) => Buffer.from(text, 'latin1');

async function rowsByPages({ scan }: SortedStore, pageSize: number, limits: Limits = usual) {
  const rows: [name: string, count: number, exact: boolean][] = [];
  let from: Uint8Array | undefined = new Uint8Array();
  while (from) {
    const page = await new PairMessageKeys(scan, splitPair, limits).page(from, pageSize);
    assert.ok(page.items.length <= pageSize);
    for (const row of page.items) {
      if (row.kind === 'bare') rows.push([`bare ${latin1(row.entry.key)}`, 1, true]);
      else rows.push([latin1(row.prefix), row.count, row.countIsExact]);
    }
    from = page.next;
  }
  return rows;
}

describe('keys of a message key and two numbers', () => {
  it('say themselves where their prefix ends', () => {
    const split = (key: string) => {
      const pair = splitPair(bytes(key));
      return pair && [latin1(pair.prefix), pair.first, pair.second];
    };
    assert.deepEqual(split(pairKey('a|b', 5, 6)), ['a|b', 5n, 6n]);
    assert.deepEqual(split(pairKey('', 5, 6)), ['', 5n, 6n]);
    assert.deepEqual(split(`|${pairKey('', 5, 6)}`), ['', 5n, 6n]);
    assert.deepEqual(split(pairKey('a', 1n << 55n, 2n ** 64n - 1n)), [
      'a',
      1n << 55n,
      2n ** 64n - 1n,
    ]);
    assert.equal(split(pairKey('a', 1n << 56n, 0)), undefined);
    assert.equal(split('PC1|"metadata"'), undefined);
    assert.equal(split(`x${pairKey('', 5, 6)}`), undefined);
    assert.equal(split(''), undefined);
  });

  it('are listed once for each message key, with their entries, however the pages fall', async () => {
    const prefix = fc.constantFrom('', 'a', 'a|b', 'a|', 'b', '|', '"x"', 'a|\x01', '7');
    const number = fc.integer({ min: 0, max: 5 });
    const keys = fc.array(
      fc.oneof(
        fc.tuple(prefix, number, number).map(([p, a, b]) => pairKey(p, a, b)),
        fc.constantFrom('odd', 'a|odd', '"x"|"metadata"'),
      ),
      { maxLength: 60 },
    );
    const property = fc.asyncProperty(
      keys,
      fc.integer({ min: 1, max: 4 }),
      async (all, pageSize) => {
        const store = new SortedStore(all);
        const expected = new Map<string, string[]>();
        for (const { key } of store.entries) {
          const pair = splitPair(key);
          const name = pair ? latin1(pair.prefix) : `bare ${latin1(key)}`;
          expected.set(name, [...(expected.get(name) ?? []), latin1(key)]);
        }
        const rows = await rowsByPages(store, pageSize);
        assert.deepEqual(
          rows,
          [...expected].map(([name, own]) => [name, own.length, true]),
        );
        for (const [name, own] of expected) {
          if (name.startsWith('bare ')) continue;
          const found: string[] = [];
          let from: Uint8Array | undefined;
          do {
            const keys = new PairMessageKeys(store.scan, splitPair);
            const page = await keys.entriesOf(bytes(name), from, pageSize);
            found.push(...page.items.map(({ entry }) => latin1(entry.key)));
            from = page.next;
          } while (from);
          assert.deepEqual(found, own);
        }
      },
    );
    await fc.assert(property, { numRuns: 300 });
  });

  it('are jumped over: 100,000 of a message key cost a seek, not a scan', async () => {
    const keys = [pairKey('a', 1, 2), pairKey('b|c', 7, 8), pairKey('z', 1, 2)];
    for (let n = 0; n < 100_000; n++) keys.push(pairKey('b', n, n + 1));
    const store = new SortedStore(keys);
    assert.deepEqual(await rowsByPages(store, 100), [
      ['a', 1, true],
      ['b', 100, false],
      ['b|c', 1, true],
      ['z', 1, true],
    ]);
    assert.ok(store.read < 300, `${store.read} keys read`);
    store.read = 0;
    const last = bytes(pairKey('b', 99_990, 99_991));
    const page = await new PairMessageKeys(store.scan, splitPair).entriesOf(bytes('b'), last, 100);
    assert.equal(page.items.length, 10);
    assert.equal(page.next, undefined);
    assert.ok(store.read < 20, `${store.read} keys read`);
  });

  it('of as many message keys cost a page of them, wherever it begins', async () => {
    const keys: string[] = [];
    for (let n = 0; n < 100_000; n++) keys.push(pairKey(`t|${n}`, n, n + 1));
    keys.push(pairKey('t', 1, 2)); // whose range all others lie in
    const store = new SortedStore(keys);
    const pairs = new PairMessageKeys(store.scan, splitPair);
    const { items, next } = await pairs.page(bytes('t|5'), 100);
    assert.equal(items.length, 100);
    assert.ok(next);
    assert.ok(store.read < 500, `${store.read} keys read`);
    store.read = 0;
    const own = await pairs.entriesOf(bytes('t'), undefined, 100);
    assert.deepEqual([own.items.length, own.next], [1, undefined]);
    assert.equal(store.read, 1, 'the others come behind');
  });

  it('that are bytes and a number at once are the bytes where the text is there, too', async () => {
    const decode = (keys: string[]) =>
      new PairMessageKeys(new SortedStore(keys).scan, splitPair).decode(bytes('7'));
    assert.deepEqual(await decode([pairKey('7', 1, 2)]), { json: '7' });
    const both = [pairKey('7', 1, 2), pairKey('"7"', 1, 2)];
    assert.deepEqual(await decode(both), { bytes: bytes('7') });
  });

  it('are read without parts that are not theirs', async () => {
    const store = new SortedStore(['a', 'b', 'c', 'd', 'e', 'f']);
    const ranges = [
      { from: bytes('b'), to: bytes('d') },
      { from: bytes('e'), to: bytes('f') },
    ];
    const scan = without(ranges, store.scan);
    const read = async (from: string, to?: string) => {
      const keys: string[] = [];
      for await (const { key } of scan(bytes(from), to === undefined ? undefined : bytes(to))) {
        keys.push(latin1(key));
      }
      return keys.join('');
    };
    assert.equal(await read(''), 'adf');
    assert.equal(await read('c'), 'df');
    assert.equal(await read('a', 'c'), 'a');
    assert.equal(await read('b', 'c'), '');
    assert.equal(await read('d', 'f'), 'd');
  });
});
