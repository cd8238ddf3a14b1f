export { openReadOnly } from './database';
export type { Database, OpenOptions, Refreshed } from './database';
export type { DatabaseFacts } from './databaseFiles';
export type { Entry, ScanOptions } from './scan';
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
