// npm run torture -- [--minutes M] [--readers R] [--rate B] [--seed S] [--pairs P]
// Readers beside a writer in a hurry (torture.ts), then what one reader costs a writer (slowdown.ts).
import { parseArgs } from 'node:util';
import { measureSlowdown, median, type Pair, type Speed } from './slowdown';
import { torture, type TortureOptions } from './torture';

const text = { type: 'string' } as const;
const { values } = parseArgs({
  options: { minutes: text, readers: text, rate: text, seed: text, pairs: text },
});

async function main(): Promise<void> {
  const seconds = Number(values.minutes ?? 3) * 60;
  const seed = Number(values.seed ?? Date.now() % 2 ** 31);
  const readers = Number(values.readers ?? 3);
  const rate = Number(values.rate ?? 6000);
  if (seconds > 0) await tellTorture({ seconds, readers, rate, seed, killEvery: 5 });
  const pairs = Number(values.pairs ?? 12);
  if (pairs > 0) await tellSlowdown(pairs, seed);
}

async function tellTorture(options: TortureOptions): Promise<void> {
  const result = await torture(options);
  const { views, batches, kills, remakes, bad, errors, outages, slowestMs, reports } = result;
  console.log(
    `seed ${options.seed}: ${views} views of ${batches} batches in ${options.seconds} s, ` +
      `${kills} kills, ${remakes} times made anew`,
  );
  console.log(`  ${bad.length} bad, ${errors.length} errors, ${outages} while it was made anew`);
  console.log(`  slowest view ${slowestMs.toFixed(0)} ms`);
  for (const { descriptors, megabytes } of reports) {
    console.log(`  descriptors ${few(descriptors)}; MB ${few(megabytes)}`);
  }
  for (const one of [...new Set([...bad, ...errors])].slice(0, 20)) console.log(`  ${one}`);
  if (bad.length + errors.length > 0) process.exitCode = 1;
}

async function tellSlowdown(count: number, seed: number): Promise<void> {
  const pairs = await measureSlowdown(count, seed);
  console.log(
    `a reader that refreshes once a second, ${count} pairs of blocks with and without it:`,
  );
  tellCost(
    'batches a second',
    pairs,
    ({ rate }) => 1 / rate,
    ({ rate }) => rate.toFixed(0),
  );
  tellCost(
    "writer's processor time",
    pairs,
    ({ work }) => work,
    ({ work }) => `${work.toFixed(1)} µs`,
  );
}

/** How much more `cost` is beside a reader. */
function tellCost(
  name: string,
  pairs: readonly Pair[],
  cost: (speed: Speed) => number,
  text: (speed: Speed) => string,
): void {
  const ratios = pairs
    .map(({ alone, beside }) => cost(beside) / cost(alone) - 1)
    .sort((a, b) => a - b);
  const percent = (part = NaN) => `${(part * 100).toFixed(1)} %`;
  const [low, high] = [0.25, 0.75].map((part) => ratios[Math.floor(ratios.length * part)]);
  const middle = (of: (pair: Pair) => Speed) =>
    [...pairs].map(of).sort((a, b) => cost(a) - cost(b))[pairs.length >> 1];
  const [alone, beside] = [middle((pair) => pair.alone), middle((pair) => pair.beside)];
  if (!alone || !beside) return;
  console.log(
    `  ${name}: ${text(alone)} without, ${text(beside)} beside: ${percent(cost(beside) / cost(alone) - 1)} more ` +
      `in the medians; ${percent(median(ratios))} in the median pair, half of them ${percent(low)} to ${percent(high)}`,
  );
}

/** Eight of many figures, in their order. */
function few(figures: readonly number[]): string {
  const every = Math.max(1, Math.floor(figures.length / 8));
  return figures
    .filter((_, i) => i % every === 0)
    .map((figure) => figure.toFixed(0))
    .join(' ');
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
