// npm run fuzz -- [--seed S] [--count N] [--first RUN] [--lanes N]
// Reads damaged stores; see fuzz.ts. Ends with 1 when something was found. A finding names its seed and
// run (`--seed S --first RUN --count 1` does it again), and its store is kept.
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { fuzz } from './fuzz';
import type { Finding } from './fuzzer';

const text = { type: 'string' } as const;
const { values } = parseArgs({ options: { seed: text, count: text, first: text, lanes: text } });
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
const count = Number(values.count ?? 1000);
const first = Number(values.first ?? 0);
const lanes = Number(values.lanes ?? 2);

function print({ run, store, what, problem, forged, kept }: Finding): void {
  const kind = forged ? 'forged' : 'FOUND';
  console.log(
    `${kind}: --seed ${seed} --first ${run} --count 1\n  ${store}\n  ${what.join('\n  ')}`,
  );
  console.log(`  ${problem}\n  ${kept}`);
}

async function main(): Promise<void> {
  const keep = mkdtempSync(path.join(os.tmpdir(), 'state-folder-findings-'));
  const started = Date.now();
  const options = { seed, first, count, lanes, keep, onFinding: print };
  const { findings, figures, stores } = await fuzz(options);
  const forged = findings.filter((finding) => finding.forged).length;
  const seconds = ((Date.now() - started) / 1000).toFixed(0);
  console.log(`seed ${seed}: ${figures.runs} runs over ${stores} stores in ${seconds} s`);
  console.log(
    `  ${figures.told} told, ${figures.marked} with marked tables, ${figures.same} the same as RocksDB without a word, ` +
      `${figures.notCompared} not compared, ${figures.rocksdbCrashed} that RocksDB crashed on`,
  );
  console.log(
    `  slowest ${figures.slowestMs.toFixed(0)} ms of processor time, at most ${figures.mostMegabytes.toFixed(0)} MB more`,
  );
  console.log(`  ${findings.length - forged} found, ${forged} forged that are read otherwise`);
  if (findings.length > forged) process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
