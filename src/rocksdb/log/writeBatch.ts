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
//   prepare, commit, rollback   9 … 0x0C, 0x12, 0x13, 0x15                  see transactions
//
// Every operation takes one sequence number, also those of column families that are not known. Behind
// the value of a timed put stands a fixed64, the seconds since epoch when it was written: for a reader
// it is a put.

import { CodingError, Cursor } from '../bytes/coding';
import { ValueType } from '../internalKey';

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

/** The batch has markers of two-phase commits, which only TransactionDB writes: see Transactions. */
export class TransactionMarkerError extends Error {}

interface Shape {
  readonly type: number;
  readonly hasColumnFamily: boolean;
  readonly hasValue: boolean;
  /** Bytes behind the value. */
  readonly suffix: number;
}

const timeLength = 8;

const shape = (type: number, hasColumnFamily: boolean, hasValue: boolean, suffix = 0): Shape => ({
  type,
  hasColumnFamily,
  hasValue,
  suffix,
});

const shapesByTag: readonly [number, Shape][] = [
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
  [0x18, shape(ValueType.value, false, true, timeLength)],
  [0x19, shape(ValueType.value, true, true, timeLength)],
];
/** By tag. */
const shapes: (Shape | undefined)[] = Array.from({ length: 256 });
for (const [tag, known] of shapesByTag) shapes[tag] = known;

/** Tags that are no operations. */
export const Marker = {
  logData: 0x03,
  beginPrepare: 0x09,
  endPrepare: 0x0a,
  commit: 0x0b,
  rollback: 0x0c,
  noop: 0x0d,
  beginPersistedPrepare: 0x12,
  beginUnprepare: 0x13,
  commitWithTimestamp: 0x15,
} as const;

const transactionMarkers = new Set<number>([
  Marker.beginPrepare,
  Marker.endPrepare,
  Marker.commit,
  Marker.rollback,
  Marker.beginPersistedPrepare,
  Marker.beginUnprepare,
  Marker.commitWithTimestamp,
]);

const empty = new Uint8Array(0);

/** Where the operations of a batch begin. */
export const headerLength = 12;

/** The sequence of a batch's first operation and how many it has. @throws CodingError */
export function batchHeader(record: Uint8Array): { sequence: number; count: number } {
  const cursor = new Cursor(record);
  const sequence = Number(cursor.fixed64());
  if (!Number.isSafeInteger(sequence)) throw new CodingError('sequence number over 2^53', 0);
  return { sequence, count: cursor.fixed32() };
}

/** The operation whose tag was read, without its sequence; undefined for tags that are none. */
export function operationAt(cursor: Cursor, tag: number): Omit<Operation, 'sequence'> | undefined {
  const known = shapes[tag];
  if (!known) return undefined;
  const columnFamily = known.hasColumnFamily ? cursor.varint() : 0;
  const key = cursor.slice();
  return { columnFamily, type: known.type, key, value: valueAt(cursor, known) };
}

function valueAt(cursor: Cursor, { hasValue, suffix }: Shape): Uint8Array {
  if (!hasValue) return empty;
  const value = cursor.slice();
  if (suffix === 0) return value;
  if (value.length < suffix) throw valueWithoutTime(cursor.position);
  return value.subarray(0, value.length - suffix);
}

function valueWithoutTime(position: number): CodingError {
  return new CodingError('a value without its time', position);
}

/** Why a tag that is none of those above cannot be. */
export function unknownTag(tag: number, position: number): CodingError {
  return new CodingError(`operation of unknown type 0x${tag.toString(16)}`, position);
}

/** Takes operations as they are read; positions are in the record. */
export interface OperationSink {
  /** `type` is one of ValueType; the value is empty for deletes, the exclusive end for a range delete. */
  add(
    columnFamily: number,
    sequence: number,
    type: number,
    keyStart: number,
    keyEnd: number,
    valueStart: number,
    valueEnd: number,
  ): void;
}

/** A byte from here on is not the only one of its varint. */
const longer = 0x80;

/** A varint of any length, and where it ends. @throws CodingError */
function longVarint(cursor: Cursor, position: number): [value: number, end: number] {
  cursor.position = position;
  const value = cursor.varint();
  return [value, cursor.position];
}

/**
 * Reads the operations of a batch in order. Where it throws, `sink` may have been given some.
 * @throws CodingError when they do not add up to the batch's count, TransactionMarkerError
 */
export function readOperations(record: Uint8Array, sink: OperationSink): void {
  const { sequence: first, count } = batchHeader(record);
  const cursor = new Cursor(record);
  const { length } = record;
  let sequence = first;
  // Nearly all lengths are one byte, and every operation of a log comes by here.
  for (let at = headerLength; at < length;) {
    const start = at;
    const tag = record[at++] ?? 0;
    const known = shapes[tag];
    if (known) {
      let columnFamily = 0;
      if (known.hasColumnFamily) {
        columnFamily = record[at] ?? longer;
        if (columnFamily < longer) at++;
        else [columnFamily, at] = longVarint(cursor, at);
      }
      let keyLength = record[at] ?? longer;
      if (keyLength < longer) at++;
      else [keyLength, at] = longVarint(cursor, at);
      const keyStart = at;
      const keyEnd = (at += keyLength);
      let valueLength = 0;
      if (known.hasValue) {
        valueLength = record[at] ?? longer;
        if (valueLength < longer) at++;
        else [valueLength, at] = longVarint(cursor, at);
      }
      const valueStart = at;
      at += valueLength;
      if (at > length) throw new CodingError('ends too early', start);
      if (valueLength < known.suffix) throw valueWithoutTime(start);
      sink.add(columnFamily, sequence, known.type, keyStart, keyEnd, valueStart, at - known.suffix);
      sequence++;
    } else if (tag === Marker.logData) {
      const [dataLength, dataStart] = longVarint(cursor, at);
      at = dataStart + dataLength;
      if (at > length) throw new CodingError('ends too early', start);
    } else if (tag !== Marker.noop) {
      if (transactionMarkers.has(tag)) throw new TransactionMarkerError('prepared transactions');
      throw unknownTag(tag, start);
    }
  }
  if (sequence - first !== count) {
    throw new CodingError(`${sequence - first} operations instead of ${count}`, 8);
  }
}
