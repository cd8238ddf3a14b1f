// Who keeps a data folder: `running.json` in it, written by the broker's process once it listens and
// removed when it exits, unless it was killed.
//
//   { "pid": 4711, "port": 19092 }

import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

export interface RunningBroker {
  readonly pid: number;
  /** On 127.0.0.1. */
  readonly port: number;
}

const fileIn = (dataDir: string) => path.join(dataDir, 'running.json');

function parse(text: string): RunningBroker | undefined {
  try {
    const { pid, port } = JSON.parse(text) as Partial<Record<string, unknown>>;
    if (typeof pid !== 'number' || typeof port !== 'number') return undefined;
    return Number.isSafeInteger(pid) && pid > 0 ? { pid, port } : undefined;
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

/** Says that this process keeps `dataDir`, which is there, until it exits. */
export function announceRunning(dataDir: string, port: number): void {
  const file = fileIn(dataDir);
  const unfinished = `${file}.${process.pid}`;
  const own: RunningBroker = { pid: process.pid, port };
  writeFileSync(unfinished, JSON.stringify(own));
  renameSync(unfinished, file);
  process.on('exit', () => {
    try {
      if (parse(readFileSync(file, 'utf8'))?.pid === process.pid) rmSync(file);
    } catch {
      // the folder is gone
    }
  });
}
