import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { StateNode } from '../../../src/ui/state/treeNodes';
import { copyFixture, TreeHarness } from './treeHarness';

const stores: [fixture: string, part: string][] = [
  ...[
    'tumbling_window_10000_sum',
    'tumbling_window_10000_collect',
    'tumbling_window_20000',
    'hopping_window_10000_5000_count',
    'sliding_window_5000_sum',
    'session_window_3000_sum',
    'p_session_window_3000_collect',
    'sliding_count_window_mean',
    'hopping_count_window_collect',
  ].map((store): [string, string] => ['06a-windowed-open', `windows-app/${store}/orders/0`]),
  ['07-timestamped', 'join-app/join/orders/0'],
  ['07-timestamped', 'join-app/join/payments/0'],
];

/** Opens all rows below one, as far as pages go. */
async function openAll(harness: TreeHarness, node?: StateNode): Promise<void> {
  for (const row of await harness.tree.children(node)) {
    if ('opensAtFirst' in row) harness.tree.setExpanded(row, true);
    await openAll(harness, row);
  }
}

async function marksOf(harness: TreeHarness, node?: StateNode): Promise<string[]> {
  const marks: string[] = [];
  for (const row of await harness.tree.children(node)) {
    if ('mark' in row && row.mark !== undefined) marks.push(`${row.kind} ${row.mark.change}`);
    marks.push(...(await marksOf(harness, row)));
  }
  return marks;
}

/** Stores whose log ends early, and then goes on as the app writes it. */
describe('rows follow what is written', () => {
  const seen = new Set<string>();

  for (const [fixture, part] of stores) {
    it(`to ${part}`, async () => {
      for (const share of [0.05, 0.35, 0.7, 0.97]) {
        const harness = new TreeHarness(await copyFixture(fixture, part));
        try {
          const partition = path.join(harness.folder, part);
          const logs = (await readdir(partition)).filter((name) => /^\d+\.log$/.test(name));
          const wal = path.join(partition, logs.sort().at(-1) ?? '');
          const whole = await readFile(wal);
          await writeFile(wal, whole.subarray(0, Math.floor(whole.length * share)));
          await harness.scan();
          await openAll(harness);
          const repainted = harness.nextRepaint();
          await writeFile(wal, whole);
          harness.partitions.changed(partition);
          await repainted;
          for (const mark of await marksOf(harness)) seen.add(mark);
          // Rows that are gone stay for three seconds.
          harness.clock.advance(3000);
          await openAll(harness);
          const anew = new TreeHarness(harness.folder);
          try {
            await anew.scan();
            await openAll(anew);
            // The first row says the size as of the scan.
            const [ours, anews] = [await harness.outline(), await anew.outline()];
            assert.deepEqual(ours.slice(1), anews.slice(1), `${share}`);
          } finally {
            anew.tree.dispose();
            await anew.partitions.dispose();
          }
        } finally {
          await harness.dispose();
        }
      }
    });
  }

  after(() => {
    for (const mark of ['window new', 'window changed', 'window deleted', 'joinEntry new']) {
      assert.ok(seen.has(mark), `${mark} in ${[...seen].join()}`);
    }
  });
});
