import { fork, spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { RandomNumbers } from '../fuzz/randomNumbers';
import { python } from '../python.mjs';
import type { Outage, ReaderReport } from './tortureReader';

export interface TortureOptions {
  readonly seconds: number;
  readonly readers: number;
  /** Batches a second. */
  readonly rate: number;
  readonly seed: number;
  /** Seconds between two kills of the writer. */
  readonly killEvery: number;
}

export interface TortureResult {
  readonly views: number;
  readonly batches: number;
  readonly kills: number;
  readonly remakes: number;
  /** Views that were not what the writer wrote. */
  readonly bad: readonly string[];
  /** What a person would have seen: errors, and outages while the folder was not made anew. */
  readonly errors: readonly string[];
  readonly outages: number;
  readonly slowestMs: number;
  readonly reports: readonly ReaderReport[];
}

/** Times at which the folder was being made anew, ms since epoch. */
interface Remaking {
  readonly from: number;
  to: number;
}

/** How far a process' notice of what happens may be behind. */
const slackMs = 150;

/** A writer that is killed again and again. */
class Writer {
  readonly remakings: Remaking[] = [{ from: 0, to: Infinity }];
  kills = 0;
  private child: ChildProcess | undefined;
  private errors = '';

  constructor(
    private readonly folder: string,
    private readonly rate: number,
    private readonly seed: number,
  ) {}

  /** Resolves when it writes. */
  async start(): Promise<void> {
    const script = path.join(import.meta.dirname, 'tortureWriter.py');
    const args = [script, this.folder, String(this.rate), String(this.seed + this.kills)];
    const child = spawn(await python(), args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    child.stderr.on('data', (data: Buffer) => {
      this.errors += data.toString();
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [what, at] = line.split(' ');
      if (what === 'remake') this.remakings.push({ from: Number(at), to: Infinity });
      const last = this.remakings.at(-1);
      if (what === 'remade' && last) last.to = Number(at);
    });
    if (this.kills === 0) {
      while (this.remakings[0]?.to === Infinity && child.exitCode === null) await delay(10);
    }
  }

  /** @throws when it ended by itself */
  async kill(): Promise<void> {
    const { child } = this;
    if (!child) return;
    this.child = undefined;
    if (child.exitCode !== null) throw new Error(`the writer ended: ${this.errors}`);
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await ended;
    this.kills++;
  }
}

/** Several readers beside a writer that does all that a writer can do to them. */
export async function torture(options: TortureOptions): Promise<TortureResult> {
  const { seconds, rate, seed, killEvery } = options;
  const prefix = path.join(os.tmpdir(), 'state-folder-torture-');
  const folder = await realpath(await mkdtemp(prefix));
  const writer = new Writer(folder, rate, seed);
  const numbers = new RandomNumbers(seed, 1);
  try {
    await writer.start();
    const readers = Array.from({ length: options.readers }, (_, i) => new Reader(folder, seed + i));
    const end = Date.now() + seconds * 1000;
    while (Date.now() < end) {
      const pause = killEvery * (500 + numbers.below(1000));
      await delay(Math.max(0, Math.min(pause, end - Date.now())));
      await writer.kill();
      if (Date.now() < end) await writer.start();
    }
    const reports = await Promise.all(readers.map((reader) => reader.stop()));
    return resultOf(reports, writer);
  } finally {
    await writer.kill().catch(() => undefined);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

class Reader {
  private readonly child: ChildProcess;
  private readonly report: Promise<ReaderReport>;

  constructor(folder: string, seed: number) {
    this.child = fork(path.join(import.meta.dirname, 'tortureReader.ts'), [folder, String(seed)], {
      execArgv: ['--import', 'tsx'],
    });
    this.report = new Promise((resolve, reject) => {
      this.child.once('message', (message) => resolve(message as ReaderReport));
      this.child.once('exit', (code) => reject(new Error(`a reader ended with ${code}`)));
    });
    this.report.catch(() => undefined); // `stop` tells of it
  }

  stop(): Promise<ReaderReport> {
    if (this.child.connected) this.child.send('stop');
    return this.report;
  }
}

function resultOf(reports: readonly ReaderReport[], writer: Writer): TortureResult {
  const outages = reports.flatMap((report) => report.outages);
  const seen = outages.filter((outage) => !isExcused(outage, writer.remakings));
  const sum = (of: (report: ReaderReport) => number) =>
    reports.reduce((total, report) => total + of(report), 0);
  return {
    views: sum(({ views }) => views),
    batches: Math.max(...reports.map(({ newest }) => newest)),
    kills: writer.kills,
    remakes: writer.remakings.length - 1,
    bad: reports.flatMap(({ bad }) => bad),
    errors: [
      ...reports.flatMap(({ errors }) => errors),
      ...seen.map(({ error }) => (error === '' ? 'an empty store' : error)),
    ],
    outages: outages.length - seen.length,
    slowestMs: Math.max(...reports.map(({ slowestMs }) => slowestMs)),
    reports,
  };
}

function isExcused({ from, to }: Outage, remakings: readonly Remaking[]): boolean {
  return remakings.some((one) => from <= one.to + slackMs && to >= one.from - slackMs);
}
