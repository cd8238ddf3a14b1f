// The values that windows collect, a column family beside the windows
// (quixstreams/state/rocksdb/windowed/transaction.py, `add_to_collection`, `get_from_collection`):
//
//   __values__   prefix|id|counter → one value     keys as in integerPairKeys.ts
//
// Each value is there once. A window by time has those whose id, a timestamp, lies in it; one by count
// those whose ids count up from where it started. What no window needs any more is deleted later: values
// may be older than all windows.

import type { StateValue } from './values';

export const valuesColumnFamily = '__values__';

/** The ids that a window has the values of, from and, exclusive, to. */
export interface CollectedIds {
  readonly from: bigint;
  readonly to: bigint;
}

export interface CollectedValue {
  readonly rawKey: Uint8Array;
  /** The timestamp of its message, ms since epoch; in windows by count a running number. */
  readonly id: bigint;
  readonly counter: bigint;
  readonly value: StateValue;
}
