import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { buildScanThread } from '../properties/scanThreadModule';
import type { Reading } from './fullReading';
import type { ReadAnswer, ReadRequest } from './readerChild';

/** What reading a store came to, and what it took. */
export type Outcome =
  | {
      readonly kind: 'read';
      readonly reading: Reading;
      /** Of processor time. */
      readonly ms: number;
      /** The most memory that the process had meanwhile, in MB; 0 where that is not known. */
      readonly megabytes: number;
      readonly rows?: ReadAnswer['rows'];
    }
  /** It had to be ended after `limitMs`. */
  | { readonly kind: 'hung' }
  | { readonly kind: 'crashed'; readonly how: string };

/** Readings until the process is started anew: what others left behind must not count for too long. */
const readingsEach = 400;

/** A process that reads stores for us: it may crash or hang, and its memory can be measured. */
export class ReaderProcess {
  private child: ChildProcess | undefined;
  private readings = 0;

  /** `module`: as `buildReader` makes it. */
  constructor(private readonly module: string) {}

  async read(request: ReadRequest, limitMs: number): Promise<Outcome> {
    if (this.readings++ % readingsEach === 0) this.stop();
    const child = (this.child ??= await start(this.module));
    const measured = forgetPeak(child.pid);
    const outcome = await answerOf(child, request, limitMs);
    if (outcome.kind !== 'read') this.stop();
    else if (measured) return { ...outcome, megabytes: peakOf(child.pid) };
    return outcome;
  }

  stop(): void {
    this.child?.kill('SIGKILL');
    this.child = undefined;
  }
}

/** Makes the program that reads, once for all processes: what is read with stays the same meanwhile. */
export async function buildReader(folder: string): Promise<string> {
  const outfile = path.join(folder, 'reader.cjs');
  await build({
    entryPoints: [path.join(import.meta.dirname, 'readerChild.ts')],
    bundle: true,
    platform: 'node',
    define: { 'import.meta.dirname': JSON.stringify(import.meta.dirname) },
    outfile,
    logLevel: 'error',
  });
  await buildScanThread(folder);
  return outfile;
}

async function start(module: string): Promise<ChildProcess> {
  const threads = path.join(path.dirname(module), 'scanThread.cjs');
  const child = fork(module, [threads], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await once(child, 'message');
  return child;
}

function answerOf(child: ChildProcess, request: ReadRequest, limitMs: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const done = (outcome: Outcome) => {
      clearTimeout(timer);
      child.off('message', answered).off('exit', ended);
      resolve(outcome);
    };
    const answered = (message: unknown) => {
      done({ kind: 'read', ...(message as ReadAnswer), megabytes: 0 });
    };
    const ended = (code: number | null, signal: string | null) =>
      done({ kind: 'crashed', how: signal ?? `exit code ${code}` });
    const timer = setTimeout(() => done({ kind: 'hung' }), limitMs);
    child.once('message', answered).once('exit', ended);
    child.send(request);
  });
}

/** Linux counts a process' peak of resident memory, from when it is told to. */
function forgetPeak(pid: number | undefined): boolean {
  if (process.platform !== 'linux') return false;
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
    return true;
  } catch {
    return false; // it has ended, which is told elsewhere
  }
}

function peakOf(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s*(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
}
