export { openReadOnly } from './database';
export type { Refreshed } from './currentView';
export type { Database, Entry, OpenOptions } from './database';
export type { DatabaseFacts } from './databaseFiles';
export type { EntryBatch } from './read/batch';
export type { Damage } from './read/sources';
export type { ScanOptions } from './read/view';
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
export { CodingError, compareBytes } from './bytes/coding';
export { decompressLz4WithDictionary } from './bytes/lz4Dictionary';
export { zstdBound } from './bytes/zstdFrame';
export { xxhash32 } from './kernel/xxhash32';
export { ZstdDecoder } from './zstd/zstdDecoder';
export { parseFileName } from './filenames';
export { databaseUsage, noUsage } from './inspect/databaseUsage';
export type { DatabaseUsage } from './inspect/databaseUsage';
export { inspectDatabase } from './inspect/inspectDatabase';
export type { Inspection } from './inspect/inspectDatabase';
export { verifyDatabase } from './verify/verifyDatabase';
export type { Finding } from './verify/finding';
export type { Counts, Progress } from './verify/walk';
export { ScanThreads } from './threads/scanThreads';
