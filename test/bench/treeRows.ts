// How soon the State view has the rows of large stores, and how long the thread is held meanwhile.
// Usage: tsx treeRows.ts
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import path from 'node:path';
import { PartitionReader, scanStateFolder } from '../../src/statefolder/index';
import { NodeWriter } from '../../src/ui/state/nodeTexts';
import { SharedPartitions } from '../../src/ui/state/sharedPartitions';
import { StateTree } from '../../src/ui/state/stateTree';
import type { StateNode } from '../../src/ui/state/treeNodes';
import { translate } from '../ui/state/treeHarness';
import { parseFilter } from '../../src/quixstreams/index';
import { compilePattern } from '../../src/quixstreams/filter/patterns';
import { store, type Store } from './stores';

const messageKeys = 1_000_000;
const windows = 100_000;
const times = 5;
/** makeStore.py's: ten seconds from 1790000000000 on for each. */
const lastWindow = `time:${new Date(1790000000000 + (windows - 1) * 10_000).toISOString().slice(0, 19)}..`;

interface Case {
  readonly name: string;
  readonly at: Store;
  /** of the rows of the first message key, else of the partition's */
  readonly below?: boolean;
  readonly filter?: string;
}

/** A tree over the closed store of a benchmark, with nothing read yet. */
async function openTree(directory: string) {
  const partitions = new SharedPartitions((folder) => new PartitionReader(folder, {}));
  const tree = new StateTree(partitions, {
    isVisible: () => true,
    changed: () => undefined,
    mark: () => undefined,
    sentence: String,
    valueText: () => '',
    nothingPasses: () => '',
    live: () => Promise.resolve(undefined),
    shownChanged: () => undefined,
  });
  const folder = await scanStateFolder(path.resolve(directory, '../../../..'), {
    followLinks: false,
  });
  tree.setContent({ apps: [], folders: [{ folder, label: 'state', added: false }] });
  const close = async () => {
    tree.dispose();
    await partitions.dispose();
  };
  return { tree, close };
}

/** The rows below `row`, opened. */
function open(tree: StateTree, row: StateNode) {
  tree.setExpanded(row, true);
  return tree.children(row);
}

/** What `work` took, and how long it held the thread at most, in ms. */
async function timed<T>(work: () => Promise<T>): Promise<{ taken: number; held: number }> {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  await new Promise((resolve) => setTimeout(resolve, 20)); // it begins with its timer's first call
  delays.reset();
  const start = performance.now();
  await work();
  const taken = performance.now() - start;
  await new Promise((resolve) => setTimeout(resolve, 5));
  delays.disable();
  return { taken, held: delays.max / 1e6 };
}

async function main(): Promise<void> {
  const writer = new NodeWriter(translate);
  const keys = await store('lz4', messageKeys, console.error);
  const ofOne = await store('windows-of-one', windows, console.error);
  const cases: Case[] = [
    { name: `first page of ${messageKeys} message keys`, at: keys },
    { name: `first page of ${windows} windows of a message key`, at: ofOne, below: true },
    {
      name: `filter by the beginning of a key, of ${messageKeys}`,
      at: keys,
      filter: 'key:customer-0099*',
    },
    { name: `filter by text, the 1,000th of ${messageKeys}`, at: keys, filter: '00001000' },
    {
      name: 'filter by text that nothing has, until the row says how far',
      at: keys,
      filter: 'nothing has it',
    },
    { name: `filter by time, the last of ${windows} windows`, at: ofOne, filter: lastWindow },
  ];
  for (const { name, at, below, filter } of cases) {
    const figures: string[] = [];
    for (let i = 0; i < times; i++) {
      const { tree, close } = await openTree(at.closed);
      const partition = tree.find(at.closed);
      if (partition?.kind !== 'partition') throw new Error(`no row for ${at.closed}`);
      const row = below ? (await open(tree, partition))[0] : partition;
      if (!row) throw new Error('no message key');
      if (filter !== undefined) {
        await open(tree, partition);
        tree.setFilter(partition, parseFilter(filter, compilePattern));
      }
      const { taken, held } = await timed(async () => {
        for (const one of await open(tree, row)) writer.texts(one);
      });
      figures.push(`${taken.toFixed(0)} (${held.toFixed(0)})`);
      await close();
    }
    console.log(`${name}, ms (thread held): ${figures.join(', ')}`);
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
