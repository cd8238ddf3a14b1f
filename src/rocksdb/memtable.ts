import { ValueType } from './internalKey';
import { SortedRun, type RangeDeletion } from './sortedRun';
import type { Operation } from './writeBatch';

/** What one write-ahead log adds to one column family: runs, the newest first. Never changed. */
interface Generation {
  readonly log: number;
  readonly runs: readonly SortedRun[];
  readonly rangeDeletions: readonly RangeDeletion[];
}

/**
 * What the write-ahead logs hold of one column family and no table does yet: RocksDB's memtables,
 * rebuilt. Immutable: adding gives a new one that shares what did not change.
 */
export class Memtable {
  static readonly empty = new Memtable([]);

  private constructor(private readonly generations: readonly Generation[]) {}

  /** All runs, the newest first. */
  get runs(): SortedRun[] {
    return this.generations.flatMap((generation) => generation.runs);
  }

  get rangeDeletions(): RangeDeletion[] {
    return this.generations.flatMap((generation) => generation.rangeDeletions);
  }

  /** Adds operations of log number `log`, which is the newest log so far; in the order written. */
  add(log: number, operations: readonly Operation[]): Memtable {
    if (operations.length === 0) return this;
    const points: Operation[] = [];
    const ranges: RangeDeletion[] = [];
    for (const operation of operations) {
      if (operation.type === ValueType.rangeDeletion) {
        const { key, value, sequence } = operation;
        ranges.push({ start: key.slice(), end: value.slice(), sequence });
      } else {
        points.push(operation);
      }
    }
    const [newest, ...older] = this.generations;
    const same = newest?.log === log ? newest : undefined;
    const generation: Generation = {
      log,
      runs: compacted([SortedRun.fromOperations(points), ...(same?.runs ?? [])]),
      rangeDeletions: [...ranges, ...(same?.rangeDeletions ?? [])],
    };
    return new Memtable([generation, ...(same ? older : this.generations)]);
  }

  /** Without the logs before `logNumber`, whose contents tables hold by now. */
  from(logNumber: number): Memtable {
    const kept = this.generations.filter((generation) => generation.log >= logNumber);
    return kept.length === this.generations.length ? this : new Memtable(kept);
  }
}

/** Merges neighbours until each run is over twice as large as the next newer: few runs, little work. */
function compacted(runs: readonly SortedRun[]): SortedRun[] {
  const result = [...runs];
  for (;;) {
    const [newer, older] = result;
    if (!newer || !older || older.size > 2 * newer.size) return result;
    result.splice(0, 2, SortedRun.merge(older, newer));
  }
}
