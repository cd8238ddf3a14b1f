import type { OldLogs } from '../log/oldLogs';
import type { TableFiles } from '../table/tableFiles';
import { ColumnFamilyView } from './view';

/**
 * One point in time of a whole database. It holds its tables open until it is no longer the current
 * one and the last scan on it has ended.
 */
export class Snapshot {
  private users = 1;

  constructor(
    private readonly views: ReadonlyMap<string, ColumnFamilyView>,
    private readonly tables: readonly number[],
    private readonly files: TableFiles,
    /** What is not in the views' memtables yet. */
    private readonly oldLogs: OldLogs | undefined,
    /** The first log that is in them. */
    private readonly firstLog: number,
  ) {}

  /** Names of the column families: `default`, then in the order they were made. */
  get columnFamilies(): readonly string[] {
    return [...this.views.keys()];
  }

  /** The name of a column family's comparator; undefined when there is no such family. */
  comparator(columnFamily: string): string | undefined {
    return this.views.get(columnFamily)?.family.comparator;
  }

  /**
   * A column family; undefined when there is none of this name.
   * @throws OldLogsDamagedError, FileGoneError where logs must be read first
   */
  async view(columnFamily: string): Promise<ColumnFamilyView | undefined> {
    const view = this.views.get(columnFamily);
    if (!view || !this.oldLogs || view.family.logNumber >= this.firstLog) return view;
    const { family, memtable, levels, directory, mergeOption } = view;
    const older = await this.oldLogs.memtable(family);
    return new ColumnFamilyView(family, memtable.and(older), levels, directory, mergeOption);
  }

  acquire(): this {
    this.users++;
    return this;
  }

  /** Closes descriptors until they are needed again. */
  rest(): Promise<void> {
    return this.files.rest();
  }

  async release(): Promise<void> {
    if (--this.users === 0) await this.files.release(this.tables);
  }
}
