// With `track_and_verify_wals_in_manifest` the MANIFEST keeps account of the logs that are on disk for
// certain, and RocksDB opens no database without them (WalSet::CheckWals in db/wal_edit.cc).

import path from 'node:path';
import { CorruptionError } from '../errors';
import { fileNumbers, walFileName } from '../filenames';
import type { LogPlace } from './walFiles';
import type { PinnedLog } from './walReplay';

/** Log numbers with the bytes that are on disk, undefined while that is not known. */
export type TrackedLogs = ReadonlyMap<number, number | undefined>;

/**
 * Holds the logs that are there against those tracked; `opened` has all of these that are there.
 * @throws CorruptionError for the first that is missing, or too short
 */
export function checkTrackedLogs(
  tracked: TrackedLogs,
  { directory, names }: LogPlace,
  opened: readonly PinnedLog[],
): void {
  const present = new Set(fileNumbers(names, 'wal'));
  for (const [number, synced] of [...tracked].sort(([a], [b]) => a - b)) {
    if (synced === undefined) continue;
    const file = path.join(directory, walFileName(number));
    if (!present.has(number)) throw new CorruptionError(file, 'missing');
    const size = opened.find((log) => log.number === number)?.size ?? synced;
    if (size < synced) {
      throw new CorruptionError(file, `${size} of ${synced} bytes`, { offset: size });
    }
  }
}
