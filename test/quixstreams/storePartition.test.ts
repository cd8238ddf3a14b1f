import assert from 'node:assert/strict';
import { appendFile, cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isCountWindows } from '../../src/quixstreams/countWindows';
import { kindOfColumnFamilies } from '../../src/quixstreams/storeKind';
import {
  keyText,
  openStorePartition,
  type StateEntry,
  type StorePartition,
} from '../../src/quixstreams/index';

const fixtures = path.resolve(import.meta.dirname, '../fixtures');
const realApp = path.join(fixtures, '12-real-app/state/freddy-example-prod-features');
const orders = path.join(
  fixtures,
  '01-default-wal-open/state/quixstreams-default/default/orders/0',
);
const ttlNew = path.join(fixtures, '05-ttl/state/quixstreams-default/ttl-new/orders/0');

const windows = (store: string) =>
  path.join(fixtures, '06a-windowed-open/state/windows-app', store, 'orders/0');

async function withPartition<T>(
  directory: string,
  use: (partition: StorePartition) => Promise<T>,
): Promise<T> {
  const partition = await openStorePartition(directory);
  try {
    return await use(partition);
  } finally {
    await partition.close();
  }
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const idOf = (columnFamily: string, rawKey: Uint8Array) => `${columnFamily} ${hex(rawKey)}`;

async function everything(partition: StorePartition): Promise<Map<string, StateEntry>> {
  const all = new Map<string, StateEntry>();
  for await (const entry of partition.allEntries()) {
    all.set(idOf(entry.columnFamily, entry.rawKey), entry);
  }
  return all;
}

/** Where the records of a log in one block end. */
function recordEnds(log: Buffer): number[] {
  const ends: number[] = [];
  for (let at = 0; at + 7 <= log.length;) {
    at += 7 + log.readUInt16LE(at + 4);
    ends.push(at);
  }
  return ends;
}

describe('store partition', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'state-folder-partition-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** A copy of a store that has only some of its log yet. */
  async function copyWithout(directory: string) {
    await cp(directory, folder, { recursive: true });
    const name = (await readdir(folder)).find((file) => /^\d+\.log$/.test(file)) ?? '';
    const file = path.join(folder, name);
    const log = await readFile(file);
    return { file, log, ends: recordEnds(log) };
  }

  describe('kind', () => {
    it('of every store of a real app is told from what is in it', async () => {
      const kinds: Record<string, string> = {};
      for (const store of await readdir(realApp)) {
        for (const stream of await readdir(path.join(realApp, store))) {
          const directory = path.join(realApp, store, stream, '0');
          kinds[`${store}/${stream}`] = await withPartition(directory, async ({ kind }) => kind);
        }
      }
      assert.deepEqual(kinds, {
        'asof/f-meta': 'timestamped',
        'default/f-in': 'default',
        'default/f-in--groupby--region': 'default',
        'default/f-ttl': 'default',
        'hopping_count_window_collect/f-in': 'windowed',
        'hopping_window_10000_5000_collect/f-in': 'windowed',
        'interval/f-events': 'timestamped',
        'interval/f-in': 'timestamped',
        'session_window_3000_sum/f-in': 'windowed',
        'sliding_window_10000_max/f-in': 'windowed',
        'tumbling_count_window_reduce/f-in': 'windowed',
        'tumbling_window_10000/f-in': 'windowed',
      });
    });

    it('is not known where column families do not fit', () => {
      assert.equal(kindOfColumnFamilies(['default']), 'unknown');
      assert.equal(kindOfColumnFamilies(['default', '__metadata__']), 'default');
      assert.equal(kindOfColumnFamilies(['default', '__metadata__', 'mine']), 'unknown');
      assert.equal(
        kindOfColumnFamilies(['default', '__metadata__', '__global-counter__']),
        'unknown',
      );
      assert.equal(kindOfColumnFamilies(['default'], 'rocksdict'), 'dictionary');
    });

    it('of count-based windows needs their key and their value', () => {
      const is = (key: string, value: string) =>
        isCountWindows(Buffer.from(key), Buffer.from(value));
      assert.ok(is('PC1|"metadata"', '{"windows":[]}'));
      assert.ok(is('"metadata"', '{"windows":[]}'));
      assert.ok(!is('PC1|"metadata"', '{"windows":[]'));
      assert.ok(!is('PC1|"metadata"', '{"a":1}'));
      assert.ok(!is('PC1|"total"', '{"windows":[]}'));
      assert.ok(!is('|"metadata"', '{"windows":[]}'));
    });
  });

  it('says its changelog offset and its TTL', async () => {
    await withPartition(orders, async ({ changelogOffset, ttl }) => {
      assert.deepEqual([changelogOffset, ttl], [163n, undefined]);
    });
    await withPartition(ttlNew, async ({ changelogOffset, ttl }) => {
      assert.deepEqual([changelogOffset, ttl], [55n, { highWaterMs: 1790000030000n }]);
    });
    const directory = path.join(
      fixtures,
      '02c-default-nochangelog-open/state/quixstreams-default/default/orders/0',
    );
    await withPartition(directory, async ({ changelogOffset }) => {
      assert.equal(changelogOffset, undefined);
    });
  });

  it('lists message keys and keys without one, and the entries of each', async () => {
    await withPartition(orders, async (partition) => {
      const { items, next } = await partition.rows({ limit: 100 });
      assert.equal(next, undefined);
      const names = items.map((row) =>
        row.kind === 'entry'
          ? `bare ${keyText(row.entry.key)}`
          : `${keyText(row.key)} ${row.count}`,
      );
      assert.deepEqual(names, [
        ...['bare h0', 'bare h1', 'bare h2', 'bare h3', 'bare last', 'bare total', '42 1'],
        ...['Zürich 6', 'sensor:7 6', 'user-10 6', 'user-1 6', 'user-2 6'],
      ]);
      const listed = new Set<string>();
      for (const row of items) {
        if (row.kind === 'entry') listed.add(idOf('default', row.entry.rawKey));
        else {
          const entries = await partition.entriesOf(row, { limit: 100 });
          for (const { rawKey } of entries.items) listed.add(idOf('default', rawKey));
          assert.equal(entries.items.length, row.count);
        }
      }
      const all = [...(await everything(partition)).keys()].filter((id) =>
        id.startsWith('default'),
      );
      assert.deepEqual([...listed].sort(), all.sort());
    });
  });

  it('pages through a column family', async () => {
    await withPartition(ttlNew, async (partition) => {
      const keys: string[] = [];
      let from: Uint8Array | undefined;
      do {
        const page = await partition.rawEntries('__ttl_index__', { from, limit: 10 });
        assert.ok(page.items.length > 0 && page.items.length <= 10);
        for (const { type, rawKey } of page.items) {
          assert.equal(type, 'ttlIndex');
          keys.push(hex(rawKey));
        }
        from = page.next;
      } while (from);
      assert.equal(keys.length, 33);
      assert.deepEqual(keys, [...new Set(keys)].sort());
    });
  });

  for (const [name, directory] of [
    ['a default store', orders],
    ['a store with TTL', ttlNew],
    ['a store of windows', windows('p_session_window_3000_collect')],
    ['a store of windows by count', windows('tumbling_count_window_sum')],
    ['a join', path.join(fixtures, '07-timestamped/state/join-app/join/orders/0')],
  ] as const) {
    it(`refreshed beside a writer of ${name}, tells which entries to read again`, async () => {
      const { file, log, ends } = await copyWithout(directory);
      await writeFile(file, '');
      const partition = await openStorePartition(folder);
      try {
        const known = await everything(partition);
        let written = 0;
        for (const [index, end] of ends.entries()) {
          const start = ends[index - 1] ?? 0;
          const middle = (start + end) >> 1;
          await appendFile(file, log.subarray(start, middle));
          assert.equal((await partition.refresh()).changed, false, 'half a record is nothing yet');
          await appendFile(file, log.subarray(middle, end));
          const change = await partition.refresh();
          assert.ok(change.changed);
          for (const [columnFamily, keys] of change.written ?? []) {
            for (const rawKey of keys) {
              const entry = await partition.get(columnFamily, rawKey);
              const id = idOf(columnFamily, rawKey);
              if (entry) known.set(id, entry);
              else known.delete(id);
            }
          }
          const fresh = await withPartition(folder, async (now) => {
            assert.equal(partition.changelogOffset, now.changelogOffset);
            assert.deepEqual(partition.ttl, now.ttl);
            return everything(now);
          });
          if (change.written) written++;
          else {
            known.clear();
            for (const [id, entry] of fresh) known.set(id, entry);
          }
          assert.deepEqual(new Map([...known].sort()), new Map([...fresh].sort()));
        }
        // The first checkpoints may turn TTL on, or tell which windows there are; what a later one wrote is known.
        assert.ok(written >= ends.length - 2 && written > 0, `${written} of ${ends.length}`);
        assert.deepEqual(await partition.refresh(), { changed: false, written: new Map() });
      } finally {
        await partition.close();
      }
    });
  }

  it('counts as changed what expired although nobody wrote it', async () => {
    const { file, log, ends } = await copyWithout(ttlNew);
    const seen: string[] = [];
    for (let cut = 1; cut < ends.length; cut++) {
      await writeFile(file, log.subarray(0, ends[cut - 1]));
      const partition = await openStorePartition(folder);
      try {
        const before = await everything(partition);
        await writeFile(file, log.subarray(0, ends[cut]));
        const { written } = await partition.refresh();
        const told = new Set((written?.get('default') ?? []).map((key) => idOf('default', key)));
        for (const [id, { expired }] of await everything(partition)) {
          if (expired !== true || before.get(id)?.expired !== false) continue;
          assert.ok(!written || told.has(id), id);
          seen.push(id);
        }
      } finally {
        await partition.close();
      }
    }
    assert.ok(seen.length > 0, 'the fixture has entries that expire');
  });
});
