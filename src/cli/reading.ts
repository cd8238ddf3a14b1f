import path from 'node:path';
import { messageFor, shortKey } from '../app/index';
import {
  CorruptionError,
  RocksDBError,
  UnsupportedFormatError,
  type Damage,
  type Database,
  type OpenOptions,
} from '../rocksdb/index';
import { isNetworkPath } from '../statefolder/index';

/** Exit codes. */
export const exitCodes = { ok: 0, damaged: 1, usage: 2, unsupported: 3 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** One line on standard error. */
export type Report = (line: string) => void;

/** How a terminal opens a store: `wal_dir` is followed, but to no other host that was not asked for. */
export function openOptions(directory: string, signal: AbortSignal): OpenOptions {
  const follow = (path: string) => !isNetworkPath(path) || isNetworkPath(directory);
  return { follow, signal };
}

/** Says what RocksDB would drop, or what is not here. */
export async function reportWarnings(database: Database, report: Report): Promise<void> {
  await database.readOldLogs(); // of which it may have to warn
  const { warnings, directory } = database;
  for (const warning of warnings) report(`warning: ${sentence(warning, directory)}`);
}

/** Says which block was passed over, and which keys it may have held. */
export function reportDamage({ error, first, last }: Damage, report: Report): void {
  const keys = `keys from ${shortKey(first)} to ${shortKey(last)} may be missing or old`;
  report(`damaged: ${error.message}; ${keys}`);
}

/** What went wrong, on one line that names file and reason. */
function sentence(error: unknown, directory: string): string {
  // The editor shows the rest of a damaged store; here reading ends.
  if (error instanceof CorruptionError) return `damaged: ${error.message}`;
  if (error instanceof UnsupportedFormatError) return `not supported: ${error.message}`;
  const { text } = messageFor(error, path.resolve(directory));
  const named = !(error instanceof RocksDBError) || text.includes(error.file);
  return named ? text : `${error.file}: ${text}`;
}

/** Reports why something could not be read. */
export function reportFailure(error: unknown, directory: string, report: Report): ExitCode {
  report(sentence(error, directory));
  return error instanceof UnsupportedFormatError ? exitCodes.unsupported : exitCodes.damaged;
}
