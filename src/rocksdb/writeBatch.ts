// A write batch: one record of a write-ahead log (db/write_batch.cc):
//
//   fixed64 sequence of the first operation | fixed32 count | operations
//
//   operation                   tag default / with varint32 column family   body
//   put, merge                  1/5, 2/6                                    slice key, slice value
//   delete, single delete       0/4, 7/8                                    slice key
//   delete range                0x0F/0x0E (the other way round)             slice begin, slice end
//   blob, wide, timed put       0x11/0x10, 0x16/0x17, 0x18/0x19             slice key, slice value
//   log data                    3                                           slice, no sequence
//   noop                        0x0D                                        –, no sequence
//   prepare, commit, rollback   9 … 0x0C, 0x12, 0x13, 0x15                  transactions: refused
//
// Every operation takes one sequence number, also those of column families that are not known.

import { CodingError, Cursor } from './coding';
import { ValueType } from './internalKey';

/** One operation; `key` and `value` are views into the record. */
export interface Operation {
  readonly columnFamily: number;
  readonly sequence: number;
  /** One of ValueType. */
  readonly type: number;
  readonly key: Uint8Array;
  /** Empty for deletes; the exclusive end for a range delete. */
  readonly value: Uint8Array;
}

/** The markers of two-phase commits, which only TransactionDB writes. */
export class TransactionMarkerError extends Error {}

interface Shape {
  readonly type: number;
  readonly hasColumnFamily: boolean;
  readonly hasValue: boolean;
}

const shape = (type: number, hasColumnFamily: boolean, hasValue: boolean): Shape => ({
  type,
  hasColumnFamily,
  hasValue,
});

const shapes = new Map<number, Shape>([
  [0x01, shape(ValueType.value, false, true)],
  [0x05, shape(ValueType.value, true, true)],
  [0x00, shape(ValueType.deletion, false, false)],
  [0x04, shape(ValueType.deletion, true, false)],
  [0x07, shape(ValueType.singleDeletion, false, false)],
  [0x08, shape(ValueType.singleDeletion, true, false)],
  [0x02, shape(ValueType.merge, false, true)],
  [0x06, shape(ValueType.merge, true, true)],
  [0x0f, shape(ValueType.rangeDeletion, false, true)],
  [0x0e, shape(ValueType.rangeDeletion, true, true)],
  [0x11, shape(ValueType.blobIndex, false, true)],
  [0x10, shape(ValueType.blobIndex, true, true)],
  [0x16, shape(ValueType.wideColumnEntity, false, true)],
  [0x17, shape(ValueType.wideColumnEntity, true, true)],
  [0x18, shape(ValueType.valuePreferredSequence, false, true)],
  [0x19, shape(ValueType.valuePreferredSequence, true, true)],
]);

const transactionMarkers = new Set([0x09, 0x0a, 0x0b, 0x0c, 0x12, 0x13, 0x15]);
const logData = 0x03;
const noop = 0x0d;
const empty = new Uint8Array(0);

/** The sequence of a batch's first operation and how many it has. @throws CodingError */
export function batchHeader(record: Uint8Array): { sequence: number; count: number } {
  const cursor = new Cursor(record);
  const sequence = Number(cursor.fixed64());
  if (!Number.isSafeInteger(sequence)) throw new CodingError('sequence number over 2^53', 0);
  return { sequence, count: cursor.fixed32() };
}

/**
 * The operations of a batch on the column families that `wanted` takes, in order. The others are
 * passed over, and counted.
 * @throws CodingError when they do not add up to the batch's count, TransactionMarkerError
 */
export function operations(
  record: Uint8Array,
  wanted: (columnFamily: number) => boolean,
): Operation[] {
  const { sequence: first, count } = batchHeader(record);
  const cursor = new Cursor(record, 12);
  const found: Operation[] = [];
  let sequence = first;
  while (!cursor.atEnd) {
    const start = cursor.position;
    const tag = cursor.byte();
    const known = shapes.get(tag);
    if (known) {
      const columnFamily = known.hasColumnFamily ? cursor.varint() : 0;
      if (wanted(columnFamily)) {
        const key = cursor.slice();
        const value = known.hasValue ? cursor.slice() : empty;
        found.push({ columnFamily, sequence, type: known.type, key, value });
      } else {
        cursor.skip(cursor.varint());
        if (known.hasValue) cursor.skip(cursor.varint());
      }
      sequence++;
    } else if (tag === logData) {
      cursor.slice();
    } else if (tag !== noop) {
      if (transactionMarkers.has(tag)) throw new TransactionMarkerError('prepared transactions');
      throw new CodingError(`operation of unknown type 0x${tag.toString(16)}`, start);
    }
  }
  if (sequence - first !== count) {
    throw new CodingError(`${sequence - first} operations instead of ${count}`, 8);
  }
  return found;
}
