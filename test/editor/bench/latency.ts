// How long after a checkpoint the row's text is in the page.
// Usage: tsx latency.ts [newest|oldest]
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openSession } from '../outside/session';
import { recordRow, type ShownText } from '../vscode/recordRow';
import type { Which } from '../vscode/install.mjs';
import { temporaryFolder } from '../vscode/workspace';
import { CheckpointWriter, type Checkpoint } from './writer';

interface Measured {
  readonly checkpoints: readonly Checkpoint[];
  readonly shown: readonly ShownText[];
}

/** Shows `total` while `count` checkpoints are written, one every `interval` seconds. */
async function measure(which: Which, interval: number, count: number): Promise<Measured> {
  const folder = await temporaryFolder();
  const workspace = path.join(folder.path, 'bench');
  const writer = await CheckpointWriter.start(
    path.join(workspace, 'state/group'),
    0,
    interval,
    count,
  );
  const session = await openSession({ which, workspace });
  try {
    const { page, workbench } = session;
    await workbench.openContainer('State Folder');
    await workbench.openDownTo('State', 'total');
    await delay(1000); // the workbench is still loading its other parts
    const record = await recordRow(page, 'total');
    writer.go();
    while (!writer.done) await delay(500);
    await delay(1000);
    return { checkpoints: writer.checkpoints, shown: await record() };
  } finally {
    await writer.stop();
    await session.close();
    await folder.remove();
  }
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? NaN;
}

/** From each checkpoint to its number in the page. */
function delays({ checkpoints, shown }: Measured): (number | undefined)[] {
  return checkpoints.slice(1).map(({ number, at }) => {
    const text = shown.find((one) => Number(one.text) === number);
    return text === undefined ? undefined : text.at - at;
  });
}

/** How long the text was out of date, before each of its changes. */
function ages({ checkpoints, shown }: Measured): number[] {
  return shown.slice(1).map(({ at }, position) => {
    const before = Number(shown[position]?.text);
    return at - (checkpoints.find(({ number }) => number > before)?.at ?? NaN);
  });
}

async function main(): Promise<void> {
  const which = process.argv[2] === 'oldest' ? 'oldest' : 'newest';
  const slow = delays(await measure(which, 1, 200));
  const seen = slow.filter((ms) => ms !== undefined);
  const [p50, p95, most] = [0.5, 0.95, 1].map((share) => percentile(seen, share).toFixed(0));
  console.log(
    `commit_interval=1, ${slow.length} checkpoints: ${slow.length - seen.length} not shown; ` +
      `p50 ${p50} ms, p95 ${p95} ms, most ${most} ms`,
  );

  const fast = await measure(which, 0.05, 600);
  const first = fast.checkpoints[1]?.at ?? NaN;
  const seconds = ((fast.checkpoints.at(-1)?.at ?? NaN) - first) / 1000;
  const age = ages(fast);
  console.log(
    `commit_interval=0.05, ${seconds.toFixed(1)} s: ` +
      `${(age.length / seconds).toFixed(2)} changes a second, out of date for ` +
      `p50 ${percentile(age, 0.5).toFixed(0)} ms, most ${Math.max(...age).toFixed(0)} ms; ` +
      `last shown ${fast.shown.at(-1)?.text} of ${fast.checkpoints.at(-1)?.number}`,
  );
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
