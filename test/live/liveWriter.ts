import { spawn } from 'node:child_process';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { python } from '../python.mjs';

/** A running Python writer, and where its partition is. */
export interface LiveWriter {
  readonly directory: string;
  /** Resolves when it ended by itself, to how many checkpoints it made. */
  readonly ended: Promise<number>;
  running(): boolean;
  remove(): Promise<void>;
}

/** Starts liveWriter.py for some seconds, with a pause between checkpoints; resolves at its first. */
export async function startLiveWriter(seconds: number, pauseMs: number): Promise<LiveWriter> {
  const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'state-folder-live-')));
  const script = path.join(import.meta.dirname, 'liveWriter.py');
  const writer = spawn(
    await python(),
    [script, path.join(folder, 'state/group'), `${seconds}`, `${pauseMs / 1000}`],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let output = '';
  const ready = new Promise<void>((resolve, reject) => {
    writer.once('exit', (code) => reject(new Error(`the writer ended with ${code}`)));
    writer.stdout.on('data', (data: Buffer) => {
      output += data.toString();
      if (output.includes('ready')) resolve();
    });
  });
  const ended = new Promise<number>((resolve, reject) => {
    writer.once('close', (code) => {
      const last = output.trim().split('\n').at(-1) ?? '';
      if (code === 0) resolve((JSON.parse(last) as { checkpoints: number }).checkpoints);
      else reject(new Error(`the writer ended with ${code}`));
    });
  });
  ended.catch(() => undefined); // whoever waits for it hears of it
  await ready;
  return {
    directory: path.join(folder, 'state/group/default/orders/0'),
    ended,
    running: () => writer.exitCode === null && writer.signalCode === null,
    async remove() {
      writer.kill('SIGKILL');
      await ended.catch(() => undefined);
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
