import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Decompressor } from '../../../src/rocksdb/bytes/compression';
import { CurrentView } from '../../../src/rocksdb/currentView';
import { DatabaseFiles } from '../../../src/rocksdb/databaseFiles';
import { CorruptionError, type Damage, type EntryBatch } from '../../../src/rocksdb/index';
import { createKernel } from '../../../src/rocksdb/kernel/kernel';
import { ScansHere } from '../../../src/rocksdb/read/scans';
import type { ColumnFamilyView } from '../../../src/rocksdb/read/view';
import { BlockCache } from '../../../src/rocksdb/table/blockCache';
import type { KeySpan } from '../../../src/rocksdb/threads/keySpans';
import { ScanThreads } from '../../../src/rocksdb/threads/scanThreads';
import { ScansInThreads, share } from '../../../src/rocksdb/threads/scansInThreads';
import { RocksdictPeer, type PeerOperation } from '../../properties/rocksdictPeer';
import { buildScanThread } from '../../properties/scanThreadModule';
import { Digest, storesOf } from '../expected';

const kernel = createKernel();
const here = new ScansHere(kernel);

/** Runs `use` with the view of a column family of the store in `directory`. */
async function withView<T>(
  directory: string,
  use: (view: ColumnFamilyView) => Promise<T>,
  family = 'default',
): Promise<T> {
  const environment = { kernel, decompressor: new Decompressor(kernel), readAhead: 1 << 17 };
  const files = new DatabaseFiles(directory, environment, new BlockCache(1 << 20), undefined);
  const current = new CurrentView(directory, files, kernel);
  try {
    await current.refresh();
    const { view, release } = await current.acquire(family);
    assert.ok(view);
    try {
      return await use(view);
    } finally {
      await release();
    }
  } finally {
    await current.close();
  }
}

async function digestOf(batches: AsyncIterable<EntryBatch>, digest = new Digest()) {
  for await (const batch of batches) addTo(digest, batch);
  return digest.result();
}

function addTo(digest: Digest, batch: EntryBatch): void {
  for (let i = 0; i < batch.length; i++) digest.add({ key: batch.key(i), value: batch.value(i) });
}

/** The keys of a view in spans of `entries` each. */
async function spansOf(view: ColumnFamilyView, entries: number): Promise<KeySpan[]> {
  const bounds: Uint8Array[] = [];
  let count = 0;
  for await (const batch of here.batches(view, {})) {
    for (let i = 0; i < batch.length; i++) {
      if (count++ % entries === entries - 1) bounds.push(batch.key(i).slice());
    }
  }
  return [undefined, ...bounds].map((from, i) => ({ from, to: bounds[i] }));
}

describe('scans in threads', function () {
  this.timeout(60_000);
  let folder: string;
  let store: string;
  let threads: ScanThreads;
  let inThreads: ScansInThreads;

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'state-folder-scans-'));
    threads = new ScanThreads(await buildScanThread(folder), 2);
    inThreads = new ScansInThreads(threads, here);
    store = path.join(folder, 'store');
    await writeStore(store);
  });

  after(async () => {
    await threads.dispose();
    await rm(folder, { recursive: true });
  });

  for (const { path: name, directory, column_families: families = {} } of [
    ...storesOf('03a-default-20k-closed'),
    ...storesOf('02b-default-mixed-open'),
    ...storesOf('04-compression'),
  ]) {
    for (const [family, { count, digest }] of Object.entries(families)) {
      it(`give what RocksDB gives, whatever the spans: ${family} of ${name}`, () =>
        withView(
          directory,
          async (view) => {
            for (const entries of [7, 1000, 100_000]) {
              const spans = await spansOf(view, Math.max(entries, Math.ceil(count / 200)));
              const { shared, release } = await share(view);
              const batches = threads.batches(shared, { kind: 'scan', spans }, {});
              assert.deepEqual(await digestOf(batches), { count, digest });
              assert.equal(await threads.count(shared, { kind: 'count', spans }, {}), count);
              const needle = Buffer.from('12');
              const search = threads.batches(shared, { kind: 'search', needle, spans }, {});
              const found = await digestOf(search);
              assert.deepEqual(found, await digestOf(here.search(view, needle, {})));
              release();
            }
          },
          family,
        ));
    }
  }

  it('give the same as scans in this thread, of much and of large values', () =>
    withView(store, async (view) => {
      const expected = await digestOf(here.batches(view, {}));
      for (let round = 0; round < 3; round++) {
        assert.deepEqual(await digestOf(inThreads.batches(view, {})), expected);
      }
      assert.equal(await inThreads.count(view, {}), expected.count);
    }));

  it('go on while another one stands still, and once it goes on', () =>
    withView(store, async (view) => {
      const expected = await digestOf(here.batches(view, {}));
      const digest = new Digest();
      let first = true;
      for await (const batch of inThreads.batches(view, {})) {
        if (first) {
          assert.deepEqual(await digestOf(inThreads.batches(view, {})), expected);
          assert.equal(await inThreads.count(view, {}), expected.count);
        }
        first = false;
        addTo(digest, batch);
      }
      assert.deepEqual(digest.result(), expected);
    }));

  it('may be left at any time', () =>
    withView(store, async (view) => {
      for (let left = 0; left < 8; left++) {
        let seen = 0;
        for await (const batch of inThreads.batches(view, {})) {
          assert.ok(batch.length > 0);
          if (seen++ === left) break;
        }
        assert.equal(seen, left + 1);
      }
    }));

  it('end with the reason of an abort', () =>
    withView(store, async (view) => {
      const reason = new Error('enough');
      const abort = new AbortController();
      const { signal } = abort;
      const scan = async () => {
        for await (const batch of inThreads.batches(view, { signal })) {
          assert.ok(batch.length > 0);
          abort.abort(reason);
        }
      };
      await assert.rejects(scan(), reason);
      const later = new AbortController();
      const count = inThreads.count(view, { signal: later.signal });
      setImmediate(() => later.abort(reason));
      await assert.rejects(count, reason);
    }));

  it('tell damage as scans in this thread do', async () => {
    const damaged = path.join(folder, 'damaged');
    await cp(store, damaged, { recursive: true });
    const table = await largestTable(damaged);
    const bytes = await readFile(table);
    for (const at of [0.05, 0.5, 0.9]) {
      const place = Math.floor(bytes.length * at);
      bytes[place] = (bytes[place] ?? 0) ^ 1;
    }
    await writeFile(table, bytes);
    await withView(damaged, async (view) => {
      const read = async (scans: ScansHere | ScansInThreads) => {
        const damages: string[] = [];
        const onDamage = ({ error, first, last }: Damage) =>
          damages.push([error.message, ...[first, last].map((key) => Buffer.from(key))].join(' '));
        const result = await digestOf(scans.batches(view, { onDamage }));
        return { ...result, damages: damages.sort() };
      };
      const expected = await read(here);
      assert.equal(expected.damages.length, 3);
      assert.deepEqual(await read(inThreads), expected);
      // Without being told they end with it, after what comes before.
      const digest = new Digest();
      await assert.rejects(digestOf(inThreads.batches(view, {}), digest), CorruptionError);
      const { count } = digest.result();
      assert.ok(count > 0 && count < expected.count, `${count} of ${expected.count}`);
      await assert.rejects(inThreads.count(view, {}), CorruptionError);
    });
  });

  it('fail when their threads end', () =>
    withView(store, async (view) => {
      const own = new ScanThreads(await buildScanThread(folder), 2);
      const scan = async () => {
        for await (const batch of new ScansInThreads(own, here).batches(view, {})) {
          assert.ok(batch.length > 0);
          await own.dispose();
        }
      };
      await assert.rejects(scan(), /the thread has ended/);
    }));
});

/** 24 MB in two levels, some of it in values that are larger than a batch. */
async function writeStore(directory: string): Promise<void> {
  const peer = await RocksdictPeer.start();
  const key = (i: number) => Buffer.from(`key-${String(i).padStart(6, '0')}`).toString('hex');
  const put = (i: number, bytes: number): PeerOperation => [
    'put',
    'default',
    key(i),
    randomBytes(bytes).toString('hex'),
  ];
  const many = (count: number, step: number) =>
    Array.from({ length: count }, (_, i) => put(i * step, 1000));
  try {
    await peer.open(directory, {});
    for (let part = 0; part < 4; part++) {
      const operations = Array.from({ length: 4000 }, (_, i) => put(part * 4000 + i, 1000));
      await peer.write(directory, operations);
    }
    await peer.write(directory, [put(3000, 3 << 20), put(3001, 3 << 20)]);
    await peer.flush(directory, 'default');
    await peer.compact(directory, 'default');
    await peer.write(directory, many(500, 31));
    await peer.flush(directory, 'default');
    await peer.close(directory);
  } finally {
    await peer.stop();
  }
}

async function largestTable(directory: string): Promise<string> {
  const tables = (await readdir(directory)).filter((name) => name.endsWith('.sst'));
  const sizes = await Promise.all(
    tables.map(async (name) => ({ name, size: (await stat(path.join(directory, name))).size })),
  );
  const [largest] = sizes.sort((a, b) => b.size - a.size);
  assert.ok(largest);
  return path.join(directory, largest.name);
}
