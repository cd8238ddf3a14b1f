// openPartition.js DIRECTORY: opens a store's partition as the tree does and reads its first page; prints how long it
// took and how long the thread was held at most, in ms, as JSON.
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { openStorePartition } from '../../src/quixstreams';

const firstPage = 100;

async function main(directory: string): Promise<void> {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  // The histogram begins with its timer's first call.
  await new Promise((resolve) => setTimeout(resolve, 20));
  delays.reset();
  const start = performance.now();
  const partition = await openStorePartition(directory);
  const { items } = await partition.rows({ limit: firstPage });
  const taken = performance.now() - start;
  await new Promise((resolve) => setTimeout(resolve, 5));
  delays.disable();
  console.log(JSON.stringify({ taken, held: delays.max / 1e6, items: items.length }));
  await partition.close();
}

void main(process.argv[2] ?? '.');
