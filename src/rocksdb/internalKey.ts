// Internal key: what tables and MANIFEST bounds hold (db/dbformat.h):
//
//   user key | fixed64 of (sequence << 8 | type)
//
// In order of user key ascending bytewise, then sequence descending: the newest first.

import { CodingError } from './bytes/coding';

export const trailerLength = 8;

/** Types of operations that tables and write batches hold; the rest only mark up a write-ahead log. */
export const ValueType = {
  deletion: 0x00,
  value: 0x01,
  merge: 0x02,
  singleDeletion: 0x07,
  rangeDeletion: 0x0f,
  blobIndex: 0x11,
  deletionWithTimestamp: 0x14,
  wideColumnEntity: 0x16,
  valuePreferredSequence: 0x18,
} as const;

const featureNames = new Map<number, string>([
  [ValueType.merge, 'merge operands'],
  [ValueType.blobIndex, 'blob files'],
  [ValueType.deletionWithTimestamp, 'user-defined timestamps'],
  [ValueType.wideColumnEntity, 'wide columns'],
  [ValueType.valuePreferredSequence, 'timed puts'],
]);

/** The name of an entry type that is not shown, for the error that refuses it. */
export function featureOfType(type: number): string {
  return featureNames.get(type) ?? `entries of type 0x${type.toString(16)}`;
}

/** The user key, sequence number and type of an internal key. @throws CodingError */
export function parseInternalKey(key: Uint8Array): {
  userKey: Uint8Array;
  sequence: number;
  type: number;
} {
  const end = key.length - trailerLength;
  if (end < 0) throw new CodingError('internal key without its trailer', 0);
  return { userKey: key.subarray(0, end), sequence: sequenceAt(key, end), type: key[end] ?? 0 };
}

/** The sequence number in the trailer at `position`, 56 bits little-endian. @throws CodingError over 2^53 */
export function sequenceAt(bytes: Uint8Array, position: number): number {
  let sequence = 0;
  for (let i = 7; i >= 1; i--) sequence = sequence * 256 + (bytes[position + i] ?? 0);
  if (sequence > Number.MAX_SAFE_INTEGER) {
    // The largest sequence, all 56 bits set, stands only in exclusive bounds of a MANIFEST.
    if (sequence >= 2 ** 56 - 1) return Number.MAX_SAFE_INTEGER;
    throw new CodingError('sequence number over 2^53', position);
  }
  return sequence;
}
