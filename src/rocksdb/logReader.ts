// A log file: write-ahead log or MANIFEST (db/log_format.h, db/log_reader.cc). Blocks of 32 KiB from
// the file's start; records do not cross a block, so a long one comes in fragments:
//
//   fixed32 masked CRC32C of type [+ log number] + payload | fixed16 length | type byte | payload
//   with recyclable types a fixed32 log number follows the type byte
//
//   1 full, 2 first, 3 middle, 4 last; 5–8 the same, recyclable
//   9 compression, 10 and 11 timestamp sizes, 130 and 131 predecessor
//
// Fewer bytes left in a block than a header needs are padding. Type 0 with length 0 is preallocated
// space: the end. A recyclable record with another log number is the file's previous life: the end.

import { UnsupportedFormatError } from './errors';
import type { Checksums } from './checksum';

const blockSize = 32_768;
const headerSize = 7;
const recyclableHeaderSize = 11;
const chunkSize = 32 * blockSize;

/** How a log ended: whole, in the middle of a record, or with bytes that cannot be right. */
export type LogEnd =
  | { readonly kind: 'whole' }
  | { readonly kind: 'torn' | 'corrupt'; readonly offset: number; readonly reason: string };

export interface LogRecord {
  /** Where the record's first fragment starts in the file. */
  readonly offset: number;
  readonly payload: Uint8Array;
}

type Read = (offset: number, length: number) => Promise<Uint8Array>;

/**
 * Reads a log's records in order and remembers where the first unread one starts, so that a file
 * that grows is read on from there. Bytes come through `read(offset, length)`.
 */
export class LogReader {
  /** Offset of the first byte that is not read: where the next record starts. */
  offset = 0;
  end: LogEnd = { kind: 'whole' };
  /** How far preallocated space was looked through for records behind it. */
  private zeroEnd = 0;

  constructor(
    private readonly file: string,
    /** The number in the file's name; recyclable records carry it. */
    private readonly logNumber: number,
    private readonly checksums: Checksums,
  ) {}

  /**
   * The records that are whole between `offset` and `length` bytes of the file. Afterwards `end`
   * says why there are no more and `offset` where to go on when the file has grown.
   * @throws UnsupportedFormatError for compressed logs and user timestamps
   */
  async *records(length: number, read: Read): AsyncGenerator<LogRecord> {
    let chunk: Uint8Array = new Uint8Array(0);
    let chunkStart = 0;
    let position = this.offset;
    let fragments: Uint8Array[] = [];
    let started = false;
    this.end = { kind: 'whole' };

    for (;;) {
      const leftInBlock = blockSize - (position % blockSize);
      if (leftInBlock < headerSize) {
        position += leftInBlock;
        continue;
      }
      if (position >= length) break;
      const blockEnd = Math.min(position + leftInBlock, length);
      if (position < chunkStart || blockEnd > chunkStart + chunk.length) {
        chunkStart = position;
        const wanted = Math.min(length, position - (position % blockSize) + chunkSize) - position;
        chunk = await read(position, wanted);
        if (chunk.length < wanted) length = position + chunk.length; // it shrank
        if (chunk.length === 0) break;
      }
      const at = position - chunkStart;
      const available = Math.min(leftInBlock, length - position);
      if (available < headerSize) {
        this.end = { kind: 'torn', offset: this.offset, reason: 'ends within a record header' };
        return;
      }
      const view = new DataView(chunk.buffer, chunk.byteOffset + at, available);
      const storedCrc = view.getUint32(0, true);
      const payloadLength = view.getUint16(4, true);
      const type = view.getUint8(6);
      if (type === 0 && payloadLength === 0) {
        if (started) {
          this.end = { kind: 'torn', offset: this.offset, reason: 'ends within a record' };
        } else if (
          chunk.subarray(at).some((byte) => byte !== 0) ||
          !(await this.isZero(chunkStart + chunk.length, length, read))
        ) {
          this.end = this.corrupt(position, 'zeros before more records');
        }
        return;
      }
      const recyclable = (type >= 5 && type <= 8) || type === 11 || type === 131;
      const header = recyclable ? recyclableHeaderSize : headerSize;
      if (recyclable && leftInBlock < header) {
        position += leftInBlock;
        continue;
      }
      const total = header + payloadLength;
      if (total > leftInBlock) {
        this.end = this.corrupt(position, 'record longer than its block');
        return;
      }
      if (total > available) {
        this.end = { kind: 'torn', offset: this.offset, reason: 'ends within a record' };
        return;
      }
      if (recyclable && view.getUint32(7, true) !== this.logNumber % 2 ** 32) return;
      if (this.checksums.maskedCrc32c(chunk.subarray(at + 6, at + total)) !== storedCrc) {
        this.end = this.corrupt(position, 'record checksum mismatch');
        return;
      }
      const payload = chunk.subarray(at + header, at + total);
      const recordStart = position;
      position += total;

      switch (recyclable ? type - 4 : type) {
        case 1:
          if (started) return this.broken(recordStart);
          this.offset = position;
          yield { offset: recordStart, payload };
          break;
        case 2:
          if (started) return this.broken(recordStart);
          started = true;
          fragments = [payload];
          break;
        case 3:
          if (!started) return this.broken(recordStart);
          fragments.push(payload);
          break;
        case 4: {
          if (!started) return this.broken(recordStart);
          fragments.push(payload);
          const offset = this.offset;
          started = false;
          this.offset = position;
          yield { offset, payload: Buffer.concat(fragments) };
          fragments = [];
          break;
        }
        case 9:
          throw this.unsupported('a compressed write-ahead log', recordStart);
        case 10:
        case 7:
          throw this.unsupported('user-defined timestamps', recordStart);
        default:
          // Unknown types with bit 7 set may be skipped (predecessor WAL info among them).
          if (type < 128) {
            this.end = this.corrupt(recordStart, `record of type ${type}`);
            return;
          }
          if (!started) this.offset = position;
      }
    }
    if (started) this.end = { kind: 'torn', offset: this.offset, reason: 'ends within a record' };
  }

  /** Whether there is nothing but zeros; what was looked through before is not read again. */
  private async isZero(start: number, length: number, read: Read): Promise<boolean> {
    for (let at = Math.max(start, this.zeroEnd); at < length; at += chunkSize) {
      const bytes = await read(at, Math.min(chunkSize, length - at));
      if (bytes.some((byte) => byte !== 0)) return false;
      this.zeroEnd = at + bytes.length;
    }
    return true;
  }

  private broken(offset: number): void {
    this.end = this.corrupt(offset, 'record fragments out of order');
  }

  private corrupt(offset: number, reason: string): LogEnd {
    return { kind: 'corrupt', offset, reason };
  }

  private unsupported(feature: string, offset: number): UnsupportedFormatError {
    return new UnsupportedFormatError(this.file, feature, { offset });
  }
}
