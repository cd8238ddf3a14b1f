import { setImmediate as nextTurn } from 'node:timers/promises';
import { CodingError, compareBytes } from './coding';
import { CorruptionError, UnsupportedFormatError } from './errors';
import { featureOfType, ValueType } from './internalKey';
import type { MergingIterator } from './mergingIterator';
import type { RangeDeletion, Version } from './sortedRun';

/** A key and its value, as RocksDB would give them. */
export interface Entry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

export interface ScanOptions {
  /** The first key wanted. */
  readonly from?: Uint8Array | undefined;
  /** The first key no longer wanted. */
  readonly to?: Uint8Array | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How many versions a scan passes before it lets others run. */
const turnLength = 1024;

const deleted = Symbol('deleted');

/** The entries of a column family, one after the other. */
export class Scan {
  private passed = 0;
  private readonly copies = new Copies();

  constructor(
    private readonly versions: MergingIterator,
    private readonly deletions: readonly RangeDeletion[],
    private readonly to: Uint8Array | undefined,
    private readonly signal: AbortSignal | undefined,
    /** Where the database lies, for errors. */
    private readonly directory: string,
  ) {}

  /** The next entry, copied; undefined at the end. A promise only where there is something to wait for. */
  next(): Entry | undefined | Promise<Entry | undefined> {
    try {
      for (;;) {
        // Reads from memory alone would keep timers, and whoever aborts, from running.
        if (++this.passed % turnLength === 0) return nextTurn().then(() => this.next());
        const version = this.versions.next();
        if (version instanceof Promise) return this.later(version);
        const entry = this.entryOf(version);
        if (entry !== deleted) return entry;
      }
    } catch (error) {
      throw describedIn(this.directory, error);
    }
  }

  private async later(waiting: Promise<Version | undefined>): Promise<Entry | undefined> {
    try {
      const entry = this.entryOf(await waiting);
      if (entry !== deleted) return entry;
    } catch (error) {
      throw describedIn(this.directory, error);
    }
    return this.next();
  }

  private entryOf(version: Version | undefined): Entry | undefined | typeof deleted {
    this.signal?.throwIfAborted();
    if (!version || (this.to && compareBytes(version.key, this.to) >= 0)) return undefined;
    const value = valueOf(version, this.deletions, this.directory);
    return value ? { key: this.copies.add(version.key), value: this.copies.add(value) } : deleted;
  }
}

const pieceBytes = 16_384;

/** Copies many small byte strings into few pieces of memory. */
class Copies {
  private piece = new Uint8Array(0);
  private end = 0;

  add(bytes: Uint8Array): Uint8Array {
    const { length } = bytes;
    if (length > pieceBytes / 4) return bytes.slice();
    if (length > this.piece.length - this.end) {
      this.piece = new Uint8Array(this.piece.length === 0 ? pieceBytes / 16 : pieceBytes);
      this.end = 0;
      if (length > this.piece.length) return bytes.slice();
    }
    const start = this.end;
    this.piece.set(bytes, start);
    this.end += length;
    return this.piece.subarray(start, this.end);
  }
}

/**
 * What a version means for its key: its value, or undefined where it, or a range deletion that is
 * newer, deletes it. `place` is named in the error.
 * @throws UnsupportedFormatError for merge operands, blobs and other entries that are not shown
 */
export function valueOf(
  version: Version,
  deletions: readonly RangeDeletion[],
  place: string,
): Uint8Array | undefined {
  const { type, key, sequence, value } = version;
  for (const { start, end, sequence: deleted } of deletions) {
    if (deleted > sequence && compareBytes(start, key) <= 0 && compareBytes(key, end) < 0) {
      return undefined;
    }
  }
  switch (type) {
    case ValueType.value:
      return value;
    case ValueType.deletion:
    case ValueType.singleDeletion:
      return undefined;
    default:
      throw new UnsupportedFormatError(place, featureOfType(type));
  }
}

/** Gives the errors of decoding keys a place. */
export function describedIn(directory: string, cause: unknown): unknown {
  if (!(cause instanceof CodingError)) return cause;
  return new CorruptionError(directory, cause.message, { cause });
}
