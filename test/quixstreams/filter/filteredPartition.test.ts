import assert from 'node:assert/strict';
import path from 'node:path';
import { parseFilter } from '../../../src/quixstreams/filter/keyFilter';
import { compilePattern } from '../../../src/quixstreams/filter/patterns';
import {
  filterOfKey,
  keyText,
  openStorePartition,
  valueText,
  type FilteredPage,
  type MessageKey,
  type PartitionRow,
  type StorePartition,
} from '../../../src/quixstreams/index';

const fixtures = path.resolve(import.meta.dirname, '../../fixtures');
const realApp = '12-real-app/state/freddy-example-prod-features';
const ofFilter = (text: string) => parseFilter(text, compilePattern);

function textOf(row: PartitionRow): string {
  if (row.kind === 'entry') return `entry ${keyText(row.entry.key)}`;
  return `${keyText(row.key)} ${row.count}${row.countIsExact ? '' : '+'}`;
}

describe('a filtered partition', () => {
  let partition: StorePartition;

  async function open(...store: string[]): Promise<void> {
    partition = await openStorePartition(path.join(fixtures, ...store));
  }
  afterEach(() => partition.close());

  const page = (text: string, limit = 100) => partition.filtered(ofFilter(text)).rows({ limit });
  const rows = async (text: string, limit?: number) => (await page(text, limit)).items.map(textOf);
  const keysOf = (items: readonly PartitionRow[]) =>
    items.filter((row): row is MessageKey => row.kind === 'messageKey');

  it('finds text in message keys, state keys and values, and counts what it lets through', async () => {
    await open(realApp, 'default/f-in/0');
    assert.deepEqual(await rows('PC1'), ['PC1 4']);
    assert.deepEqual(await rows('pc1 TOTAL'), ['PC1 1']);
    assert.deepEqual(await rows('total'), ['PC1 1', 'PC2 1', 'PC3 1']);
    assert.deepEqual(await rows('14'), ['PC1 1']);
    assert.deepEqual(await rows('[1,2] -key:PC2'), ['PC1 1', 'PC3 1']);
    assert.deepEqual(await rows('xffbin'), []);
    assert.deepEqual(await rows('bin'), ['PC1 1', 'PC2 1', 'PC3 1']);
    assert.deepEqual(await rows(String.raw`/^PC[13]$/ /^(total|none)$/`), ['PC1 2', 'PC3 2']);
    assert.deepEqual(await rows('nowhere'), []);
  });

  it('lists the entries of a message key that it lets through', async () => {
    await open(realApp, 'default/f-in/0');
    const filtered = partition.filtered(ofFilter('/[12]/ -none'));
    const [first] = keysOf((await filtered.rows({ limit: 1 })).items);
    assert.ok(first);
    const { items, next } = await filtered.entriesOf(first, { limit: 100 });
    assert.equal(next, undefined);
    assert.deepEqual(
      items.map(({ key, value }) => `${keyText(key)} ${valueText(value, 50)}`),
      ["raw b'\\x00\\x01\\xffbin'", 'total 14', '{"composite":1} [1,2]'],
    );
    assert.equal(first.count, items.length);
    const one = await filtered.entriesOf(first, { limit: 1 });
    assert.ok(one.next);
    const two = await filtered.entriesOf(first, { limit: 9, from: one.next });
    assert.deepEqual(
      [...one.items, ...two.items].map(({ rawKey }) => rawKey),
      items.map(({ rawKey }) => rawKey),
    );
  });

  it('seeks the beginning of a message key, and stops behind it', async () => {
    await open('08b-huge-and-many/state/odd/many/orders/0');
    const found = await page('key:customer-0004*');
    assert.deepEqual(
      found.items.map(textOf),
      Array.from({ length: 10 }, (_, i) => `customer-0004${i} 1`),
    );
    assert.equal(found.searched, 10);
    assert.equal(found.next, undefined);
    const exact = await page('key:customer-00042');
    assert.deepEqual(exact.items.map(textOf), ['customer-00042 1']);
    assert.equal(exact.searched, 1);
  });

  it('gives the same rows in pages as at once', async () => {
    await open('08b-huge-and-many/state/odd/many/orders/0');
    const filtered = partition.filtered(ofFilter('/7$/'));
    const all = await filtered.rows({ limit: 100_000, until: 'end' });
    assert.ok(all.items.length > 1000);
    const paged: string[] = [];
    let from: Uint8Array | undefined;
    do {
      const next: FilteredPage<PartitionRow> = await filtered.rows({ limit: 333, from });
      paged.push(...next.items.map(textOf));
      from = next.next;
    } while (from);
    assert.deepEqual(paged, all.items.map(textOf));
  });

  it('has the row of an entry as a listing has it', async () => {
    await open(realApp, 'default/f-in/0');
    const filtered = partition.filtered(ofFilter('/[12]/ -none'));
    const { items } = await filtered.rows({ limit: 100 });
    const entry = await partition.get('default', Buffer.from('PC2|"total"'));
    assert.ok(entry && filtered.passes(entry));
    assert.deepEqual(textOf(await filtered.rowOf(entry)), items.map(textOf)[1]);
    const other = await partition.get('default', Buffer.from('PC2|"none"'));
    assert.ok(other && !filtered.passes(other));
  });

  it('ends with the reason of its signal', async () => {
    await open('08b-huge-and-many/state/odd/many/orders/0');
    const abort = new AbortController();
    const reading = partition.filtered(ofFilter('/nowhere/')).rows({
      limit: 100,
      signal: abort.signal,
    });
    abort.abort(new Error('cleared'));
    await assert.rejects(reading, /cleared/);
  });

  it('counts no further than listings do', async () => {
    await open('08b-huge-and-many/state/odd/huge/orders/0');
    for (const text of ['key:k*', 'key:*']) {
      const all = await partition.rows({ limit: 100 });
      const expected = all.items.filter((row) => row.kind === 'messageKey').map(textOf);
      assert.deepEqual(keysOf((await page(text)).items).map(textOf), expected, text);
    }
  });

  it('lists of every kind of store what its listing has, with a filter that lets all through', async () => {
    for (const store of [
      [realApp, 'default/f-in/0'],
      [realApp, 'tumbling_window_10000/f-in/0'],
      [realApp, 'tumbling_count_window_reduce/f-in/0'],
      [realApp, 'sliding_window_10000_max/f-in/0'],
      [realApp, 'hopping_window_10000_5000_collect/f-in/0'],
      [realApp, 'interval/f-in/0'],
      ['15-kinds/state/app/lookup-buffer/orders/0'],
      ['08a-odd-content-open/state/odd/default/0'],
      ['08a-odd-content-open/state/odd/key-types/orders/0'],
      ['08a-odd-content-open/state/odd/pipes/orders/0'],
    ]) {
      await open(...store);
      const listed = (await partition.rows({ limit: 10_000 })).items.map(textOf);
      const filtered = await rows('-"this is nowhere"', 10_000);
      const isCount = (partition.windows ?? '') === 'count';
      assert.deepEqual(filtered, isCount ? filtered : listed, store.join('/'));
      assert.ok(listed.length > 0, store.join('/'));
      await partition.close();
    }
    await open(realApp, 'default/f-in/0');
  });

  it('finds windows by time, by their aggregations and by results', async () => {
    await open(realApp, 'tumbling_window_10000/f-in/0');
    assert.deepEqual(await rows('time:03:32..03:33'), ['PC1 1', 'PC2 1', 'PC3 1']);
    assert.deepEqual(await rows('time:03:33..'), []);
    assert.deepEqual(await rows('time:2026-11-24..2026-11-25 key:PC1'), ['PC1 1']);
    assert.deepEqual(await rows('time:..2026-11-24T03:32:50'), []);
    assert.deepEqual(await rows('49.5'), ['PC1 1']);
    assert.deepEqual(await rows('240.0'), ['PC3 1']);
    const filtered = partition.filtered(ofFilter('49.5'));
    const [first] = keysOf((await filtered.rows({ limit: 9 })).items);
    assert.ok(first);
    const { items } = await filtered.windowsOf(first, { limit: 9 });
    assert.deepEqual(
      items.map(({ start, end }) => [start, end]),
      [[1795491170000n, 1795491180000n]],
    );
    assert.deepEqual(
      (await partition.filtered(ofFilter('51')).windowsOf(first, { limit: 9 })).items,
      [],
    );
  });

  it('knows the aggregator that a store is named after', async () => {
    await open('06a-windowed-open/state/windows-app/my_tumbling_window_10000_mean/orders/0');
    const { items } = await partition.rows({ limit: 1 });
    const [first] = keysOf(items);
    assert.ok(first);
    const [window] = (await partition.windowsOf(first, { limit: 1, aggregator: 'Mean' })).items;
    const [mean] = window?.aggregations ?? [];
    assert.ok(mean);
    const text = `"${valueText(mean.result, 50)}" key:${JSON.stringify(keyText(first.key))}`;
    assert.equal(
      (await partition.filtered(ofFilter(text), 'Mean').rows({ limit: 9 })).items.length,
      1,
    );
  });

  it('finds windows by count one by one', async () => {
    await open(realApp, 'tumbling_count_window_reduce/f-in/0');
    assert.deepEqual(await rows('207.0'), ['PC1 1']);
    assert.deepEqual(await rows('time:03:32:54..03:32:55'), ['PC1 1', 'PC2 1']);
    await partition.close();
    await open(realApp, 'hopping_count_window_collect/f-in/0');
    const { items } = await partition.rows({ limit: 1 });
    const [first] = keysOf(items);
    assert.ok(first && first.count > 1);
    const all = (await partition.windowsOf(first, { limit: 9 })).items;
    const at = new Date(Number(all[0]?.start)).toISOString();
    const filtered = partition.filtered(ofFilter(`time:..${at} -time:${at}`));
    assert.deepEqual((await filtered.windowsOf(first, { limit: 9 })).items, []);
    const rest = partition.filtered(ofFilter(`time:${at}`));
    assert.deepEqual(
      (await rest.windowsOf(first, { limit: 9 })).items.map(({ index }) => index),
      all.filter(({ start }) => start === all[0]?.start).map(({ index }) => index),
    );
  });

  it('finds values of joins by time and text', async () => {
    await open(realApp, 'interval/f-in/0');
    const filtered = partition.filtered(ofFilter('time:03:32:32..03:32:35 "eu"'));
    const [first] = keysOf((await filtered.rows({ limit: 9 })).items);
    assert.ok(first);
    const { items } = await filtered.timestampedOf(first, { limit: 9 });
    assert.deepEqual(
      items.map(({ timestamp }) => timestamp),
      [1795491154727n],
    );
    assert.equal(first.count, 1);
  });

  it('knows what is expired', async () => {
    await open('05-ttl/state/quixstreams-default/ttl-new/orders/0');
    const count = async (text: string) => {
      const { items } = await page(text, 1000);
      return keysOf(items).reduce((sum, one) => sum + one.count, 0);
    };
    const [all, expired, alive] = [
      await count('key:*'),
      await count('expired:yes'),
      await count('expired:no'),
    ];
    assert.ok(expired > 0 && alive > 0);
    assert.equal(expired + alive, all);
    assert.equal(await count('-expired:yes'), alive);
  });

  it('finds a typed message key, however it is stored', async () => {
    await open('08a-odd-content-open/state/odd/key-types/orders/0');
    const all = keysOf((await partition.rows({ limit: 1000 })).items);
    assert.ok(all.length > 3);
    for (const { key, prefix } of all) {
      const filter = filterOfKey({ text: keyText(key), open: false });
      const { items, searched } = await partition.filtered(filter).rows({ limit: 10 });
      const found = keysOf(items).some((one) => Buffer.compare(one.prefix, prefix) === 0);
      assert.ok(found, keyText(key));
      assert.ok(searched < 20);
    }
  });

  it('searches the keys and values of dictionaries and of stores that it does not know', async () => {
    await open('15-kinds/state/closed.dict');
    const { items } = await partition.rawEntries('default', { limit: 1000 });
    const plain = items.filter(({ key }) => !/\\|^b'/.test(keyText(key)));
    assert.ok(plain.length > 5);
    for (const { key } of plain) {
      const filter = ofFilter(JSON.stringify(keyText(key)));
      const found = await partition.filtered(filter).entries({ limit: 1000 });
      assert.ok(
        found.items.some((one) => keyText(one.key) === keyText(key)),
        keyText(key),
      );
    }
    assert.deepEqual(
      (await partition.filtered(ofFilter('nowhere')).entries({ limit: 9 })).items,
      [],
    );
  });
});
