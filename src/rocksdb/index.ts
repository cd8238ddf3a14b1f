export { openReadOnly } from './database';
export type { Database, DatabaseFacts, OpenOptions, Refreshed } from './database';
export type { Entry, ScanOptions } from './view';
export {
  AccessError,
  CorruptionError,
  FileGoneError,
  NotADatabaseError,
  RocksDBError,
  UnsupportedFormatError,
  WalElsewhereError,
  WalMissingError,
  WalTailError,
} from './errors';
export type { RocksDBErrorCode } from './errors';
export { compareBytes } from './coding';
export { parseFileName } from './filenames';
