import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { openStorePartition } from '../../../src/quixstreams/index';
import { documentName, readDocumentEntry } from '../../../src/ui/value/documentEntry';
import { valueDocumentText, wholeEntryText } from '../../../src/ui/value/documentText';

const windows = path.resolve(
  import.meta.dirname,
  '../../fixtures/06b-windowed-closed/state/windows-app',
);
const joins = path.resolve(
  import.meta.dirname,
  '../../fixtures/07-timestamped/state/join-app/join',
);

describe('documents of windows and joins', () => {
  it('have what the window has, with all that it has collected', async () => {
    let [read, collected] = [0, 0];
    for (const store of readdirSync(windows)) {
      const partition = await openStorePartition(path.join(windows, store, 'orders/0'));
      const { items: keys } = await partition.rows({ limit: 100 });
      for (const key of keys) {
        if (key.kind !== 'messageKey') continue;
        for (const window of (await partition.windowsOf(key, { limit: 100 })).items) {
          const { rawKey, index } = window;
          const address = { columnFamily: 'default', key: rawKey, index };
          const entry = await readDocumentEntry(partition, address, store);
          assert.ok(entry?.window, store);
          assert.deepEqual([entry.window.start, entry.window.end], [window.start, window.end]);
          const value: unknown = JSON.parse(valueDocumentText(entry.value));
          if (window.collected !== undefined) {
            const values = Array.isArray(value) ? value : (value as { collected: [] }).collected;
            assert.equal(values.length, window.collected.count);
            collected += values.length;
          }
          const whole = JSON.parse(
            wholeEntryText(entry, { partition: '', store, path: '', changelogOffset: 1n }),
          ) as Record<string, unknown>;
          assert.equal(whole['startMs'], Number(window.start));
          assert.deepEqual(whole['value'], value);
          assert.match(documentName(entry), /^(\d{4}-\d\d-\d\d )?\d\d\.\d\d\.\d\d(\.\d{3})?(-|$)/);
          read++;
        }
      }
      await partition.close();
    }
    assert.ok(read > 30 && collected > 30, `${read} windows, ${collected} values`);
  });

  it('of joins are named by their time', async () => {
    const partition = await openStorePartition(path.join(joins, 'orders/0'));
    const { items } = await partition.rows({ limit: 1 });
    const [key] = items;
    assert.ok(key?.kind === 'messageKey');
    const [first] = (await partition.timestampedOf(key, { limit: 1 })).items;
    assert.ok(first);
    const address = { columnFamily: 'default', key: first.rawKey };
    const entry = await readDocumentEntry(partition, address, 'join');
    assert.ok(entry);
    assert.equal(documentName(entry), '2026-09-21 14.13.30.500');
    const whole = JSON.parse(
      wholeEntryText(entry, { partition: '', store: '', path: '', changelogOffset: 1n }),
    ) as Record<string, unknown>;
    assert.equal(whole['timestamp'], '2026-09-21 14:13:30.500Z');
    assert.equal(whole['messageKey'], 'k2');
    await partition.close();
  });

  it('are gone with the entry', async () => {
    const partition = await openStorePartition(path.join(joins, 'orders/0'));
    const address = { columnFamily: 'default', key: new Uint8Array(3) };
    assert.equal(await readDocumentEntry(partition, address, 'join'), undefined);
    await partition.close();
  });
});
