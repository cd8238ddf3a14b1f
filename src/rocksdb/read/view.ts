import { UnsupportedFormatError } from '../errors';
import { comparatorOf, featureOfComparator, type Comparator } from '../manifest/comparator';
import { mergeOperatorOf } from '../manifest/mergeOperator';
import type { ColumnFamily } from '../manifest/version';
import type { Memtable } from '../memtable/memtable';
import type { RangeDeletion } from '../memtable/rangeDeletion';
import { ScanMemories } from '../table/readAhead';
import { Merge } from './merge';
import { LevelSource, RunSource, type Damage, type Source, type ViewTable } from './sources';

export interface ScanOptions {
  /** The first key wanted. */
  readonly from?: Uint8Array | undefined;
  /** The first key no longer wanted. */
  readonly to?: Uint8Array | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told of blocks that cannot be read, which are passed over then; without it that is thrown. */
  readonly onDamage?: ((damage: Damage) => void) | undefined;
}

/** One column family at one point in time: one version of the MANIFEST, one length of every log. */
export class ColumnFamilyView {
  constructor(
    readonly family: ColumnFamily,
    readonly memtable: Memtable,
    /** Level 0, the newest first, then one array for each deeper level, in key order. */
    readonly levels: readonly (readonly ViewTable[])[],
    /** Where it lies, for errors. */
    readonly directory: string,
    /** What OPTIONS have as its merge operator. */
    readonly mergeOption: string | undefined,
  ) {}

  /**
   * The entries from `from` on and before `to`, in key order, read with `memories`.
   * @throws UnsupportedFormatError
   */
  merge({ from, to, onDamage }: ScanOptions, memories = new ScanMemories()): Merge {
    const comparator = this.comparator();
    const deletions = this.memtable.rangeDeletions;
    const sources = this.sources(to, comparator, memories, deletions, onDamage);
    const operator = this.mergeOption === undefined ? undefined : mergeOperatorOf(this.mergeOption);
    const { directory } = this;
    return new Merge(sources, from, to, deletions, directory, comparator, operator);
  }

  /** Reads all of every table but its data. @throws CorruptionError, UnsupportedFormatError */
  async openTables(): Promise<void> {
    for (const { table } of this.levels.flat()) await table.contents();
  }

  /** About how many entries there are: those of tables less deletions, and those of the logs. */
  async estimate(): Promise<number> {
    let count = 0;
    for (const { table } of this.levels.flat()) {
      const { properties } = await table.head();
      const entries = properties.number('rocksdb.num.entries') ?? 0;
      const deletions = properties.number('rocksdb.deleted.keys') ?? 0;
      count += Math.max(0, entries - 2 * deletions);
    }
    for (const run of this.memtable.runs) count += run.length;
    return count;
  }

  /** Everything that a scan must merge, the newest first. */
  private sources(
    to: Uint8Array | undefined,
    comparator: Comparator,
    memories: ScanMemories,
    deletions: RangeDeletion[],
    onDamage: ((damage: Damage) => void) | undefined,
  ): Source[] {
    const [level0 = [], ...deeper] = this.levels;
    const levels = [
      ...level0.map((table) => [table]),
      ...deeper.filter(({ length }) => length > 0),
    ];
    const { runs } = this.memtable;
    return [
      ...runs.map((run, rank) => new RunSource(rank, run, comparator.compare, memories.next())),
      ...levels.map((level, i) => {
        const rank = runs.length + i;
        return new LevelSource(rank, level, to, comparator, memories.next(), deletions, onDamage);
      }),
    ];
  }

  /** @throws UnsupportedFormatError for one that is not known */
  comparator(): Comparator {
    const { comparator: name } = this.family;
    const comparator = comparatorOf(name);
    if (comparator) return comparator;
    throw new UnsupportedFormatError(this.directory, featureOfComparator(name));
  }
}
