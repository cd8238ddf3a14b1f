import type { Kernel } from '../kernel/kernel';
import { CodingError } from '../bytes/coding';
import {
  CorruptionError,
  UnsupportedFormatError,
  WalTailError,
  type RocksDBError,
} from '../errors';
import type { ReadableFile } from '../file';
import { ValueType } from '../internalKey';
import { LogReader, type LogRecord } from './logReader';
import { bytewise, comparatorOf } from '../manifest/comparator';
import { Memtable } from '../memtable/memtable';
import type { ColumnFamily } from '../manifest/version';
import { PendingOperations, type OperationFilter } from './pendingOperations';
import { Transactions, UnknownTransactionError } from './transactions';
import { batchHeader, headerLength, TransactionMarkerError } from './writeBatch';

/** A write-ahead log, open, and how much of it this view reads. */
export interface PinnedLog {
  readonly number: number;
  readonly file: ReadableFile;
  /** Bytes; what comes later belongs to the next view. */
  readonly size: number;
  /** Whether whoever pinned it keeps it open; else it is closed by whoever gets it. */
  readonly kept?: boolean;
}

/** Keys written since the last view, by column family id; undefined when that cannot be known. */
export type WrittenKeys = Map<number, Uint8Array[]> | undefined;

/** So many bytes of records become a run of the memtable, more where the log is large: runs should be few. */
const runBytes = 2 << 20;
const mostRunBytes = 8 << 20;
const fewRuns = 128;
/** A log is read into pieces of memory of this size: runs keep them until they are laid out. */
const windowBytes = 8 << 20;

/** Where the operations of a record go, or others of so many bytes. */
type PlaceFor = (length: number, record?: Uint8Array) => PendingOperations;
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
  /** The first and the last sequence replayed of each log. */
  private readonly spans = new Map<number, { first: number; last: number }>();
  private transactions: Transactions | undefined;
  private written: WrittenKeys;

  constructor(private readonly kernel: Kernel) {}

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
   * `complete`: the logs are all that may hold prepared transactions, now and in later calls.
   * @throws CorruptionError where RocksDB would refuse to open, UnsupportedFormatError
   */
  async advance(
    logs: readonly PinnedLog[],
    families: readonly ColumnFamily[],
    known: number | undefined,
    check: () => void,
    complete = false,
  ): Promise<{ read: boolean; written: WrittenKeys }> {
    this.transactions ??= new Transactions(complete);
    const byId = new Map(families.map((family) => [family.id, family]));
    this.written = new Map();
    this.warnings = [];
    let read = false;
    /** The log whose end is not whole: those from then on count that go on without a hole. */
    let stopped: PinnedLog | undefined;
    let dropped = false;
    for (const log of logs) {
      let reader = this.readers.get(log.number);
      if (!reader) {
        reader = new LogReader(log.file.path, log.number, this.kernel);
        this.readers.set(log.number, reader);
      }
      if (stopped) {
        const goesOn = await this.goesOn(log, reader);
        if (goesOn === false) dropped = true;
        if (!goesOn) continue;
        this.warn(stopped, dropped);
        stopped = undefined;
        dropped = false;
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
    const [newest] = logs.slice(-1);
    if (newest && this.transactions.open) {
      throw new UnsupportedFormatError(newest.file.path, 'prepared transactions left open');
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
    // What earlier views know, and tables hold by now, is passed over.
    const counts = (id: number) => (families.get(id)?.logNumber ?? Infinity) <= log.number;
    const { timestampSizes } = reader;
    const filter: OperationFilter = (columnFamily, sequence, type, key) => {
      if (known !== undefined && sequence > known) this.note(columnFamily, type, key());
      if (!counts(columnFamily)) return false;
      if (timestampSizes.size > 0) refuseTimestamps(log, timestampSizes, families, columnFamily);
      return true;
    };
    let pending: PendingOperations | undefined;
    /** Where the record that is read starts in the file. */
    let at = 0;
    const size = Math.min(Math.max(runBytes, log.size / fewRuns), mostRunBytes);
    const placeFor: PlaceFor = (length, record) => {
      const isHere = record !== undefined && pending?.holds(record);
      if (pending && pending.size < size && (isHere || pending.hasRoom(length))) return pending;
      if (pending) {
        this.take(log, pending, families);
        check();
      }
      // What is compressed has memory of its own, each record.
      if (record && !reader.isCompressed)
        return (pending = PendingOperations.of(record.buffer, filter));
      const needed = Math.max(length, Math.min(size, log.size - at));
      return (pending = PendingOperations.copies(needed, filter));
    };
    const readInto = (into: Uint8Array, offset: number) => log.file.readInto(into, offset);
    let read = false;
    for await (const records of reader.batches(log.size, readInto, windowBytes)) {
      for (const record of records) {
        at = record.offset;
        if (!this.decode(log, reader, record, known, counts, placeFor)) break;
        read = true;
      }
      if (reader.end.kind !== 'whole') break;
    }
    if (pending) this.take(log, pending, families);
    return read;
  }

  /** Puts what was read into memtables. */
  private take(
    log: PinnedLog,
    { byFamily }: PendingOperations,
    families: ReadonlyMap<number, ColumnFamily>,
  ): void {
    for (const [id, list] of byFamily) {
      // Of a comparator that is not known, no key is read.
      const comparator = comparatorOf(families.get(id)?.comparator ?? '') ?? bytewise;
      const memtable = this.memtables.get(id) ?? Memtable.empty;
      this.memtables.set(id, memtable.add(log.number, list, this.kernel, comparator));
    }
  }

  /** false for what RocksDB does not put into a memtable: for it the log ends there. */
  private decode(
    log: PinnedLog,
    reader: LogReader,
    { payload, offset }: LogRecord,
    known: number | undefined,
    counts: (columnFamily: number) => boolean,
    placeFor: PlaceFor,
  ): boolean {
    if (payload.length < headerLength) {
      reader.reject(offset, 'a record too small for a batch');
      return false;
    }
    try {
      const { sequence, count } = batchHeader(payload);
      // A hole: what was written in between is in tables already, and unknown here.
      if (sequence > Math.max(known ?? 0, this.lastSequence) + 1) this.written = undefined;
      // Where a batch takes one sequence for all its operations, their order is another one.
      if (this.transactions?.complete && sequence <= this.lastSequence) {
        throw new UnknownTransactionError('write-prepared transactions');
      }
      if (sequence <= this.lastSequence && this.isReplayed(sequence, count)) {
        reader.reject(offset, 'a batch for the second time');
        return false;
      }
      const wanted = known === undefined ? counts : () => true;
      const nextSequence = this.add(payload, sequence + count, wanted, placeFor);
      if (nextSequence > sequence) this.keepSpan(log.number, sequence, nextSequence - 1);
      this.lastSequence = Math.max(this.lastSequence, nextSequence - 1);
      return true;
    } catch (cause) {
      if (cause instanceof CodingError) {
        throw new CorruptionError(log.file.path, cause.message, { offset, cause });
      }
      if (cause instanceof UnknownTransactionError) {
        throw new UnsupportedFormatError(log.file.path, cause.message, { offset, cause });
      }
      throw cause;
    }
  }

  /** Of two operations with one key and one sequence a memtable takes the first only. */
  private isReplayed(sequence: number, count: number): boolean {
    const end = sequence + count;
    return [...this.spans.values()].some(({ first, last }) => sequence <= last && end > first);
  }

  private keepSpan(log: number, first: number, last: number): void {
    const span = this.spans.get(log);
    if (!span) this.spans.set(log, { first, last });
    else {
      span.first = Math.min(span.first, first);
      span.last = Math.max(span.last, last);
    }
  }

  /** Adds the operations of a batch; gives the sequence that follows, `next` but for transactions. */
  private add(
    record: Uint8Array,
    next: number,
    wanted: (columnFamily: number) => boolean,
    placeFor: PlaceFor,
  ): number {
    try {
      placeFor(record.length, record).addRecord(record);
      return next;
    } catch (error) {
      if (!(error instanceof TransactionMarkerError)) throw error;
      const transactions = (this.transactions ??= new Transactions(false));
      const { operations, nextSequence } = transactions.resolve(record, wanted);
      for (const operation of operations) {
        const { key, value } = operation;
        placeFor(key.length + value.length).addOperation(operation);
      }
      return nextSequence;
    }
  }

  private note(columnFamily: number, type: number, key: Uint8Array): void {
    if (!this.written) return;
    if (type === ValueType.rangeDeletion) {
      this.written = undefined; // any number of keys
      return;
    }
    const keys = this.written.get(columnFamily);
    if (!keys) this.written.set(columnFamily, [key.slice()]);
    else if (keys.length < mostWrittenKeys) keys.push(key.slice());
    else this.written = undefined;
  }

  /**
   * Whether a log after one that was cut begins with the very next sequence; undefined where there is
   * nothing in it that would say.
   */
  private async goesOn(log: PinnedLog, reader: LogReader): Promise<boolean | undefined> {
    if (reader.offset > 0) return true;
    const peek = new LogReader(log.file.path, log.number, this.kernel);
    const bytes = (into: Uint8Array, at: number) => log.file.readInto(into, at);
    for await (const { payload } of peek.records(log.size, bytes)) {
      try {
        return batchHeader(payload).sequence === this.lastSequence + 1;
      } catch {
        return false; // no batch
      }
    }
    return undefined;
  }

  /** `dropped`: there are later logs, which do not count. */
  private warn({ file, number }: PinnedLog, dropped: boolean): void {
    const end = this.readers.get(number)?.end;
    if (!end || end.kind === 'whole' || (end.kind === 'recycled' && !dropped)) return;
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
    for (const number of this.readers.keys()) {
      if (present.has(number)) continue;
      this.readers.delete(number);
      this.spans.delete(number);
    }
  }
}

/** Keys in a log have timestamps, of which the column family does not know: they were given up since. */
function refuseTimestamps(
  { file }: PinnedLog,
  sizes: ReadonlyMap<number, number>,
  families: ReadonlyMap<number, ColumnFamily>,
  columnFamily: number,
): void {
  if (sizes.has(columnFamily) && comparatorOf(families.get(columnFamily)?.comparator ?? '')) {
    throw new UnsupportedFormatError(file.path, 'user-defined timestamps');
  }
}
