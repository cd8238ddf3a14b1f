// A log file: write-ahead log or MANIFEST (db/log_format.h, db/log_reader.cc). Blocks of 32 KiB from
// the file's start; records do not cross a block, so a long one comes in fragments:
//
//   fixed32 masked CRC32C of type [+ log number] + payload | fixed16 length | type byte | payload
//   with recyclable types a fixed32 log number follows the type byte
//
//   1 full, 2 first, 3 middle, 4 last; 5–8 the same, recyclable
//   9 what follows is compressed        fixed32 compression, see compressedLog
//   10, recyclable 11 timestamp sizes   (fixed32 column family, fixed16 bytes) each
//   130, 131 the log before this one    passed over, as RocksDB does unless told to verify it
//   others from 128 on                  passed over
//
// Fewer bytes left in a block than a header needs are padding. Type 0 with length 0 is preallocated
// space: the rest of its block is passed over. A file that is recycled keeps the bytes of its life
// before behind the new records: whatever cannot be read there is the end.

import { maskCrc } from '../bytes/checksum';
import { CodingError, Cursor } from '../bytes/coding';
import { UnsupportedFormatError } from '../errors';
import type { Kernel } from '../kernel/kernel';
import { RecordInflater, unsupportedLogCompression } from './compressedLog';
import { LogWindow, type ReadInto } from './logWindow';

const blockSize = 32_768;
const headerSize = 7;
const recyclableHeaderSize = 11;
/** So much is read at a time. */
const pieceSize = 32 * blockSize;

const recyclableTypes = new Map([
  [5, 1],
  [6, 2],
  [7, 3],
  [8, 4],
  [11, 10],
  [131, 130],
]);

/**
 * How a log ended: whole, in the middle of a record, with bytes that cannot be right, or where the
 * records of a recycled file's life before begin: those may also be damage, which nobody can tell.
 */
export type LogEnd =
  | { readonly kind: 'whole' }
  | {
      readonly kind: 'torn' | 'corrupt' | 'recycled';
      readonly offset: number;
      readonly reason: string;
      /** The record there would go on behind the file's end: a MANIFEST may end like that. */
      readonly pastEnd?: boolean;
    };

export interface LogRecord {
  /** Where the record's first fragment starts in the file. */
  readonly offset: number;
  readonly payload: Uint8Array;
}

/** Why the reading of a piece paused: its end, or something that must be waited for. */
type Pause = 'piece' | 'end' | 'zeros';

/**
 * Reads a log's records in order and remembers where the first unread one starts, so that a file
 * that grows is read on from there.
 */
export class LogReader {
  /** Offset of the first byte that is not read: where the next record starts. */
  offset = 0;
  end: LogEnd = { kind: 'whole' };
  /** Where zeros lie between records that RocksDB, too, reads on behind: something may be missing. */
  readonly zeros: number[] = [];
  /** Bytes of the user timestamps at the end of keys, by column family id. */
  readonly timestampSizes = new Map<number, number>();

  private compression: number | undefined;
  private inflater: RecordInflater | undefined;
  private recycled = false;
  private recordRead = false;
  /** Up to here preallocated space was looked through for records behind it. */
  private zeroEnd = 0;

  // What is known within one call of batches().
  private position = 0;
  /** The fragments of a record so far, put together where they lie. */
  private fragments: Uint8Array | undefined;
  private fragmentsStart: number | undefined;
  private zerosStart: number | undefined;

  constructor(
    private readonly file: string,
    /** The number in the file's name; recyclable records carry it. */
    private readonly logNumber: number,
    private readonly kernel: Kernel,
  ) {}

  /** Whether records are, so that each has memory of its own. */
  get isCompressed(): boolean {
    return this.inflater !== undefined;
  }

  /**
   * The records that are whole between `offset` and `length` bytes of the file. Afterwards `end`
   * says why there are no more and `offset` where to go on when the file has grown.
   * @throws UnsupportedFormatError for a compression that is not known
   */
  async *records(length: number, read: ReadInto): AsyncGenerator<LogRecord> {
    for await (const batch of this.batches(length, read)) yield* batch;
  }

  /**
   * As `records`, but all of a piece of the file at once. Payloads are views of the memory that was read
   * into, which holds up to `windowSize` bytes side by side.
   */
  async *batches(
    length: number,
    read: ReadInto,
    windowSize = pieceSize,
  ): AsyncGenerator<readonly LogRecord[]> {
    this.position = this.offset;
    this.fragments = this.fragmentsStart = this.zerosStart = undefined;
    this.end = { kind: 'whole' };
    const window = new LogWindow(read, windowSize, pieceSize);
    let pause: Pause = 'piece';
    while (pause !== 'end' && this.position < length) {
      const start = this.position;
      const wanted = Math.min(length, start - (start % blockSize) + pieceSize) - start;
      if (!window.goesOn(start, wanted)) {
        const kept = window.begin(start, length, this.fragments);
        this.fragments &&= kept;
      }
      const piece = await window.piece(wanted, length);
      if (piece.length < wanted) length = start + piece.length; // it shrank
      do {
        const found: LogRecord[] = [];
        pause = this.readPiece(piece, start, length, found);
        if (found.length > 0) yield found;
      } while (pause === 'zeros' && (await this.passZeros(read)));
    }
    if (pause !== 'end' && this.fragmentsStart !== undefined) {
      this.stop('torn', this.offset, 'ends within a record');
    }
  }

  /** The record at `offset`, which `records` gave last, cannot be right: the log ends before it. */
  reject(offset: number, reason: string): void {
    this.offset = offset;
    this.end = { kind: 'corrupt', offset, reason };
  }

  /** Reads on in `piece`, which starts at `start` in the file, and puts what is whole into `found`. */
  private readPiece(piece: Uint8Array, start: number, length: number, found: LogRecord[]): Pause {
    const view = new DataView(piece.buffer, piece.byteOffset, piece.byteLength);
    const pieceEnd = start + piece.length;
    const crc32c = this.kernel.crc32cWithin(piece);
    for (;;) {
      const { position } = this;
      const leftInBlock = blockSize - (position % blockSize);
      if (leftInBlock < headerSize) {
        this.position += leftInBlock;
        continue;
      }
      if (position >= pieceEnd) {
        if (this.zerosStart !== undefined && position < length) this.zeroEnd = position;
        return 'piece';
      }
      const available = Math.min(leftInBlock, length - position);
      if (available < headerSize) {
        return this.stop('torn', this.offset, 'ends within a record header');
      }
      const at = position - start;
      const payloadLength = view.getUint16(at + 4, true);
      const type = view.getUint8(at + 6);
      if (type === 0 && payloadLength === 0) {
        if (this.fragmentsStart !== undefined) {
          return this.stop('torn', this.offset, 'ends within a record');
        }
        this.zerosStart ??= position;
        // What was seen to be zeros up to there still is, as long as nothing was written before it.
        this.position = Math.max(position + leftInBlock, this.zeroEnd);
        if (this.position > pieceEnd) return 'piece';
        continue;
      }
      if (this.zerosStart !== undefined) return 'zeros';

      const plainType = recyclableTypes.get(type);
      let header = headerSize;
      if (plainType !== undefined) {
        if (this.recordRead && !this.recycled) {
          return this.stop('corrupt', position, 'a recyclable record in a log of others');
        }
        header = recyclableHeaderSize;
        if (leftInBlock < header) {
          this.position += leftInBlock;
          continue;
        }
      }
      const total = header + payloadLength;
      if (total > leftInBlock) {
        const pastEnd = available < leftInBlock;
        return this.stop('corrupt', position, 'record longer than its block', pastEnd);
      }
      if (total > available) return this.stop('torn', this.offset, 'ends within a record');
      if (maskCrc(crc32c(at + 6, at + total)) !== view.getUint32(at, true)) {
        return this.stop('corrupt', position, 'record checksum mismatch');
      }
      if (plainType !== undefined) {
        this.recycled = true; // not before the checksum is known to be right
        if (view.getUint32(at + 7, true) !== this.logNumber % 2 ** 32) {
          return this.stop('recycled', position, 'records of its life before');
        }
      }
      this.position += total;
      const payload = piece.subarray(at + header, at + total);
      const problem = this.take(plainType ?? type, payload, position, found);
      if (problem !== undefined) return this.stop('corrupt', position, problem);
    }
  }

  /** Takes one physical record that is sound. Gives what is wrong with it here, if anything is. */
  private take(
    type: number,
    payload: Uint8Array,
    position: number,
    found: LogRecord[],
  ): string | undefined {
    const within = this.fragmentsStart !== undefined;
    switch (type) {
      case 1:
      case 2:
        // Old writers left an empty first fragment at a block's end and began anew.
        if (this.fragments && this.fragments.length > 0) return 'record without its end';
        this.fragments = payload;
        this.fragmentsStart = position;
        return type === 1 ? this.emit(found) : undefined;
      case 3:
      case 4:
        if (!within) return 'record without its start';
        this.fragments = joined(this.fragments ?? payload.subarray(0, 0), payload);
        return type === 4 ? this.emit(found) : undefined;
      case 9:
        if (this.recordRead || this.compression !== undefined) return 'compression told too late';
        this.compression = this.compressionOf(payload, position);
        this.inflater = new RecordInflater();
        break;
      case 10:
        if (within || !this.takeTimestampSizes(payload)) return 'timestamp sizes that cannot be';
        break;
      default:
        if (type < 128) return `record of type ${type}`;
        this.fragments = this.fragmentsStart = undefined;
    }
    if (this.fragmentsStart === undefined) this.offset = this.position;
    return undefined;
  }

  /** The fragments are a whole record. */
  private emit(found: LogRecord[]): string | undefined {
    const { fragments: payload = new Uint8Array(0), fragmentsStart: offset = 0 } = this;
    this.fragments = this.fragmentsStart = undefined;
    try {
      found.push({ offset, payload: this.inflater ? this.inflater.inflate(payload) : payload });
    } catch (error) {
      if (error instanceof CodingError) return error.message;
      throw error;
    }
    this.recordRead = true;
    this.offset = this.position;
    return undefined;
  }

  private compressionOf(payload: Uint8Array, offset: number): number | undefined {
    const type = payload.length < 4 ? 0 : new Cursor(payload).fixed32();
    const unsupported = unsupportedLogCompression(type);
    if (unsupported !== undefined) {
      throw new UnsupportedFormatError(this.file, unsupported, { offset });
    }
    return type;
  }

  private takeTimestampSizes(payload: Uint8Array): boolean {
    if (payload.length % 6 !== 0) return false;
    const cursor = new Cursor(payload);
    while (!cursor.atEnd) {
      const columnFamily = cursor.fixed32();
      const size = cursor.byte() + 256 * cursor.byte();
      if (size === 0 || this.timestampSizes.has(columnFamily)) return false;
      this.timestampSizes.set(columnFamily, size);
    }
    return true;
  }

  /**
   * There is something behind zeros. Where they are still zeros, that counts; else the log was written
   * on while it was read: gives false, and reading begins again where the zeros were.
   */
  private async passZeros(read: ReadInto): Promise<boolean> {
    const start = this.zerosStart ?? 0;
    this.zerosStart = undefined;
    const header = new Uint8Array(headerSize);
    await read(header, start);
    if (header.subarray(4).some((byte) => byte !== 0)) {
      this.position = start;
      return false;
    }
    this.zeros.push(start);
    this.offset = this.position;
    return true;
  }

  private stop(
    kind: 'torn' | 'corrupt' | 'recycled',
    offset: number,
    reason: string,
    pastEnd = kind === 'torn',
  ): Pause {
    // Behind the records of a recycled file come those of its life before, cut anywhere.
    this.end = { kind: this.recycled ? 'recycled' : kind, offset, reason, pastEnd };
    return 'end';
  }
}

/** `next`, which lies behind `fragments` in the same memory, moved to their end. */
function joined(fragments: Uint8Array, next: Uint8Array): Uint8Array {
  const length = fragments.length + next.length;
  const record = new Uint8Array(fragments.buffer, fragments.byteOffset, length);
  record.set(next, fragments.length);
  return record;
}
