import path from 'node:path';
import { messageFor } from '../app/index';
import {
  CorruptionError,
  RocksDBError,
  UnsupportedFormatError,
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
export function reportWarnings({ warnings, directory }: Database, report: Report): void {
  for (const warning of warnings) report(`warning: ${sentence(warning, directory)}`);
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
