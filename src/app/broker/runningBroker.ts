// Who keeps a data folder: `running.json` in it, written by the broker's process once it listens and
// removed when it exits, unless it was killed.
//
//   { "pid": 4711, "port": 19092 }     and `"ending": true` from when it ends because it is meant to

import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

export interface RunningBroker {
  readonly pid: number;
  /** On 127.0.0.1. */
  readonly port: number;
  /** It was told to end, or has no user any more. */
  readonly ending: boolean;
}

const fileIn = (dataDir: string) => path.join(dataDir, 'running.json');

function parse(text: string): RunningBroker | undefined {
  try {
    const { pid, port, ending } = JSON.parse(text) as Partial<Record<string, unknown>>;
    if (typeof pid !== 'number' || typeof port !== 'number') return undefined;
    if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
    return { pid, port, ending: ending === true };
  } catch {
    return undefined; // none, or half of one
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The broker that keeps `dataDir`; undefined when its process has ended. */
export async function runningBrokerOf(dataDir: string): Promise<RunningBroker | undefined> {
  const running = parse(await readFile(fileIn(dataDir), 'utf8').catch(() => ''));
  return running && isAlive(running.pid) ? running : undefined;
}

/** Whether the broker with a process id, which keeps `dataDir` or did, was killed or failed: it did not say that it ends. */
export function hasCrashed(dataDir: string, pid: number): boolean {
  try {
    const last = parse(readFileSync(fileIn(dataDir), 'utf8'));
    return last?.pid === pid && !last.ending;
  } catch {
    return false; // it has ended, and removed it
  }
}

/** Says that this process keeps `dataDir`, which is there, until it exits; gives what says that it will soon. */
export function announceRunning(dataDir: string, port: number): () => void {
  const file = fileIn(dataDir);
  const unfinished = `${file}.${process.pid}`;
  const announce = (ending: boolean) => {
    const own: RunningBroker = { pid: process.pid, port, ending };
    writeFileSync(unfinished, JSON.stringify(own));
    renameSync(unfinished, file);
  };
  announce(false);
  process.on('exit', () => {
    try {
      if (parse(readFileSync(file, 'utf8'))?.pid === process.pid) rmSync(file);
    } catch {
      // the folder is gone
    }
  });
  return () => announce(true);
}
