import path from 'node:path';
import { WalElsewhereError, WalMissingError, type RocksDBError } from './errors';
import { listDirectory, ReadableFile } from './file';
import { fileNumbers, walFileName } from './filenames';
import type { ColumnFamily } from './version';
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
 * Finds the logs of the database in `directory`, which holds `names` and whose OPTIONS have
 * `walDirectory`. Logs beside the tables are taken whatever OPTIONS say: a copied store names the
 * directory that it had on another machine.
 */
export async function findLogs(
  directory: string,
  names: readonly string[],
  walDirectory: string | undefined,
  follow: ((directory: string) => boolean) | undefined,
): Promise<LogPlace> {
  const here: LogPlace = { directory, names, warning: undefined };
  if (walDirectory === undefined || fileNumbers(names, 'wal').length > 0) return here;
  const elsewhere = path.resolve(directory, walDirectory);
  if (elsewhere === directory) return here;
  if (follow && !follow(elsewhere)) {
    return { ...here, warning: new WalElsewhereError(elsewhere, 'not followed') };
  }
  try {
    const found = await listDirectory(elsewhere);
    return { directory: elsewhere, names: found, warning: undefined };
  } catch (cause) {
    return { ...here, warning: new WalElsewhereError(elsewhere, 'not here', { cause }) };
  }
}

/** What is known of the logs that were opened. */
export interface OpenedLogs {
  readonly warnings: readonly RocksDBError[];
  /** Of each log, its number and which file it is. */
  readonly identities: readonly string[];
  readonly facts: {
    readonly walDirectory: string;
    /** Bytes. */
    readonly walBytes: number;
    /** ms since epoch */
    readonly lastWriteMs: number | undefined;
  };
}

/**
 * Opens the logs that hold something of `families` and takes their lengths, ascending by number, into
 * `logs`: whoever calls closes them, also when this throws.
 * @throws FileGoneError when one was removed since the directory was listed, AccessError
 */
export async function openLogs(
  { directory, names, warning }: LogPlace,
  families: readonly ColumnFamily[],
  logs: PinnedLog[],
): Promise<OpenedLogs> {
  const warnings: RocksDBError[] = warning ? [warning] : [];
  const needed = families.map(({ logNumber }) => logNumber);
  const last = Math.max(...needed);
  const numbers = fileNumbers(names, 'wal').filter((number) => number >= Math.min(...needed));
  if (!warning && last > 0 && (numbers.at(-1) ?? -1) < last) {
    warnings.push(new WalMissingError(path.join(directory, walFileName(last)), 'missing'));
  }
  let walBytes = 0;
  let lastWriteMs: number | undefined;
  const identities: string[] = [];
  for (const number of numbers) {
    const file = await ReadableFile.open(path.join(directory, walFileName(number)));
    const log = { number, file, size: 0 };
    logs.push(log);
    // Asked of the descriptor: a listing may lag behind what the app has written.
    const { size, identity, modifiedMs } = await file.stat();
    log.size = size;
    walBytes += size;
    lastWriteMs = Math.max(lastWriteMs ?? 0, modifiedMs);
    identities.push(`${number}:${identity}`);
  }
  return { warnings, identities, facts: { walDirectory: directory, walBytes, lastWriteMs } };
}
