import type { Checksums } from './checksum';
import { CodingError } from './coding';
import { CorruptionError, UnsupportedFormatError, WalTailError, type RocksDBError } from './errors';
import type { ReadableFile } from './file';
import { ValueType } from './internalKey';
import { LogReader, type LogRecord } from './logReader';
import { Memtable } from './memtable';
import type { ColumnFamily } from './version';
import { batchHeader, operations, TransactionMarkerError, type Operation } from './writeBatch';

/** A write-ahead log, open, and how much of it this view reads. */
export interface PinnedLog {
  readonly number: number;
  readonly file: ReadableFile;
  /** Bytes; what comes later belongs to the next view. */
  readonly size: number;
}

/** Keys written since the last view, by column family id; undefined when that cannot be known. */
export type WrittenKeys = Map<number, Uint8Array[]> | undefined;

/** Bytes of log that are gathered before they are sorted into a run: bounds memory. */
const batchBytes = 8 << 20;
/** With more new keys than this, a list of them helps nobody. */
const mostWrittenKeys = 10_000;

/**
 * The write-ahead logs of a database, replayed as RocksDB does on recovery (kPointInTimeRecovery,
 * db/db_impl/db_impl_open.cc) and read on from where they were left.
 */
export class WalReplay {
  readonly memtables = new Map<number, Memtable>();
  warnings: RocksDBError[] = [];
  /** The sequence of the last operation replayed; 0 before the first. */
  lastSequence = 0;
  private readonly readers = new Map<number, LogReader>();
  private written: WrittenKeys;

  constructor(private readonly checksums: Checksums) {}

  /** How far log `number` was read, bytes. */
  offsetOf(number: number): number {
    return this.readers.get(number)?.offset ?? 0;
  }

  /**
   * Replays what `logs` (ascending by number) hold beyond what was read before. An operation counts
   * for a column family only from that family's log number on: earlier logs would bring back keys
   * whose deletion compaction has already carried out.
   * `known` is the newest sequence of the view before, undefined without one; `check` is called now
   * and then and may throw. Whatever is thrown: what was read half may not be read on from.
   * @throws CorruptionError where RocksDB would refuse to open, UnsupportedFormatError
   */
  async advance(
    logs: readonly PinnedLog[],
    families: readonly ColumnFamily[],
    known: number | undefined,
    check: () => void,
  ): Promise<{ read: boolean; written: WrittenKeys }> {
    const byId = new Map(families.map((family) => [family.id, family]));
    this.written = new Map();
    this.warnings = [];
    let read = false;
    /** The log whose end is not whole: later ones count only if they go on without a hole. */
    let stopped: PinnedLog | undefined;
    let dropped = false;
    for (const log of logs) {
      let reader = this.readers.get(log.number);
      if (!reader) {
        reader = new LogReader(log.file.path, log.number, this.checksums);
        this.readers.set(log.number, reader);
      }
      if (stopped) {
        dropped = !(await this.goesOn(log, reader));
        if (dropped) break;
        this.warn(stopped, false);
        stopped = undefined;
      }
      if (log.size > reader.offset) {
        if (await this.replay(log, reader, byId, known, check)) read = true;
        if (reader.end.kind !== 'whole') stopped = log;
      }
    }
    if (stopped) {
      this.warn(stopped, dropped);
      this.refuseIfBeyond(stopped, families);
    }
    this.trim(logs, byId);
    return { read, written: this.written };
  }

  private async replay(
    log: PinnedLog,
    reader: LogReader,
    families: ReadonlyMap<number, ColumnFamily>,
    known: number | undefined,
    check: () => void,
  ): Promise<boolean> {
    let read = false;
    let pending = new Map<number, Operation[]>();
    let pendingBytes = 0;
    const flush = () => {
      for (const [id, list] of pending) {
        this.memtables.set(id, (this.memtables.get(id) ?? Memtable.empty).add(log.number, list));
      }
      pending = new Map();
      pendingBytes = 0;
    };
    const bytes = (at: number, length: number) => log.file.read(at, length);
    // What earlier views know, and tables hold by now, is passed over.
    const counts = (id: number) => (families.get(id)?.logNumber ?? Infinity) <= log.number;
    const wanted = known === undefined ? counts : () => true;
    for await (const record of reader.records(log.size, bytes)) {
      read = true;
      for (const operation of this.decode(log, record, known, wanted)) {
        this.note(operation, known);
        if (!counts(operation.columnFamily)) continue;
        const list = pending.get(operation.columnFamily);
        if (list) list.push(operation);
        else pending.set(operation.columnFamily, [operation]);
      }
      // Operations are views of what was read: all of it stays in memory until then.
      pendingBytes += record.payload.length;
      if (pendingBytes > batchBytes) {
        flush();
        check();
      }
    }
    flush();
    return read;
  }

  private decode(
    log: PinnedLog,
    { payload, offset }: LogRecord,
    known: number | undefined,
    wanted: (columnFamily: number) => boolean,
  ): Operation[] {
    try {
      const { sequence, count } = batchHeader(payload);
      // A hole: what was written in between is in tables already, and unknown here.
      if (sequence > Math.max(known ?? 0, this.lastSequence) + 1) this.written = undefined;
      const found = operations(payload, wanted);
      this.lastSequence = Math.max(this.lastSequence, sequence + count - 1);
      return found;
    } catch (cause) {
      if (cause instanceof CodingError) {
        throw new CorruptionError(log.file.path, cause.message, { offset, cause });
      }
      if (cause instanceof TransactionMarkerError) {
        throw new UnsupportedFormatError(log.file.path, cause.message, { offset, cause });
      }
      throw cause;
    }
  }

  private note({ columnFamily, sequence, type, key }: Operation, known = Infinity): void {
    if (!this.written || sequence <= known) return;
    if (type === ValueType.rangeDeletion) {
      this.written = undefined; // any number of keys
      return;
    }
    const keys = this.written.get(columnFamily);
    if (!keys) this.written.set(columnFamily, [key.slice()]);
    else if (keys.length < mostWrittenKeys) keys.push(key.slice());
    else this.written = undefined;
  }

  /** Whether a log after one that was cut begins with the very next sequence. */
  private async goesOn(log: PinnedLog, reader: LogReader): Promise<boolean> {
    if (reader.offset > 0) return true;
    const peek = new LogReader(log.file.path, log.number, this.checksums);
    const bytes = (at: number, length: number) => log.file.read(at, length);
    for await (const { payload } of peek.records(log.size, bytes)) {
      try {
        return batchHeader(payload).sequence === this.lastSequence + 1;
      } catch {
        return false; // no batch
      }
    }
    return true; // nothing in it
  }

  /** `dropped`: there are later logs, which do not count. */
  private warn({ file, number }: PinnedLog, dropped: boolean): void {
    const end = this.readers.get(number)?.end;
    if (!end || end.kind === 'whole') return;
    const torn = end.kind === 'torn' && !dropped;
    this.warnings.push(new WalTailError(file.path, end.reason, end.offset, torn));
  }

  /** RocksDB refuses a store whose tables know more than the log that it had to cut. */
  private refuseIfBeyond(cut: PinnedLog, families: readonly ColumnFamily[]): void {
    for (const { logNumber, levels } of families) {
      if (logNumber > cut.number && levels.some((level) => level.length > 0)) {
        throw new CorruptionError(cut.file.path, 'damaged before what tables already hold');
      }
    }
  }

  /** Lets go of what tables hold by now, and of logs that are no longer needed. */
  private trim(logs: readonly PinnedLog[], families: ReadonlyMap<number, ColumnFamily>): void {
    for (const [id, memtable] of this.memtables) {
      const family = families.get(id);
      if (family) this.memtables.set(id, memtable.from(family.logNumber));
      else this.memtables.delete(id);
    }
    const present = new Set(logs.map((log) => log.number));
    for (const number of this.readers.keys()) if (!present.has(number)) this.readers.delete(number);
  }
}
