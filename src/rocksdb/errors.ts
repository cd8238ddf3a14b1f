/** Stable names of what can be wrong with a database or a file of it. */
export type RocksDBErrorCode =
  | 'corrupt'
  | 'unsupported'
  | 'gone'
  | 'access'
  | 'notADatabase'
  | 'walTail'
  | 'walMissing'
  | 'walElsewhere';

interface Details {
  /** Byte offset in the file, where one is known. */
  readonly offset?: number | undefined;
  readonly cause?: unknown;
}

/** What every error of this layer carries; `message` is for logs, sentences for people are made elsewhere. */
export abstract class RocksDBError extends Error {
  abstract readonly code: RocksDBErrorCode;
  readonly offset: number | undefined;

  constructor(
    /** Absolute path of the file or directory. */
    readonly file: string,
    readonly reason: string,
    details: Details = {},
  ) {
    const at = details.offset === undefined ? '' : ` at byte ${details.offset}`;
    super(`${file}${at}: ${reason}`, details.cause === undefined ? {} : { cause: details.cause });
    this.name = new.target.name;
    this.offset = details.offset;
  }
}

/** Bytes that cannot be right: a checksum that fails, a length past the end, a file that is missing. */
export class CorruptionError extends RocksDBError {
  readonly code = 'corrupt';
}

/** A sound file that uses something this reader does not know; `reason` names the feature. */
export class UnsupportedFormatError extends RocksDBError {
  readonly code = 'unsupported';
}

/** A file or directory that was there is gone: compaction or the user removed it. */
export class FileGoneError extends RocksDBError {
  readonly code = 'gone';
}

/** The operating system does not let us read. */
export class AccessError extends RocksDBError {
  readonly code = 'access';
}

/** A directory without CURRENT: a store being made, half deleted, or none at all. */
export class NotADatabaseError extends RocksDBError {
  readonly code = 'notADatabase';
}

/**
 * Warning: the end of a write-ahead log is not whole, and RocksDB would drop it. `torn` says that the
 * file just ends too early, as it does for a moment beside a running writer, and that no later log is
 * dropped with it.
 */
export class WalTailError extends RocksDBError {
  readonly code = 'walTail';
  constructor(
    file: string,
    reason: string,
    offset: number,
    readonly torn: boolean,
  ) {
    super(file, reason, { offset });
  }
}

/** Warning: the MANIFEST counts on a write-ahead log that is not here. */
export class WalMissingError extends RocksDBError {
  readonly code = 'walMissing';
}

/** Warning: OPTIONS names a `wal_dir` that is not here or may not be followed; `file` is that directory. */
export class WalElsewhereError extends RocksDBError {
  readonly code = 'walElsewhere';
}
