// Transactions of TransactionDB in two phases (MemTableInserter in db/write_batch.cc, for the policy
// that it has unless told otherwise, WRITE_COMMITTED):
//
//   prepare    0x09 | operations | 0x0A, slice name     the operations take no sequences
//   commit     0x0B, slice name                         now they do, from the batch's sequence on
//   rollback   0x0C, slice name
//   0x12, 0x13 begin what the policies WRITE_PREPARED and WRITE_UNPREPARED write: refused
//   0x15       slice timestamp, slice name: a commit with a timestamp: refused
//
// Between prepare and commit any number of logs may lie. All logs from the oldest that the MANIFEST
// keeps on are needed; the commit of a transaction that is not in them stands in tables already.

import { CodingError, Cursor } from '../bytes/coding';
import {
  batchHeader,
  headerLength,
  Marker,
  operationAt,
  unknownTag,
  type Operation,
} from './writeBatch';

/** What a batch brings. */
export interface ResolvedBatch {
  readonly operations: readonly Operation[];
  /** The sequence that the next batch begins with. */
  readonly nextSequence: number;
}

type Prepared = Omit<Operation, 'sequence'>;

/** A kind of transaction that is not read; the message names it. */
export class UnknownTransactionError extends Error {
  override readonly name = 'UnknownTransactionError';
}

/** The transactions that the logs read so far have prepared and neither committed nor rolled back. */
export class Transactions {
  /** Their operations by their name; copies. */
  private readonly prepared = new Map<string, readonly Prepared[]>();

  /**
   * @param complete all logs are read, from the oldest on that may hold a prepared transaction. If not,
   * a commit whose preparation was not read is refused.
   */
  constructor(readonly complete: boolean) {}

  /** Whether any is still prepared: whether it will count, nobody knows. */
  get open(): boolean {
    return this.prepared.size > 0;
  }

  /**
   * The operations that count as of a batch, which may have markers of transactions: its own and those
   * that it commits, if `wanted` takes their column family.
   * @throws CodingError, UnknownTransactionError
   */
  resolve(record: Uint8Array, wanted: (columnFamily: number) => boolean): ResolvedBatch {
    const { sequence, count } = batchHeader(record);
    const cursor = new Cursor(record, headerLength);
    const operations: Operation[] = [];
    let nextSequence = sequence;
    let found = 0;
    let section: Prepared[] | undefined;
    const add = (operation: Prepared) => {
      if (wanted(operation.columnFamily)) operations.push({ ...operation, sequence: nextSequence });
      nextSequence++;
    };
    while (!cursor.atEnd) {
      const start = cursor.position;
      const tag = cursor.byte();
      const operation = operationAt(cursor, tag);
      if (operation) {
        found++;
        const { key, value } = operation;
        if (section) section.push({ ...operation, key: key.slice(), value: value.slice() });
        else add(operation);
        continue;
      }
      switch (tag) {
        case Marker.beginPrepare:
          if (section) throw new CodingError('a transaction within one', start);
          section = [];
          break;
        case Marker.endPrepare:
          if (!section) throw new CodingError('the end of no transaction', start);
          this.prepared.set(nameOf(cursor), section);
          section = undefined;
          break;
        case Marker.commit:
          this.commit(nameOf(cursor), add);
          break;
        case Marker.rollback:
          this.prepared.delete(nameOf(cursor));
          break;
        case Marker.beginPersistedPrepare:
        case Marker.beginUnprepare:
          throw new UnknownTransactionError('write-prepared transactions');
        case Marker.commitWithTimestamp:
          throw new UnknownTransactionError('user-defined timestamps');
        case Marker.logData:
          cursor.slice();
          break;
        case Marker.noop:
          break;
        default:
          throw unknownTag(tag, start);
      }
    }
    if (section) throw new CodingError('a transaction without its end', 0);
    if (found !== count) throw new CodingError(`${found} operations instead of ${count}`, 8);
    return { operations, nextSequence };
  }

  private commit(name: string, add: (operation: Prepared) => void): void {
    const section = this.prepared.get(name);
    if (!section && !this.complete) throw new UnknownTransactionError('prepared transactions');
    this.prepared.delete(name);
    for (const operation of section ?? []) add(operation);
  }
}

/** Names are bytes. */
function nameOf(cursor: Cursor): string {
  return Buffer.from(cursor.slice()).toString('latin1');
}
