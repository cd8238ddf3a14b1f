import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CodingError } from '../bytes/coding';
import { UnsupportedFormatError } from '../errors';
import { walFileName } from '../filenames';
import type { FileSet, SetLog } from '../inspect/fileSet';
import type { Kernel } from '../kernel/kernel';
import { LogReader, type LogEnd, type LogRecord } from '../log/logReader';
import { Transactions, UnknownTransactionError } from '../log/transactions';
import { batchHeader, readOperations, TransactionMarkerError } from '../log/writeBatch';
import { finding, type Consequence } from './finding';
import { LostOperations } from './lostOperations';
import type { Walk } from './walk';

type LogFiles = Pick<FileSet, 'families' | 'logs' | 'logPlace' | 'options'> & {
  /** The newest sequence that the MANIFEST tells of. */
  readonly lastSequence: number;
  /** Logs without which RocksDB does not open the database, and how many bytes they must have at least. */
  readonly trackedLogs: ReadonlyMap<number, number | undefined>;
};

/** Where a log stopped being readable. */
interface Stop {
  readonly index: number;
  readonly log: SetLog;
  readonly end: Exclude<LogEnd, { kind: 'whole' }>;
}

/** How often, and how far apart, a record that the end of the file cuts is looked at again. */
const settleAttempts = 10;
const settleMs = 30;

/**
 * Verifies the write-ahead logs of a database: every record that counts, its batch, and that sequences
 * go on without a hole; and tells what RocksDB drops at recovery (db/db_impl/db_impl_open.cc).
 * @throws AccessError, the signal's reason
 */
export async function verifyLogs(files: LogFiles, kernel: Kernel, walk: Walk): Promise<void> {
  await new LogVerifier(files, kernel, walk).run();
}

class LogVerifier {
  /** Of the last operation that was read from a log. */
  private sequence: number | undefined;
  /** The log that it is in; 0 before the first. */
  private sequenceIn = 0;
  private readonly transactions = new Transactions(true);
  private readonly mode: string;

  constructor(
    private readonly files: LogFiles,
    private readonly kernel: Kernel,
    private readonly walk: Walk,
  ) {
    this.mode = files.options.values.get('wal_recovery_mode') ?? 'kPointInTimeRecovery';
  }

  async run(): Promise<void> {
    this.missingLogs();
    const { logs } = this.files;
    let stop: Stop | undefined;
    for (const [index, log] of logs.entries()) {
      if (log.families.length === 0) {
        this.walk.passed(log.size);
        const reason = 'needed by no column family: RocksDB deletes it when it opens the store';
        this.walk.found(
          finding({ kind: 'note', file: log.file.path, reason, consequence: 'opens' }),
        );
        continue;
      }
      if (stop) {
        if (!(await this.goesOn(log))) break;
        await this.tell(stop, 'opens');
        stop = undefined;
      }
      const end = await this.read(log);
      if (end) stop = { index, log, end };
    }
    if (stop) await this.tell(stop, this.consequenceOf(stop));
    const last = logs.at(-1);
    if (last && this.transactions.open) {
      const reason = 'transactions that are neither committed nor rolled back';
      this.unsupported(last.file.path, undefined, reason);
    }
  }

  private unsupported(file: string, offset: number | undefined, reason: string): void {
    this.walk.found(finding({ kind: 'unsupported', file, offset, reason, consequence: 'opens' }));
  }

  private missingLogs(): void {
    const { families, logs, logPlace } = this.files;
    const { warning, directory } = logPlace;
    if (warning) {
      const reason = `write-ahead logs ${warning.reason}: not verified`;
      this.walk.found(
        finding({ kind: 'note', file: warning.file, reason, consequence: 'opensWithout' }),
      );
      return;
    }
    for (const [number, synced = 0] of this.files.trackedLogs) {
      const size = logs.find((log) => log.number === number)?.size;
      if (size !== undefined && size >= synced) continue;
      const reason = size === undefined ? 'missing' : `${size} bytes instead of ${synced} at least`;
      const file = path.join(directory, walFileName(number));
      this.walk.found(finding({ kind: 'damage', file, reason, consequence: 'refuses' }));
    }
    const last = Math.max(0, ...families.map(({ logNumber }) => logNumber));
    if (last === 0 || (logs.at(-1)?.number ?? -1) >= last) return;
    this.walk.found(
      finding({
        kind: 'damage',
        file: path.join(directory, walFileName(last)),
        reason: 'missing',
        consequence: 'opensWithout',
        sequences: { first: this.files.lastSequence + 1, last: undefined },
      }),
    );
  }

  /** Reads a log to where it ends. Gives why that is not its end, if it is not. */
  private async read(log: SetLog): Promise<Stop['end'] | undefined> {
    const { path: file } = log.file;
    const reader = new LogReader(file, log.number, this.kernel);
    let passed = 0;
    this.walk.counts.logs++;
    try {
      for await (const record of reader.records(log.size, (into, at) =>
        log.file.readInto(into, at),
      )) {
        const problem = this.batch(log, record);
        if (problem !== undefined)
          return { kind: 'corrupt', offset: record.offset, reason: problem };
        this.walk.passed(record.offset - passed);
        passed = record.offset;
      }
    } catch (error) {
      if (!(error instanceof UnsupportedFormatError)) throw error;
      this.unsupported(file, error.offset, error.reason);
      return undefined;
    } finally {
      this.walk.passed(log.size - passed);
    }
    for (const offset of reader.zeros) {
      const reason = 'zeros between records: what was there is missing';
      this.walk.found(
        finding({ kind: 'damage', file, offset, reason, consequence: 'opensWithout' }),
      );
    }
    const { end } = reader;
    if (end.kind === 'whole' || end.kind === 'recycled') return undefined;
    return end.kind === 'torn' && (await this.grows(log)) ? undefined : end;
  }

  /** What is wrong with a record that has its checksum, if anything is. */
  private batch({ file, number }: SetLog, { payload, offset }: LogRecord): string | undefined {
    const { counts } = this.walk;
    let batch: ReturnType<typeof batchHeader>;
    let next: number;
    try {
      batch = batchHeader(payload);
      next = this.nextSequence(payload, batch);
    } catch (error) {
      if (error instanceof CodingError) return error.message;
      if (!(error instanceof UnknownTransactionError)) throw error;
      this.unsupported(file.path, offset, error.message);
      this.sequence = Infinity; // how many it took, and where the next begins, is not known
      return undefined;
    }
    counts.records++;
    counts.operations += batch.count;
    this.compareSequence(file.path, number, offset, batch.sequence);
    this.sequence = Math.max(this.sequence ?? 0, next - 1);
    this.sequenceIn = number;
    return undefined;
  }

  /** The sequence that the next batch begins with. @throws CodingError, UnknownTransactionError */
  private nextSequence(
    payload: Uint8Array,
    { sequence, count }: ReturnType<typeof batchHeader>,
  ): number {
    try {
      readOperations(payload, { add: () => undefined }); // passed over, and counted
      return sequence + count;
    } catch (error) {
      if (!(error instanceof TransactionMarkerError)) throw error;
      return this.transactions.resolve(payload, () => false).nextSequence;
    }
  }

  /**
   * A hole. Within a log it comes of ingested files and of writes without the log; between two of them, and
   * between what the MANIFEST knows and the first, of a log that lost its end, or is missing.
   */
  private compareSequence(file: string, number: number, offset: number, first: number): void {
    const last = this.sequence ?? this.files.lastSequence;
    if (first <= last + 1) return;
    const sequences = { first: last + 1, last: first - 1 };
    this.walk.found(
      finding({
        kind: number === this.sequenceIn ? 'note' : 'damage',
        file,
        offset,
        reason: `sequences ${sequences.first} to ${sequences.last} are in no log`,
        consequence: 'opensWithout',
        sequences,
      }),
    );
  }

  /** A record that the end of the file cuts is being written where the file grows. */
  private async grows({ file, size }: SetLog): Promise<boolean> {
    for (let attempt = 0; attempt < settleAttempts; attempt++) {
      this.walk.check();
      if ((await file.stat()).size > size) return true;
      await delay(settleMs);
    }
    return false;
  }

  /** Whether a log goes on where the one before it was cut: then nothing of that counts as lost. */
  private async goesOn(log: SetLog): Promise<boolean> {
    const peek = new LogReader(log.file.path, log.number, this.kernel);
    for await (const { payload } of peek.records(log.size, (into, at) =>
      log.file.readInto(into, at),
    )) {
      try {
        return batchHeader(payload).sequence === (this.sequence ?? 0) + 1;
      } catch {
        return false; // no batch
      }
    }
    return true; // nothing in it
  }

  private consequenceOf({ log, end }: Stop): Consequence {
    switch (this.mode) {
      case 'kAbsoluteConsistency':
        return 'refuses';
      case 'kTolerateCorruptedTailRecords':
        return end.kind === 'torn' ? 'dropsLogEnd' : 'refuses';
      case 'kSkipAnyCorruptedRecords':
        return 'opensWithout';
    }
    // "SST file is ahead of WALs": tables know more than the log that has to be cut.
    const ahead = this.files.families.some(
      ({ logNumber, levels }) => logNumber > log.number && levels.flat().length > 0,
    );
    return ahead ? 'refuses' : 'dropsLogEnd';
  }

  private async tell({ index, log, end }: Stop, consequence: Consequence): Promise<void> {
    const { offset, reason } = end;
    const facts = { file: log.file.path, offset, reason, consequence };
    if (consequence === 'opens') {
      this.walk.found(finding({ kind: 'note', ...facts }));
      return;
    }
    const lost = new LostOperations(this.files.families, this.sequence, this.files.lastSequence);
    await lost.add(log, offset, this.kernel);
    const later = this.mode === 'kSkipAnyCorruptedRecords' ? [] : this.files.logs.slice(index + 1);
    for (const other of later) {
      this.walk.check();
      await lost.add(other, 0, this.kernel);
      this.walk.passed(other.size);
    }
    const { missing } = lost;
    // What a log held that just ends, nobody knows.
    const open = end.kind === 'torn' && index === this.files.logs.length - 1;
    const first = this.sequence === undefined ? lost.sequences?.first : this.sequence + 1;
    const sequences = open && first !== undefined ? { first, last: undefined } : lost.sequences;
    this.walk.found(finding({ kind: 'damage', ...facts, missing, sequences }));
  }
}
