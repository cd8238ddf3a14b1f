import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { ScanThreads } from '../../src/rocksdb/index';
import { RocksdictPeer } from './rocksdictPeer';
import { buildScanThread } from './scanThreadModule';
import { someStep } from './steps';
import { lastingOptions, sessionOptions } from './storeOptions';
import { isRefusal, StoreUnderTest } from './storeUnderTest';

export interface PropertyRun {
  readonly seed: number;
  readonly count: number;
  /** Of a failure: only that is run. */
  readonly path?: string | undefined;
  /** Make a failure small, which takes its time. */
  readonly shrink?: boolean | undefined;
}

/** What was compared. */
export interface PropertyFigures {
  stores: number;
  steps: number;
}

/**
 * Whatever is done to a store, in whatever order and with whatever options: a new view and one that is
 * refreshed show what RocksDB shows. @throws with seed, path and the smallest steps that show otherwise
 */
export async function checkReader(run: PropertyRun): Promise<PropertyFigures> {
  const figures: PropertyFigures = { stores: 0, steps: 0 };
  const folder = await mkdtemp(path.join(os.tmpdir(), 'state-folder-threads-'));
  const threads = new ScanThreads(await buildScanThread(folder));
  let peer = await RocksdictPeer.start();
  const store = fc.record({
    lasting: lastingOptions,
    session: sessionOptions,
    walElsewhere: fc.integer({ min: 0, max: 5 }).map((roll) => roll === 0),
    steps: fc.array(someStep, { minLength: 1, maxLength: 14 }),
  });
  const property = fc.asyncProperty(store, async ({ lasting, session, walElsewhere, steps }) => {
    let under: StoreUnderTest | undefined;
    try {
      under = await StoreUnderTest.create(peer, lasting, session, walElsewhere, threads);
      for (const step of steps) {
        await under.run(step);
        figures.steps++;
      }
      figures.stores++;
    } catch (error) {
      if (!isRefusal(error)) throw error;
    } finally {
      // After a kill it is another one.
      if (under) peer = under.peer;
      await under?.remove();
    }
  });
  try {
    const details = await fc.check(property, {
      seed: run.seed,
      numRuns: run.count,
      ...(run.path === undefined ? {} : { path: run.path }),
      endOnFailure: run.shrink !== true,
    });
    if (details.failed) throw new Error(failureOf(details), { cause: details.errorInstance });
  } finally {
    await peer.kill();
    await threads.dispose();
    await rm(folder, { recursive: true });
  }
  return figures;
}

/** How to run it again, what was done, and what differed. */
function failureOf<T>(details: fc.RunDetails<T>): string {
  const { seed, counterexamplePath, counterexample, errorInstance } = details;
  const done = JSON.stringify(counterexample, (_, value: unknown) =>
    isStored(value) ? shortened(Buffer.from(value.data)) : value,
  );
  const error = errorInstance instanceof Error ? errorInstance.stack : String(errorInstance);
  return `--seed ${seed} --path ${counterexamplePath}\n${done}\n${error}`;
}

/** What JSON makes of a Buffer. */
function isStored(value: unknown): value is { data: number[] } {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer';
}

function shortened(bytes: Buffer): string {
  const text = bytes.subarray(0, 16).toString('hex');
  return bytes.length > 16 ? `${text}… (${bytes.length})` : text;
}
