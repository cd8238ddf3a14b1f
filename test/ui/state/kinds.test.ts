import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { StateNode } from '../../../src/ui/state/treeNodes';
import { copyFixture, TreeHarness } from './treeHarness';

/** What the rows of a store of each kind say. */
describe('rows of', () => {
  let harness: TreeHarness;

  async function of(fixture: string, part?: string): Promise<TreeHarness> {
    harness = new TreeHarness(await copyFixture(fixture, part));
    await harness.scan();
    return harness;
  }

  async function rows(...labels: string[]): Promise<string[]> {
    return harness.rows(await harness.open(...labels));
  }

  afterEach(() => harness.dispose());

  describe('the real app', () => {
    const group = 'state/freddy-example-prod-features';
    beforeEach(() => of('12-real-app'));

    it('are named by what keys and column families tell', async () => {
      assert.deepEqual(await rows(group), [
        'default  keys',
        'asof  join',
        'hopping_count_window_collect  hopping count window',
        'hopping_window_10000_5000_collect  hopping window 10 s by 5 s',
        'interval  join',
        'session_window_3000_sum  session window 3 s',
        'sliding_window_10000_max  sliding window 10 s',
        'tumbling_count_window_reduce  tumbling count window',
        'tumbling_window_10000  tumbling window 10 s',
      ]);
    });

    it('tumbling windows have their results by name', async () => {
      const store = 'tumbling_window_10000';
      assert.deepEqual(await rows(group, store, 'f-in[0]'), [
        'PC1  1 window',
        'PC2  1 window',
        'PC3  1 window',
        'Metadata  changelog offset 14',
        "Internals  Quix Streams' own",
      ]);
      assert.deepEqual(await rows(group, store, 'f-in[0]', 'PC1'), [
        '2026-11-24 03:32:50 - 03:33:00Z  open · avg 49.5, n 5',
      ]);
    });

    it('windows that collect have how many values, and the first ones', async () => {
      assert.deepEqual(await rows(group, 'hopping_window_10000_5000_collect', 'f-in[0]', 'PC1'), [
        '2026-11-24 03:32:50 - 03:33:00Z  open · 5 values: 40.5, 45.0, 49.5, 54.0, 58.5',
        '2026-11-24 03:32:55 - 03:33:05Z  open · 3 values: 49.5, 54.0, 58.5',
      ]);
    });

    it('windows by count are a row each, with an id of its own', async () => {
      const key = await harness.open(group, 'hopping_count_window_collect', 'f-in[0]', 'PC2');
      assert.deepEqual(await harness.rows(key), [
        '2026-11-24 03:32:52.227 - 03:32:58.527Z  4 messages · 4 values: 42.0, 46.5, 51.0, 55.5',
        '2026-11-24 03:32:58.527Z  1 message · 1 value: 55.5',
      ]);
      const ids = (await harness.tree.children(key)).map(({ id }) => id);
      assert.equal(new Set(ids).size, 2);
    });

    it('sliding windows are past their end one ms later than others', async () => {
      const sliding = await rows(group, 'sliding_window_10000_max', 'f-in[0]', 'PC1');
      assert.equal(sliding.length, 6);
      assert.equal(sliding[0], '2026-11-24 03:32:49.428 - 03:32:59.428Z  past its end · 54.0');
      assert.equal(sliding[1], '2026-11-24 03:32:49.927 - 03:32:59.927Z  open · 58.5');
    });

    it('joins have their values by time', async () => {
      const partition = await harness.open(group, 'asof', 'f-meta[0]');
      assert.equal((await harness.rows(partition))[0], 'PC1  14 values');
      assert.equal(
        (await rows(group, 'asof', 'f-meta[0]', 'PC1'))[0],
        '2026-11-24 03:32:32.627Z  {"cpu":0.0,"i":0,"region":"us"}',
      );
    });

    it('a group-by folder are named after what it groups', async () => {
      assert.deepEqual((await rows(group, 'default')).slice(0, 3), [
        'f-in[0]  offset 14',
        'f-in grouped by region[0]  offset 1',
        'f-ttl[0]  offset 48 · TTL',
      ]);
    });

    it('metadata and internals say facts in words', async () => {
      assert.deepEqual(await rows(group, 'default', 'f-ttl[0]', 'Metadata'), [
        'Changelog offset  48',
        'TTL  on',
        'Version of TTL stamps  2',
        'TTL high water  2026-11-24 03:32:59.927Z',
      ]);
      const path = [group, 'hopping_window_10000_5000_collect', 'f-in[0]', 'Internals'];
      assert.deepEqual(await rows(...path), [
        '__latest-timestamps__  newest event times',
        '__global-counter__  counter',
        '__expiration-index__  expired windows',
        '__values__  collected values',
        '__value-deletion-index__  deleted values',
      ]);
      assert.deepEqual((await rows(...path, '__latest-timestamps__')).slice(0, 1), [
        'PC1  latest event time: 2026-11-24 03:32:59.927Z',
      ]);
      assert.deepEqual((await rows(...path, '__expiration-index__')).slice(0, 1), [
        'PC1  expired: all windows that start at or before 2026-11-24 03:32:45Z',
      ]);
      assert.deepEqual(await rows(...path, '__global-counter__'), [
        'Partition  last number given: 39',
      ]);
      assert.match((await rows(...path, '__values__'))[0] ?? '', /^PC1 · 2026-\S+ \S+Z {2}27\.0$/);
    });

    it('speak their message key to a screen reader', async () => {
      const key = await harness.open(group, 'tumbling_window_10000', 'f-in[0]', 'PC1');
      const [window] = await harness.tree.children(key);
      assert.ok(window);
      const { spoken, icon, contextValue } = harness.writer.texts(window);
      assert.equal(
        spoken,
        '2026-11-24 03:32:50 - 03:33:00Z, open · avg 49.5, n 5, message key PC1',
      );
      assert.deepEqual([icon, contextValue], ['calendar', 'window']);
    });
  });

  describe('values that are joined', () => {
    it('of one time are numbered', async () => {
      await of('07-timestamped');
      const seen: string[] = [];
      for (const partition of ['orders[0]', 'payments[0]']) {
        const node = await harness.open('state/join-app', 'join', partition);
        for (const row of await harness.tree.children(node)) {
          if (row.kind !== 'messageKey') continue;
          harness.tree.setExpanded(row, true);
          seen.push(...(await harness.rows(row)));
        }
      }
      const first = seen.findIndex((row) => / #2 {2}/.test(row));
      assert.ok(first > 0, seen.join('\n'));
      assert.equal(seen[first]?.split(' #2')[0], seen[first - 1]?.split('  ')[0]);
      assert.ok(seen.some((row) => row.startsWith('2026-09-21 14:13:30.500Z  {"i":15')));
    });

    it('wait in lookup buffers as records', async () => {
      await of('15-kinds', 'app/lookup-buffer');
      const partition = await harness.open('state/app', 'lookup-buffer', 'orders[0]');
      const keys = await harness.rows(partition);
      assert.deepEqual(keys.slice(0, 3), [
        'Zürich  3 records',
        'abcd  3 records',
        'a|b  3 records',
      ]);
      assert.ok(keys.includes('null  3 records'));
      const records = await rows('state/app', 'lookup-buffer', 'orders[0]', 'Zürich');
      assert.match(records[0] ?? '', /^2026-11-24 \d\d:\d\d:\d\d\.\d{3}Z {2}\{"v":1\}$/);
      const internals = ['state/app', 'lookup-buffer', 'orders[0]', 'Internals'];
      assert.deepEqual((await rows(...internals)).slice(-2), [
        '__lookup_buffer_index__  message keys that have records',
        '__lookup_buffer_queue__  the same by time',
      ]);
      const index = await rows(...internals, '__lookup_buffer_index__');
      assert.equal(index.length, keys.length - 2);
      assert.ok(index.some((row) => /^a\|b {2}3 records, from 2026-11-24 \S+Z on$/.test(row)));
      const queue = await rows(...internals, '__lookup_buffer_queue__');
      assert.match(queue[0] ?? '', / {2}received 2026-11-24 \S+Z$/);
    });
  });

  describe('stores with TTL', () => {
    it('say when values expire, and which have', async () => {
      await of('05-ttl', 'quixstreams-default/ttl-new');
      const partition = await harness.open('state/quixstreams-default', 'ttl-new', 'orders[0]');
      assert.match(harness.writer.texts(partition).description, / · TTL$/);
      const all: string[] = [];
      for (const row of await harness.tree.children(partition)) {
        if (row.kind !== 'messageKey') continue;
        harness.tree.setExpanded(row, true);
        all.push(...(await harness.rows(row)));
      }
      assert.ok(all.some((row) => row.endsWith(' · expired')));
      assert.ok(all.some((row) => / · expires \d{4}-/.test(row)));
      const path = ['state/quixstreams-default', 'ttl-new', 'orders[0]', 'Internals'];
      assert.match((await rows(...path, '__ttl_index__'))[0] ?? '', /^"s5"\|"short" {2}expires 2/);
    });

    it('say that a migration is unfinished', async () => {
      await of('15-kinds');
      for (const store of ['ttl-half', 'ttl-pending']) {
        const partition = await harness.open('state/app', store, 'orders[0]');
        const { description } = harness.writer.texts(partition);
        assert.match(description, /TTL migration unfinished/, store);
      }
    });

    it('know where the index disagrees', async () => {
      await of('05-ttl', 'quixstreams-default/ttl-new');
      const partition = await harness.open('state/quixstreams-default', 'ttl-new', 'orders[0]');
      const answers: boolean[] = [];
      for (const row of await harness.tree.children(partition)) {
        if (row.kind !== 'messageKey') continue;
        for (const entry of await harness.tree.children(row)) {
          if (entry.kind === 'entry') answers.push(await harness.tree.indexDisagrees(entry));
        }
      }
      assert.ok(answers.length > 5);
      assert.ok(answers.every((answer) => !answer));
      await harness.dispose();
      await of('15-kinds');
      const key = await harness.open('state/app', 'ttl-pending', 'orders[0]', 'k1');
      const [entry] = await harness.tree.children(key);
      assert.ok(entry?.kind === 'entry');
      assert.equal(await harness.tree.indexDisagrees(entry), true);
    });
  });

  it('old stores have their windows, too', async () => {
    for (const [fixture, expected] of [
      ['09-old-qs-3.0.0', '2023-11-14 22:13:40 - 22:13:50Z  open · 38'],
      ['09-old-qs-3.10.0', '2023-11-14 22:13:40 - 22:13:50Z  open · 38 · 4 values: 8, 9, 10, 11'],
    ] as const) {
      await of(fixture);
      const all = await rows('state/old-app', 'tumbling_window_10000_sum', 'orders[0]', 'd2');
      assert.deepEqual(all, [expected], fixture);
      if (fixture !== '09-old-qs-3.10.0') await harness.dispose();
    }
  });

  it('dictionaries of the app are typed keys and values', async () => {
    await of('15-kinds');
    await writeFile(path.join(harness.folder, 'model.dat'), 'x');
    await harness.scan();
    const [root] = await harness.tree.children(undefined);
    assert.ok(root);
    const dictionary = (await harness.tree.children(root)).find(
      (row) => row.kind === 'partition' && row.ownName === 'closed.dict',
    );
    assert.ok(dictionary?.kind === 'partition');
    const { label, description, icon } = harness.writer.texts(dictionary);
    assert.equal(label, 'closed.dict');
    assert.match(description, /^rocksdict dictionary · \d+(\.\d)? KB$/);
    assert.equal(icon, 'database');
    const rows = await harness.rows(dictionary);
    assert.ok(rows.length > 5, rows.join('\n'));
    const types = new Set<string>();
    for (const row of await harness.tree.children(dictionary)) {
      assert.ok(row.kind === 'entry');
      const { meaning } = row.entry;
      assert.ok(meaning?.kind === 'dictionary');
      types.add(meaning.key.type);
    }
    assert.ok(types.has('str') && types.has('int') && types.has('bytes'), [...types].join());
  });

  it('grouped streams of several partitions are named in words', async () => {
    await of('10-layout');
    const [folder] = await harness.tree.children(undefined);
    assert.ok(folder);
    const names: string[] = [];
    const walk = async (node: StateNode) => {
      if (node.kind === 'partition' || node.kind === 'stream') {
        names.push(harness.writer.texts(node).label);
      }
      if (node.kind === 'partition') return;
      for (const child of await harness.tree.children(node)) await walk(child);
    };
    await walk(folder);
    assert.ok(names.includes('orders grouped by customer[2]'), names.join());
    assert.ok(names.includes('orders--payments[0]'));
  });
});
