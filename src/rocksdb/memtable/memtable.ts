import type { Kernel } from '../kernel/kernel';
import type { Comparator } from '../manifest/comparator';
import type { RangeDeletion } from './rangeDeletion';
import { LoggedRun } from './loggedRun';
import type { LoggedOperations } from './loggedOperations';
import { OperationOrder } from './operationOrder';
import type { Run } from './run';
import { SortedRun } from './sortedRun';

/** What one write-ahead log adds to one column family: runs, the newest first. Never changed. */
interface Generation {
  readonly log: number;
  /** The last sequence in it. */
  readonly newest: number;
  readonly runs: GrowingRuns;
  readonly rangeDeletions: readonly RangeDeletion[];
}

/**
 * What the write-ahead logs hold of one column family and no table does yet: RocksDB's memtables,
 * rebuilt. Immutable: adding gives a new one that shares what did not change.
 */
export class Memtable {
  static readonly empty = new Memtable([]);

  private constructor(private readonly generations: readonly Generation[]) {}

  /** Of runs, the newest first, as another memtable has them. */
  static of(runs: readonly Run[], rangeDeletions: readonly RangeDeletion[]): Memtable {
    return new Memtable([{ log: 0, newest: 0, runs: new GrowingRuns(runs), rangeDeletions }]);
  }

  /** All runs, the newest first. */
  get runs(): Run[] {
    return this.generations.flatMap(({ runs }) => runs.all());
  }

  get rangeDeletions(): RangeDeletion[] {
    return this.generations.flatMap((generation) => generation.rangeDeletions);
  }

  /**
   * Adds operations of log number `log`, which follow those that it has of this log; they must not
   * change from then on.
   */
  add(log: number, operations: LoggedOperations, kernel: Kernel, comparator: Comparator): Memtable {
    const same = this.generations.find((generation) => generation.log === log);
    const { newest, rangeDeletions } = operations;
    let runs = same?.runs ?? new GrowingRuns([]);
    if (operations.length > 0) runs = runs.with({ operations, kernel, comparator });
    const generation: Generation = {
      log,
      newest,
      runs,
      rangeDeletions: [...rangeDeletions, ...(same?.rangeDeletions ?? [])],
    };
    return this.with([generation]);
  }

  /** With the logs of another one, whose generations count where both have a log. */
  and(other: Memtable): Memtable {
    return other.generations.length === 0 ? this : this.with(other.generations);
  }

  /** Without the logs before `logNumber`, whose contents tables hold by now. */
  from(logNumber: number): Memtable {
    const kept = this.generations.filter((generation) => generation.log >= logNumber);
    return kept.length === this.generations.length ? this : new Memtable(kept);
  }

  private with(generations: readonly Generation[]): Memtable {
    const logs = new Set(generations.map(({ log }) => log));
    const kept = this.generations.filter(({ log }) => !logs.has(log));
    // By their numbers, too, but for logs that have changed names: sequences are what counts in tables.
    return new Memtable([...generations, ...kept].sort((a, b) => b.newest - a.newest));
  }
}

/** Operations that came at once, and what puts them in order. */
interface Added {
  readonly operations: LoggedOperations;
  readonly kernel: Kernel;
  readonly comparator: Comparator;
}

/** Runs, the newest first, and operations that are put in order when somebody asks: few that look on do. */
class GrowingRuns {
  constructor(
    private runs: readonly Run[],
    /** Newer than the runs, the oldest first. */
    private waiting: readonly Added[] = [],
  ) {}

  with(added: Added): GrowingRuns {
    const grown = new GrowingRuns(this.runs, [...this.waiting, added]);
    const kept = grown.waiting.reduce((sum, { operations }) => sum + operations.bytes.length, 0);
    if (kept > mostWaiting || grown.waiting.length > longestWaiting) grown.all();
    return grown;
  }

  all(): readonly Run[] {
    for (const { operations, kernel, comparator } of this.waiting) {
      const run = isLarge(operations)
        ? new LoggedRun(operations, kernel, comparator)
        : SortedRun.fromOperations(new OperationOrder(operations, comparator), kernel);
      this.runs = compacted([run, ...this.runs], comparator);
      layOut(this.runs);
    }
    this.waiting = [];
    return this.runs;
  }
}

/** Bytes of memory, and how many times operations came, that wait at most to be put in order. */
const mostWaiting = 1 << 20;
const longestWaiting = 64;
/** Bytes of operations that are laid out when they come: what a checkpoint adds, seldom more. */
const mostAtOnce = 256 << 10;
/** Larger runs are not merged: it would hold its thread for longer than a frame of the screen. */
const mostMerged = 2 << 20;
/** So many bytes of the newest runs may be as they were logged, which takes more memory. */
const mostLogged = 24 << 20;

/** Whether operations may stay as they were logged: most of the memory that this keeps is theirs. */
function isLarge({ size, bytes }: LoggedOperations): boolean {
  return size > mostAtOnce && size > bytes.length / 64;
}

/** Lays out older runs. */
function layOut(runs: readonly Run[]): void {
  let logged = 0;
  for (const run of runs) {
    if (!(run instanceof LoggedRun) || run.isLaidOut) continue;
    logged += run.size;
    if (logged > mostLogged) run.laidOut();
  }
}

/** Merges neighbours until each run is over twice as large as the next newer, or large: few runs, little work. */
function compacted(runs: readonly Run[], comparator: Comparator): Run[] {
  const result = [...runs];
  for (;;) {
    const [newer, older] = result;
    if (!(newer instanceof SortedRun) || !(older instanceof SortedRun)) return result;
    if (older.size > 2 * newer.size || older.size + newer.size > mostMerged) return result;
    result.splice(0, 2, SortedRun.merge(newer, older, comparator));
  }
}
