import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { compilePattern } from '../../../src/quixstreams/filter/patterns';
import { FilterError, keyText, parseFilter } from '../../../src/quixstreams/index';
import { filterSentence } from '../../../src/ui/state/filterWords';
import { PartitionChanges } from '../../../src/ui/state/partitionChanges';
import type { PartitionNode, StateNode } from '../../../src/ui/state/treeNodes';
import { copyFixture, translate, TreeHarness } from './treeHarness';

const ofFilter = (text: string) => parseFilter(text, compilePattern);
const app = 'state/freddy-example-prod-features';

describe('a filter of rows', () => {
  let harness: TreeHarness;

  async function of(fixture: string, part?: string): Promise<void> {
    harness = new TreeHarness(await copyFixture(fixture, part));
    await harness.scan();
  }
  afterEach(() => harness.dispose());

  async function partitionOf(...labels: string[]): Promise<PartitionNode> {
    const node = await harness.open(...labels);
    assert.ok(node.kind === 'partition');
    return node;
  }

  /** Rows below one, and below those that are message keys. */
  async function below(node: StateNode): Promise<string[]> {
    harness.tree.setExpanded(node, true);
    const texts = await harness.rows(node);
    const lines: string[] = [];
    for (const [i, row] of (await harness.tree.children(node)).entries()) {
      if (row.kind === 'metadata' || row.kind === 'internals') continue;
      lines.push(texts[i] ?? '');
      if (row.kind !== 'messageKey') continue;
      harness.tree.setExpanded(row, true);
      lines.push(...(await harness.rows(row)).map((line) => `  ${line}`));
    }
    return lines;
  }

  it('shows what passes, and is said on its row until it is cleared', async () => {
    await of('12-real-app');
    const partition = await partitionOf(app, 'default', 'f-in[0]');
    const all = await below(partition);
    assert.equal(all.length, 15);
    harness.tree.setFilter(partition, ofFilter('total -key:PC2'));
    assert.ok(harness.repaints.at(-1)?.includes(partition.id));
    assert.deepEqual(await below(partition), [
      'PC1  1 key',
      '  total  14',
      'PC3  1 key',
      '  total  13',
    ]);
    const texts = harness.writer.texts(partition);
    assert.equal(texts.description, 'offset 14 · filter: total -key:PC2');
    assert.equal(texts.spoken, 'f-in[0], offset 14, filter: total -key:PC2');
    assert.equal(texts.contextValue, 'partition filtered');
    assert.deepEqual(harness.tree.filteredNodes(), [partition]);
    harness.tree.setFilter(partition, undefined);
    assert.deepEqual(await below(partition), all);
    assert.equal(harness.writer.texts(partition).description, 'offset 14');
  });

  it('says so where nothing passes', async () => {
    await of('12-real-app');
    const partition = await partitionOf(app, 'default', 'f-in[0]');
    harness.tree.setFilter(partition, ofFilter('nowhere'));
    assert.deepEqual(await below(partition), ['Nothing here passes the filter nowhere']);
    const [notice] = await harness.tree.children(partition);
    assert.ok(notice);
    assert.equal(harness.writer.texts(notice).icon, 'info');
  });

  it('holds for all partitions of a store, instead of their own', async () => {
    await of('01-default-wal-open');
    const group = 'state/quixstreams-default';
    const first = await partitionOf(group, 'default', 'orders', 'orders[0]');
    const second = await partitionOf(group, 'default', 'orders', 'orders[1]');
    const store = await harness.open(group, 'default');
    assert.ok(store.kind === 'store');
    harness.tree.setFilter(first, ofFilter('nowhere'));
    const [other] = await below(second);
    const key = other?.split('  ')[0] ?? '';
    harness.tree.setFilter(store, ofFilter(`key:${JSON.stringify(key)}`));
    assert.ok(
      !(await below(first)).some((line) =>
        line.startsWith('Nothing here passes the filter nowhere'),
      ),
    );
    assert.equal((await below(second)).filter((line) => !line.startsWith('  ')).length, 1);
    assert.deepEqual(harness.tree.filteredNodes(), [store]);
    assert.match(harness.writer.texts(store).description, /^keys · filter: key:/);
    // A scan finds the same rows again.
    await harness.scan();
    assert.deepEqual(harness.tree.filteredNodes(), [store]);
  });

  it('filters windows and values by time', async () => {
    await of('12-real-app');
    const windows = await partitionOf(app, 'tumbling_window_10000', 'f-in[0]');
    harness.tree.setFilter(windows, ofFilter('49.5 time:03:32..03:33'));
    const lines = await below(windows);
    assert.equal(lines[0], 'PC1  1 window');
    assert.equal(lines.length, 2);
    const joins = await partitionOf(app, 'interval', 'f-in[0]');
    harness.tree.setFilter(joins, ofFilter('key:PC1 time:03:32:32..03:32:35'));
    const values = await below(joins);
    assert.deepEqual(
      values.map((line) => line.replace(/ {2}\{.*/, '')),
      ['PC1  2 values', '  2026-11-24 03:32:32.627Z', '  2026-11-24 03:32:34.727Z'],
    );
  });

  it('loads what passes a page at a time', async () => {
    await of('08b-huge-and-many', 'odd/many');
    const partition = await partitionOf('state/odd', 'many', 'orders[0]');
    harness.tree.setFilter(partition, ofFilter('/7"?$/'));
    const more = (await harness.tree.children(partition)).find(({ kind }) => kind === 'more');
    assert.ok(more?.kind === 'more');
    assert.match(harness.writer.texts(more).description, /^100 found, \d+% searched$/);
    await harness.tree.loadMore(more);
    assert.match(harness.writer.texts(more).description, /^200 found, \d+% searched$/);
    harness.tree.setFilter(partition, ofFilter('key:customer-00*'));
    const sought = (await harness.tree.children(partition)).find(({ kind }) => kind === 'more');
    assert.ok(sought?.kind === 'more');
    assert.equal(harness.writer.texts(sought).description, '100 shown');
  });

  it('ends a search that is not wanted any more, without an error', async () => {
    await of('08b-huge-and-many', 'odd/many');
    const partition = await partitionOf('state/odd', 'many', 'orders[0]');
    harness.tree.setFilter(partition, ofFilter('/nowhere/'));
    const searching = harness.tree.children(partition);
    await new Promise((resolve) => setImmediate(resolve));
    harness.tree.setFilter(partition, ofFilter('key:customer-00042'));
    await searching;
    const [row] = await below(partition);
    assert.equal(row, 'customer-00042  1 key');
    assert.equal(partition.error, undefined);
  });

  it('ends a search again for what was written, too', async () => {
    await of('08b-huge-and-many', 'odd/many');
    const partition = await partitionOf('state/odd', 'many', 'orders[0]');
    harness.tree.setFilter(partition, ofFilter('/nowhere/'));
    const rows = harness.tree.rowsOf(partition);
    while (rows.top?.complete !== true) await harness.tree.children(partition);
    const { top } = rows;
    await harness.partitions.at(partition.path).read(async (store) => {
      const reading = new PartitionChanges(rows).readWritten(undefined, store);
      await new Promise((resolve) => setImmediate(resolve));
      harness.tree.setFilter(partition, ofFilter('key:customer-00042'));
      await reading;
    });
    assert.ok(top.stale, 'it was not read to its end');
    const [row] = await below(partition);
    assert.equal(row, 'customer-00042  1 key');
    assert.equal(partition.error, undefined);
  });

  it('gives the row of a message key whose page is not loaded, over a filter that hides it', async () => {
    await of('08b-huge-and-many', 'odd/many');
    const partition = await partitionOf('state/odd', 'many', 'orders[0]');
    harness.tree.setFilter(partition, ofFilter('nowhere'));
    await harness.tree.children(partition);
    const { items } = await harness.partitions
      .at(partition.path)
      .read((store) => store.filtered(ofFilter('key:customer-05000')).rows({ limit: 1 }));
    const [key] = items;
    assert.ok(key?.kind === 'messageKey');
    const row = await harness.tree.findMessageKey(partition, key);
    assert.ok(row.kind === 'messageKey');
    assert.equal(keyText(row.messageKey.key), 'customer-05000');
    assert.equal(partition.filter, undefined);
    const rows = await harness.tree.children(partition);
    const keys = rows.filter(({ kind }) => kind === 'messageKey');
    assert.equal(keys.length, 101);
    assert.equal(keys.at(-1), row);
    assert.equal(await harness.tree.findMessageKey(partition, key), row);
    // Pages go in before it.
    const more = rows.find(({ kind }) => kind === 'more');
    assert.ok(more?.kind === 'more');
    await harness.tree.loadMore(more);
    const later = await harness.tree.children(partition);
    assert.equal(later.filter(({ kind }) => kind === 'messageKey').at(-1), row);
    assert.equal(later.filter(({ kind }) => kind === 'messageKey').length, 201);
  });

  it('says for each mistake what is wrong', () => {
    for (const text of [
      '',
      '"a',
      '/a',
      '/(a/',
      `/${'a'.repeat(2000)}/`,
      'key:',
      'expired:x',
      'time:x',
    ]) {
      try {
        ofFilter(text);
        assert.fail(text);
      } catch (error) {
        assert.ok(error instanceof FilterError, text);
        const sentence = filterSentence(error, translate);
        assert.ok(sentence.length > 20 && !/\{\d\}/.test(sentence), sentence);
      }
    }
  });
});

describe('filtered rows follow what is written', () => {
  const stores: [fixture: string, part: string, filters: string[]][] = [
    [
      '01-default-wal-open',
      'quixstreams-default/default/payments/0',
      ['/[13579]/', 'key:*', '-1', '2'],
    ],
    [
      '06a-windowed-open',
      'windows-app/tumbling_window_10000_sum/orders/0',
      ['/[13579]/', 'time:..12:00', '-2'],
    ],
    ['06a-windowed-open', 'windows-app/sliding_count_window_mean/orders/0', ['/[13579]$/', '-"1"']],
    ['07-timestamped', 'join-app/join/orders/0', ['/[13579]}/', '2']],
    ['05-ttl', 'quixstreams-default/ttl-new/orders/0', ['expired:yes', 'expired:no']],
  ];
  for (const [fixture, part, filters] of stores) {
    it(`to ${part}`, async () => {
      for (const filter of filters) {
        for (const share of [0.35, 0.7, 0.97]) await follows(fixture, part, filter, share);
      }
    });
  }

  async function opened(harness: TreeHarness, partition: string, filter: string) {
    await harness.scan();
    const node = harness.tree.find(partition);
    assert.ok(node?.kind === 'partition');
    harness.tree.setFilter(node, ofFilter(filter));
    await openAll(harness);
  }

  async function openAll(harness: TreeHarness, node?: StateNode): Promise<void> {
    for (const row of await harness.tree.children(node)) {
      if ('opensAtFirst' in row) harness.tree.setExpanded(row, true);
      await openAll(harness, row);
    }
  }

  async function follows(fixture: string, part: string, filter: string, share: number) {
    const harness = new TreeHarness(await copyFixture(fixture, part));
    try {
      const partition = path.join(harness.folder, part);
      const logs = (await readdir(partition)).filter((name) => /^\d+\.log$/.test(name));
      const wal = path.join(partition, logs.sort().at(-1) ?? '');
      const whole = await readFile(wal);
      await writeFile(wal, whole.subarray(0, Math.floor(whole.length * share)));
      await opened(harness, partition, filter);
      const repainted = harness.nextRepaint();
      await writeFile(wal, whole);
      harness.partitions.changed(partition);
      await repainted;
      harness.clock.advance(3000);
      await openAll(harness);
      const anew = new TreeHarness(harness.folder);
      try {
        await opened(anew, partition, filter);
        const [ours, anews] = [await harness.outline(), await anew.outline()];
        assert.deepEqual(ours.slice(1), anews.slice(1), `${filter} ${share}`);
      } finally {
        anew.tree.dispose();
        await anew.partitions.dispose();
      }
    } finally {
      await harness.dispose();
    }
  }
});
