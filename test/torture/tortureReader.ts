// A process that looks at a store again and again, anew and refreshed, and holds each view against the
// writer's invariant:  tortureReader.ts FOLDER SEED   until it is told to stop.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openReadOnly, RocksDBError, WalTailError, type Database } from '../../src/rocksdb/index';
import { RandomNumbers } from '../fuzz/randomNumbers';
import { batchesOf, wrongIn, type FamilyText } from './writerInvariant';

/** When nothing could be shown, ms since epoch: right only while the folder was made anew. */
export interface Outage {
  readonly from: number;
  readonly to: number;
  /** '' where a store was there, and nothing in it. */
  readonly error: string;
}

export interface ReaderReport {
  views: number;
  readonly bad: string[];
  readonly outages: Outage[];
  /** Errors of another kind than that something is gone. */
  readonly errors: string[];
  slowestMs: number;
  /** The last batch seen. */
  newest: number;
  /** Open descriptors and MB of resident memory, now and then. */
  readonly descriptors: number[];
  readonly megabytes: number[];
}

const [folder = '', seed = '0'] = process.argv.slice(2);
const directory = path.join(folder, 'store');
const numbers = new RandomNumbers(Number(seed), 0);
const report: ReaderReport = {
  ...{
    views: 0,
    bad: [],
    outages: [],
    errors: [],
    slowestMs: 0,
    newest: 0,
    descriptors: [],
    megabytes: [],
  },
};
/** What is told of a store that is being deleted. */
const missing = new Set(['gone', 'notADatabase', 'walElsewhere', 'walMissing']);
let running = true;

process.on('message', () => {
  running = false;
});

/** The last batch of which the writer has told. */
function progress(): number {
  const bytes = readFileSync(path.join(folder, 'progress'));
  return bytes.length < 8 ? 0 : Number(bytes.readBigUInt64LE());
}

async function read(database: Database): Promise<Record<string, FamilyText>> {
  const view: Record<string, FamilyText> = {};
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
  for (const family of database.columnFamilies) {
    const entries = new Map<string, string>();
    let last = '';
    const take = (key: string, value: string) => {
      if (entries.size > 0 && key <= last) report.bad.push(`${key} after ${last}`);
      entries.set((last = key), value);
    };
    if (numbers.chance(0.5)) {
      for await (const { key, value } of database.entries(family)) take(text(key), text(value));
    } else {
      for await (const batch of database.batches(family)) {
        for (let i = 0; i < batch.length; i++) take(text(batch.key(i)), text(batch.value(i)));
      }
    }
    view[family] = entries;
  }
  return view;
}

/** Other ways to ask the same view. */
async function ask(database: Database, view: Record<string, FamilyText>): Promise<void> {
  for (const [family, entries] of Object.entries(view)) {
    const counted = await database.count(family);
    if (counted !== entries.size) report.bad.push(`${family}: ${counted} counted`);
    const keys = Array.from({ length: 12 }, () =>
      numbers.one(['k', 'c', 'd', 'r', 'x']).concat(String(numbers.below(60)).padStart(4, '0')),
    );
    const many = await database.getMany(
      family,
      keys.map((key) => Buffer.from(key)),
    );
    const one = await database.get(family, Buffer.from(keys[0] ?? ''));
    for (const [key, value] of [
      [keys[0], one] as const,
      ...keys.map((k, i) => [k, many[i]] as const),
    ]) {
      const found = value && Buffer.from(value).toString('latin1');
      const expected = entries.get(key ?? '');
      if (found !== expected) report.bad.push(`${family}: ${key} is ${found}, not ${expected}`);
    }
  }
}

async function look(database: Database, atLeast: number): Promise<boolean> {
  const view = await read(database);
  const amiss = database.warnings.find((one) => !(one instanceof WalTailError && one.torn));
  if (amiss) throw amiss;
  const wrong = wrongIn(view);
  if (wrong !== undefined) report.bad.push(wrong);
  await ask(database, view);
  const batches = wrong === undefined ? batchesOf(view) : undefined;
  if (!batches) return wrong !== undefined;
  const [, n] = batches;
  if (n < atLeast) report.bad.push(`batch ${n}, when ${atLeast} had been told`);
  report.newest = Math.max(report.newest, n);
  return true;
}

async function main(): Promise<void> {
  let kept: Database | undefined;
  while (running) {
    const from = Date.now();
    const started = performance.now();
    let fresh: Database | undefined;
    try {
      const atLeast = Math.max(progress(), report.newest);
      if (!kept) kept = await openReadOnly(directory);
      else if (numbers.chance(0.1)) fresh = await openReadOnly(directory);
      else await kept.refresh();
      const shown = await look(fresh ?? kept, atLeast);
      if (!shown) report.outages.push({ from, to: Date.now(), error: '' });
      report.slowestMs = Math.max(report.slowestMs, performance.now() - started);
      if (shown) report.views++;
    } catch (error) {
      if (error instanceof RocksDBError && missing.has(error.code))
        report.outages.push({ from, to: Date.now(), error: error.message });
      else
        report.errors.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
      await delay(2);
    }
    await fresh?.close();
    if (report.views % 50 === 0 && process.platform === 'linux') {
      report.descriptors.push(readdirSync('/proc/self/fd').length);
      report.megabytes.push(process.memoryUsage.rss() / 2 ** 20);
    }
    // Long enough, now and then, for descriptors to be let go of meanwhile.
    await delay(numbers.chance(0.003) ? 2500 : numbers.below(15));
  }
  await kept?.close();
  process.send?.(report, () => process.exit(0));
}

void main();
