import type { TableMeta, VersionEdit } from './versionEdit';
import { compareBytes } from './coding';
import { trailerLength, ValueType } from './internalKey';

/** A column family at one point of the MANIFEST. */
export interface ColumnFamily {
  readonly id: number;
  readonly name: string;
  readonly comparator: string;
  /** Write-ahead logs before this number hold nothing of this column family. */
  readonly logNumber: number;
  /** Level 0, the newest first, then one array for each deeper level, in key order. */
  readonly levels: readonly (readonly TableMeta[])[];
}

interface Building {
  id: number;
  name: string;
  comparator: string;
  logNumber: number;
  tables: Map<number, TableMeta>;
  built: ColumnFamily | undefined;
}

const bytewise = 'leveldb.BytewiseComparator';

/** The state that a MANIFEST's edits add up to (db/version_edit_handler.cc, db/version_builder.cc). */
export class VersionState {
  lastSequence = 0;
  largestColumnFamily = 0;
  private complete = { log: false, next: false, sequence: false };
  private group: VersionEdit[] = [];
  private readonly families = new Map<number, Building>();

  constructor() {
    // Column family 0 exists without being added.
    this.add(0, 'default', bytewise);
  }

  private add(id: number, name: string, comparator: string): void {
    this.families.set(id, {
      id,
      name,
      comparator,
      logNumber: 0,
      tables: new Map(),
      built: undefined,
    });
    this.largestColumnFamily = Math.max(this.largestColumnFamily, id);
  }

  /** Applies an edit; those of an atomic group wait for the group's last. */
  apply(edit: VersionEdit): void {
    if (edit.remainingInGroup !== undefined) {
      this.group.push(edit);
      if (edit.remainingInGroup > 0) return;
      const group = this.group;
      this.group = [];
      for (const one of group) this.applyNow(one);
    } else {
      this.applyNow(edit);
    }
  }

  private applyNow(edit: VersionEdit): void {
    if (edit.nextFile !== undefined) this.complete.next = true;
    if (edit.logNumber !== undefined) this.complete.log = true;
    if (edit.lastSequence !== undefined) {
      this.complete.sequence = true;
      this.lastSequence = Math.max(this.lastSequence, edit.lastSequence);
    }
    if (edit.largestColumnFamily !== undefined) {
      this.largestColumnFamily = Math.max(this.largestColumnFamily, edit.largestColumnFamily);
    }
    if (edit.addColumnFamily !== undefined) {
      this.add(edit.columnFamily, edit.addColumnFamily, edit.comparator ?? bytewise);
    }
    if (edit.dropColumnFamily) {
      this.families.delete(edit.columnFamily);
      return;
    }
    const family = this.families.get(edit.columnFamily);
    if (!family) return; // an edit of a column family that was dropped since
    family.built = undefined;
    if (edit.comparator !== undefined) family.comparator = edit.comparator;
    if (edit.logNumber !== undefined) family.logNumber = Math.max(family.logNumber, edit.logNumber);
    for (const { number } of edit.deleted) family.tables.delete(number);
    for (const table of edit.added) family.tables.set(table.number, table);
  }

  /** What RocksDB misses in a MANIFEST and refuses to open it for; undefined when it is whole. */
  get missing(): string | undefined {
    const { log, next, sequence } = this.complete;
    return log && next && sequence
      ? undefined
      : 'no log number, next file number or last sequence in it';
  }

  /** All column families, in order of their ids, as of the edits applied so far. */
  columnFamilies(): ColumnFamily[] {
    return [...this.families.values()]
      .sort((a, b) => a.id - b.id)
      .map((family) => (family.built ??= build(family)));
  }
}

function build({ id, name, comparator, logNumber, tables }: Building): ColumnFamily {
  const levels: TableMeta[][] = [[]];
  for (const table of tables.values()) {
    while (levels.length <= table.level) levels.push([]);
    levels[table.level]?.push(table);
  }
  levels[0]?.sort(
    (a, b) =>
      b.epoch - a.epoch ||
      b.largestSequence - a.largestSequence ||
      b.smallestSequence - a.smallestSequence ||
      b.number - a.number,
  );
  for (const level of levels.slice(1)) {
    level.sort((a, b) => compareBytes(userKeyOf(a.smallest), userKeyOf(b.smallest)));
  }
  return { id, name, comparator, logNumber, levels };
}

/** The user key of one of a table's bounds. */
export function userKeyOf(internalKey: Uint8Array): Uint8Array {
  return internalKey.subarray(0, internalKey.length - trailerLength);
}

/** User keys with start <= key < end. */
export interface KeyRange {
  readonly start: Uint8Array;
  readonly end: Uint8Array;
}

/** The user keys that a table may have a say in, as the MANIFEST tells its bounds. */
export function rangeOf({ smallest, largest }: TableMeta): KeyRange {
  const last = userKeyOf(largest);
  // Where a range deletion goes on in the next table, the bound is that table's first key, marked as a
  // range deletion of the largest sequence.
  const [type, ...sequence] = largest.subarray(last.length);
  const exclusive = type === ValueType.rangeDeletion && sequence.every((byte) => byte === 0xff);
  const next = new Uint8Array(last.length + 1);
  next.set(last);
  return { start: userKeyOf(smallest), end: exclusive ? last : next };
}

/** The comparator that this reader knows. */
export function isBytewise(comparator: string): boolean {
  return comparator === bytewise;
}
