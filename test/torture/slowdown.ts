import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { RandomNumbers } from '../fuzz/randomNumbers';
import { python } from '../python.mjs';

/** What a block came to. */
export interface Speed {
  /** Batches a second. */
  readonly rate: number;
  /** Microseconds of the writer's processor time a batch: other processes do not take part in it. */
  readonly work: number;
}

/** A block without a reader and one beside it, right after each other. */
export interface Pair {
  readonly alone: Speed;
  readonly beside: Speed;
}

/** Seconds of a block; the first is not counted, since the reader still catches up. */
const blockSeconds = 4;

/** What a reader that refreshes once a second costs a writer at full speed: pairs of blocks with and without it. */
export async function measureSlowdown(pairs: number, seed: number): Promise<Pair[]> {
  const prefix = path.join(os.tmpdir(), 'state-folder-slowdown-');
  const folder = await realpath(await mkdtemp(prefix));
  const numbers = new RandomNumbers(seed, 2);
  const script = path.join(import.meta.dirname, 'tortureWriter.py');
  const seconds = String(pairs * 2 * blockSeconds + 20);
  const writer = spawn(await python(), [script, folder, '0', String(seed), seconds], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: writer.stdout })[Symbol.asyncIterator]();
  const nextLine = async () => String((await lines.next()).value);
  while (!(await nextLine()).startsWith('remade'));
  const reader = fork(path.join(import.meta.dirname, 'slowdownReader.ts'), [`${folder}/store`], {
    execArgv: ['--import', 'tsx'],
  });
  try {
    await once(reader, 'message');
    const block = async (on: boolean): Promise<Speed> => {
      reader.send(on ? 'on' : 'off');
      const seconds: number[][] = [];
      for (let i = 0; i < blockSeconds; i++)
        seconds.push((await nextLine()).split(' ').map(Number));
      const [rate = NaN, work = NaN] = [0, 1].map((column) =>
        median(seconds.slice(1).map((second) => second[column] ?? NaN)),
      );
      return { rate, work };
    };
    const measured: Pair[] = [];
    for (let pair = 0; pair < pairs; pair++) {
      // Whichever is first, it is not always the same.
      if (numbers.chance(0.5))
        measured.push({ alone: await block(false), beside: await block(true) });
      else measured.push({ beside: await block(true), alone: await block(false) });
    }
    return measured;
  } finally {
    reader.kill('SIGKILL');
    writer.kill('SIGKILL');
    await once(writer, 'close');
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The middle one, or the mean of the two in the middle. */
export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  const half = sorted.length / 2;
  const [low = NaN, high = low] = [sorted[Math.ceil(half) - 1], sorted[Math.floor(half)]];
  return (low + high) / 2;
}
