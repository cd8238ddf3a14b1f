import { compareBytes } from '../bytes/coding';
import { trailerLength, ValueType } from '../internalKey';
import { bytewise, comparatorOf } from './comparator';
import type { TableMeta, VersionEdit } from './versionEdit';

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

/** An edit that does not fit what the edits before it add up to: RocksDB refuses the MANIFEST. */
export class InconsistentEditError extends Error {
  override readonly name = 'InconsistentEditError';
}

interface Building {
  id: number;
  name: string;
  comparator: string;
  logNumber: number;
  tables: Map<number, TableMeta>;
  built: ColumnFamily | undefined;
}

/** The state that a MANIFEST's edits add up to (db/version_edit_handler.cc, db/version_builder.cc). */
export class VersionState {
  lastSequence = 0;
  largestColumnFamily = 0;
  nextFile = 0;
  /** Logs before it hold nothing that counts, also no prepared transaction. */
  oldestLog = 0;
  /** The logs that the MANIFEST keeps track of, with the bytes of them that are on disk for certain. */
  readonly trackedLogs = new Map<number, number | undefined>();
  private complete = { log: false, next: false, sequence: false };
  private group: VersionEdit[] = [];
  private readonly families = new Map<number, Building>();
  private readonly dropped = new Set<number>();

  constructor() {
    // Column family 0 exists without being added.
    this.add(0, 'default', bytewise.name);
  }

  private add(id: number, name: string, comparator: string): void {
    if (this.families.has(id)) throw new InconsistentEditError(`adds column family ${id} twice`);
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

  /** Applies an edit; those of an atomic group wait for its last. @throws InconsistentEditError */
  apply(edit: VersionEdit): void {
    const { group } = this;
    const last = group.at(-1)?.remainingInGroup;
    const expected = last === undefined ? edit.remainingInGroup : last - 1;
    if (edit.remainingInGroup !== expected)
      throw new InconsistentEditError('tears an atomic group');
    group.push(edit);
    if (edit.remainingInGroup !== undefined && edit.remainingInGroup > 0) return;
    this.group = [];
    for (const one of group) this.applyNow(one);
  }

  private applyNow(edit: VersionEdit): void {
    if (edit.nextFile !== undefined) {
      this.complete.next = true;
      this.nextFile = Math.max(this.nextFile, edit.nextFile);
    }
    if (edit.logNumber !== undefined) this.complete.log = true;
    if (edit.lastSequence !== undefined) {
      this.complete.sequence = true;
      this.lastSequence = Math.max(this.lastSequence, edit.lastSequence);
    }
    if (edit.largestColumnFamily !== undefined) {
      this.largestColumnFamily = Math.max(this.largestColumnFamily, edit.largestColumnFamily);
    }
    if (edit.oldestLog !== undefined) this.oldestLog = Math.max(this.oldestLog, edit.oldestLog);
    this.trackLogs(edit);
    if (edit.addColumnFamily !== undefined) {
      this.add(edit.columnFamily, edit.addColumnFamily, edit.comparator ?? bytewise.name);
    }
    if (edit.dropColumnFamily) {
      if (!this.families.delete(edit.columnFamily)) {
        throw new InconsistentEditError(
          `drops column family ${edit.columnFamily}, which is not there`,
        );
      }
      this.dropped.add(edit.columnFamily);
      return;
    }
    const family = this.families.get(edit.columnFamily);
    if (family) applyTo(family, edit);
    else if (!this.dropped.has(edit.columnFamily)) {
      throw new InconsistentEditError(
        `speaks of column family ${edit.columnFamily}, unknown so far`,
      );
    }
  }

  private trackLogs({ logsAdded, logsDeletedBefore = 0 }: VersionEdit): void {
    for (const { number, synced } of logsAdded) {
      const known = this.trackedLogs.get(number);
      this.trackedLogs.set(number, known === undefined ? synced : Math.max(known, synced ?? 0));
    }
    for (const number of this.trackedLogs.keys()) {
      if (number < logsDeletedBefore) this.trackedLogs.delete(number);
    }
  }

  /** What RocksDB misses in a MANIFEST and refuses to open it for; undefined when it is whole. */
  get missing(): string | undefined {
    const { log, next, sequence } = this.complete;
    return log && next && sequence
      ? undefined
      : 'no log number, next file number or last sequence in it';
  }

  /**
   * All column families, in order of their ids, as of the edits applied so far.
   * @throws InconsistentEditError where tables of a level overlap
   */
  columnFamilies(): ColumnFamily[] {
    return [...this.families.values()]
      .sort((a, b) => a.id - b.id)
      .map((family) => (family.built ??= build(family)));
  }
}

function applyTo(family: Building, edit: VersionEdit): void {
  family.built = undefined;
  if (edit.comparator !== undefined) family.comparator = edit.comparator;
  if (edit.logNumber !== undefined) family.logNumber = Math.max(family.logNumber, edit.logNumber);
  for (const { level, number } of edit.deleted) {
    if (family.tables.get(number)?.level !== level) {
      throw new InconsistentEditError(`deletes table ${number}, which is not in level ${level}`);
    }
    family.tables.delete(number);
  }
  for (const table of edit.added) {
    if (family.tables.has(table.number)) {
      throw new InconsistentEditError(`adds table ${table.number} twice`);
    }
    family.tables.set(table.number, table);
  }
}

function build({ id, name, comparator, logNumber, tables }: Building): ColumnFamily {
  const levels: TableMeta[][] = [[]];
  for (const table of tables.values()) {
    while (levels.length <= table.level) levels.push([]);
    levels[table.level]?.push(table);
  }
  const hasEpochs = levels[0]?.every(({ epoch }) => epoch > 0);
  levels[0]?.sort(
    (a, b) =>
      (hasEpochs ? b.epoch - a.epoch : 0) ||
      b.largestSequence - a.largestSequence ||
      b.smallestSequence - a.smallestSequence ||
      b.number - a.number,
  );
  // Of a comparator that is not known, no key is read.
  const { compare = compareBytes } = comparatorOf(comparator) ?? {};
  for (const level of levels.slice(1)) {
    level.sort((a, b) => compare(userKeyOf(a.smallest), userKeyOf(b.smallest)));
    if (!comparatorOf(comparator)) continue;
    for (const [i, { number, largest }] of level.entries()) {
      const next = level[i + 1];
      if (next && compare(userKeyOf(largest), userKeyOf(next.smallest)) > 0) {
        throw new InconsistentEditError(`tables ${number} and ${next.number} overlap`);
      }
    }
  }
  return { id, name, comparator, logNumber, levels };
}

/** The user key of one of a table's bounds. */
export function userKeyOf(internalKey: Uint8Array): Uint8Array {
  return internalKey.subarray(0, internalKey.length - trailerLength);
}

/** User keys from `start` on and before `end`. */
export interface KeyRange {
  readonly start: Uint8Array;
  readonly end: Uint8Array;
  /** `end` is the last key of the range. */
  readonly endIncluded?: boolean;
}

/** The user keys that a table may have a say in, as the MANIFEST tells its bounds. */
export function rangeOf({ smallest, largest }: TableMeta): KeyRange {
  const last = userKeyOf(largest);
  // Where a range deletion goes on in the next table, the bound is that table's first key, marked as a
  // range deletion of the largest sequence.
  const [type, ...sequence] = largest.subarray(last.length);
  const exclusive = type === ValueType.rangeDeletion && sequence.every((byte) => byte === 0xff);
  return { start: userKeyOf(smallest), end: last, endIncluded: !exclusive };
}
