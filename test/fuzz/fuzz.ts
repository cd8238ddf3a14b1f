import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Fuzzer, type Finding, type FuzzFigures } from './fuzzer';
import { buildReader } from './readerProcess';
import { soundStores } from './soundStores';

export interface FuzzOptions {
  readonly seed: number;
  /** The first run, of `count`. */
  readonly first: number;
  readonly count: number;
  /** Processes that read at the same time. */
  readonly lanes: number;
  /** Folder for stores with findings. */
  readonly keep?: string | undefined;
  readonly onFinding?: (finding: Finding) => void;
}

export interface FuzzResult {
  readonly findings: readonly Finding[];
  readonly figures: FuzzFigures;
  readonly stores: number;
}

/** Damages small stores, each run in its own way, and holds what the reader makes of them against RocksDB. */
export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  const stores = await soundStores();
  const findings: Finding[] = [];
  const { seed, first, count, lanes, keep, onFinding } = options;
  const folder = await mkdtemp(path.join(os.tmpdir(), 'state-folder-fuzz-reader-'));
  const reader = await buildReader(folder);
  let next = first;
  const figures = await Promise.all(
    Array.from({ length: lanes }, async () => {
      const fuzzer = new Fuzzer(stores, seed, keep, reader);
      try {
        while (next < first + count) {
          const finding = await fuzzer.run(next++);
          if (!finding) continue;
          findings.push(finding);
          onFinding?.(finding);
        }
      } finally {
        await fuzzer.stop();
      }
      return fuzzer.figures;
    }),
  );
  await rm(folder, { recursive: true });
  return { findings, figures: figures.reduce(together), stores: stores.length };
}

function together(a: FuzzFigures, b: FuzzFigures): FuzzFigures {
  return {
    runs: a.runs + b.runs,
    told: a.told + b.told,
    marked: a.marked + b.marked,
    same: a.same + b.same,
    notCompared: a.notCompared + b.notCompared,
    rocksdbCrashed: a.rocksdbCrashed + b.rocksdbCrashed,
    slowestMs: Math.max(a.slowestMs, b.slowestMs),
    mostMegabytes: Math.max(a.mostMegabytes, b.mostMegabytes),
  };
}
