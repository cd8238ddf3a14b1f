// npm run properties -- [--seed S] [--count N] [--path P [--shrink]]
// Random stores, written by rocksdict, are read as RocksDB reads them; see readerProperty.ts. A failure
// names seed and path, with which it alone is run again, or made small.
import { parseArgs } from 'node:util';
import { checkReader } from './readerProperty';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    count: { type: 'string' },
    path: { type: 'string' },
    shrink: { type: 'boolean' },
  },
});

async function main(): Promise<void> {
  const seed = Number(values.seed ?? Date.now() % 2 ** 31);
  const count = Number(values.count ?? 500);
  const started = Date.now();
  const { stores, steps } = await checkReader({ ...values, seed, count });
  const seconds = ((Date.now() - started) / 1000).toFixed(0);
  console.log(`seed ${seed}: ${stores} stores, ${steps} steps, all the same; ${seconds} s`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
