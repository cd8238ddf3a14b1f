import path from 'node:path';
import { FileGoneError, WalElsewhereError, WalMissingError, type RocksDBError } from '../errors';
import { listDirectory, ReadableFile } from '../file';
import { fileNumbers, walFileName } from '../filenames';
import type { ColumnFamily } from '../manifest/version';
import type { PinnedLog } from './walReplay';

/** Where a database's write-ahead logs are. */
export interface LogPlace {
  readonly directory: string;
  /** The names in it. */
  readonly names: readonly string[];
  /** Set where the logs are not where OPTIONS says: those that count are missing here. */
  readonly warning: WalElsewhereError | undefined;
}

/**
 * Finds the logs of the database in `directory`, whose OPTIONS have `wal_dir` as `wanted`. A relative
 * one began at the app's working directory, which is not known: it is looked for in every folder above.
 * @throws FileGoneError, AccessError for `directory` itself
 */
export async function findLogs(
  directory: string,
  wanted: string | undefined,
  follow: ((directory: string) => boolean) | undefined,
): Promise<LogPlace> {
  const names = await listDirectory(directory);
  const here: LogPlace = { directory, names, warning: undefined };
  if (wanted === undefined) return here;
  const [first = directory, ...others] = candidates(directory, wanted);
  if (first === directory) return here;
  // Some versions write the database's own directory there, which a copied store has left behind.
  if (fileNumbers(names, 'wal').length > 0 && lastNames(wanted) === lastNames(directory))
    return here;
  let reason = 'not here';
  for (const elsewhere of [first, ...others]) {
    if (follow && !follow(elsewhere)) {
      reason = 'not followed';
      continue;
    }
    const found = await listDirectory(elsewhere).catch((error: unknown) => {
      if (!(error instanceof FileGoneError)) reason = 'not readable';
      return undefined;
    });
    const certain = others.length === 0 || (found && fileNumbers(found, 'wal').length > 0);
    if (found && certain) return { directory: elsewhere, names: found, warning: undefined };
  }
  return { ...here, warning: new WalElsewhereError(first, reason) };
}

function candidates(directory: string, wanted: string): string[] {
  if (path.isAbsolute(wanted)) return [path.resolve(wanted)];
  const found: string[] = [];
  for (let at = directory; ; at = path.dirname(at)) {
    found.push(path.resolve(at, wanted));
    if (path.dirname(at) === at) return found;
  }
}

/** Stream and partition: what stays of a directory's path when it is copied elsewhere. */
function lastNames(directory: string): string {
  return directory
    .split(/[\\/]+/)
    .filter(Boolean)
    .slice(-2)
    .join('/');
}

/** What is known of a database's logs without reading them. */
export interface LogFacts {
  readonly walDirectory: string;
  /** Bytes of the logs that still count. */
  readonly walBytes: number;
  /** When the newest log was last written, ms since epoch; undefined without logs. */
  readonly lastWriteMs: number | undefined;
}

/** What is known of the logs that were opened. */
export interface OpenedLogs {
  readonly warnings: readonly RocksDBError[];
  /** Where they are and, of each, its number and which file it is. */
  readonly identities: readonly string[];
  readonly facts: LogFacts;
}

/**
 * Opens the logs that hold something of `families` and takes their lengths, ascending by number, into
 * `logs`: whoever calls closes them, also when this throws. From `oldest` on all are opened.
 * @throws FileGoneError when one was removed since the directory was listed, AccessError
 */
export async function openLogs(
  { directory, names, warning }: LogPlace,
  families: readonly ColumnFamily[],
  logs: PinnedLog[],
  oldest = Infinity,
): Promise<OpenedLogs> {
  const warnings: RocksDBError[] = warning ? [warning] : [];
  const needed = families.map(({ logNumber }) => logNumber);
  const last = Math.max(...needed);
  const first = Math.min(oldest, ...needed);
  const numbers = fileNumbers(names, 'wal').filter((number) => number >= first);
  if (!warning && last > 0 && (numbers.at(-1) ?? -1) < last) {
    warnings.push(new WalMissingError(path.join(directory, walFileName(last)), 'missing'));
  }
  let walBytes = 0;
  let lastWriteMs: number | undefined;
  const identities = [directory];
  for (const number of numbers) {
    const file = await ReadableFile.open(path.join(directory, walFileName(number)));
    const log = { number, file, size: 0 };
    logs.push(log);
    // Asked of the descriptor: a listing may lag behind what the app has written.
    const { size, identity, modifiedMs } = await file.stat();
    log.size = size;
    walBytes += size;
    lastWriteMs = Math.max(lastWriteMs ?? 0, modifiedMs);
    identities.push(`${number}:${identity.place}`);
  }
  return { warnings, identities, facts: { walDirectory: directory, walBytes, lastWriteMs } };
}
