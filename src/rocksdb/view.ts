import { compareBytes } from './coding';
import { UnsupportedFormatError } from './errors';
import type { Memtable } from './memtable';
import { MergingIterator } from './mergingIterator';
import { describedIn, Scan, valueOf, type ScanOptions } from './scan';
import type { RangeDeletion, Version } from './sortedRun';
import { LevelSource, RunSource, seekEntry, type Source, type ViewTable } from './sources';
import { versionAt } from './table';
import { isBytewise, userKeyOf, type ColumnFamily } from './version';

const first = new Uint8Array(0);

/** One column family at one point in time: one version of the MANIFEST, one length of every log. */
export class ColumnFamilyView {
  constructor(
    readonly family: ColumnFamily,
    private readonly memtable: Memtable,
    private readonly levels: readonly (readonly ViewTable[])[],
    /** Where it lies, for errors. */
    private readonly directory: string,
  ) {}

  /** Everything that a scan must merge, the newest first. */
  private sources(): Source[] {
    const [level0 = [], ...deeper] = this.levels;
    return [
      ...this.memtable.runs.map((run) => new RunSource(run)),
      ...level0.map((table) => new LevelSource([table])),
      ...deeper.filter((level) => level.length > 0).map((level) => new LevelSource(level)),
    ];
  }

  /** A scan from `from` on and before `to`, in key order. @throws UnsupportedFormatError */
  scan({ from, to, signal }: ScanOptions): Scan {
    this.check();
    signal?.throwIfAborted();
    const deletions = this.memtable.rangeDeletions;
    const versions = new MergingIterator(this.sources(), from ?? first, deletions);
    return new Scan(versions, deletions, to, signal, this.directory);
  }

  /** The value of a key, a copy; undefined when there is none. */
  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    this.check();
    const deletions = this.memtable.rangeDeletions;
    try {
      const version = await this.find(key, deletions);
      return version && valueOf(version, deletions, this.directory)?.slice();
    } catch (error) {
      throw describedIn(this.directory, error);
    }
  }

  /** About how many entries there are: those of tables less deletions, and those of the logs. */
  async estimate(): Promise<number> {
    let count = 0;
    for (const { table } of this.levels.flat()) {
      const { entries, deletions } = await table.contents();
      count += Math.max(0, entries - 2 * deletions);
    }
    for (const run of this.memtable.runs) count += run.length;
    return count;
  }

  private async find(key: Uint8Array, deletions: RangeDeletion[]): Promise<Version | undefined> {
    for (const run of this.memtable.runs) {
      const version = run.find(key);
      if (version) return version;
    }
    for (const { meta, table } of this.levels.flat()) {
      if (compareBytes(userKeyOf(meta.smallest), key) > 0) continue;
      if (compareBytes(userKeyOf(meta.largest), key) < 0) continue;
      deletions.push(...(await table.contents()).rangeDeletions);
      // The newest version stands first; a key's versions may go on in the next block.
      for (let position = await table.seekBlock(key); ; position++) {
        const block = await table.block(position);
        if (!block) break;
        const entry = seekEntry(block, key);
        if (entry === block.length) continue;
        const version = versionAt(block, entry);
        if (compareBytes(version.key, key) === 0) return version;
        break;
      }
    }
    return undefined;
  }

  private check(): void {
    const { comparator } = this.family;
    if (!isBytewise(comparator)) {
      throw new UnsupportedFormatError(this.directory, `comparator ${comparator}`);
    }
  }
}
