import { LoggedOperations } from '../memtable/loggedOperations';
import { readOperations, type Operation, type OperationSink } from './writeBatch';

/** Whether an operation counts. It is asked of each once, in order; `key` makes a view of its key. */
export type OperationFilter = (
  columnFamily: number,
  sequence: number,
  type: number,
  key: () => Uint8Array,
) => boolean;

/** Operations that were read and are in no memtable yet, by column family. */
export class PendingOperations implements OperationSink {
  readonly byFamily = new Map<number, LoggedOperations>();
  /** Bytes of records. */
  size = 0;
  /** What is read now, and where it begins in `bytes`. */
  private record: Uint8Array = new Uint8Array(0);
  private base = 0;
  private keyStart = 0;
  private keyEnd = 0;
  /** The column family of the operation before is mostly that of the next one, too. */
  private family = -1;
  private list: LoggedOperations | undefined;

  private constructor(
    private readonly bytes: Uint8Array,
    /** Where records from elsewhere are copied to. */
    private end: number,
    private readonly counts: OperationFilter,
  ) {}

  /** For records that lie in `memory`, which does not change any more where they are. */
  static of(memory: ArrayBufferLike, counts: OperationFilter): PendingOperations {
    return new PendingOperations(new Uint8Array(memory), memory.byteLength, counts);
  }

  /** For `size` bytes of records, which are copied. */
  static copies(size: number, counts: OperationFilter): PendingOperations {
    const bytes = new Uint8Array(Buffer.allocUnsafeSlow(size).buffer); // not filled with zeros
    return new PendingOperations(bytes, 0, counts);
  }

  /** Whether a record lies here already. */
  holds(record: Uint8Array): boolean {
    return record.buffer === this.bytes.buffer;
  }

  /** Whether `length` more bytes can be copied here. */
  hasRoom(length: number): boolean {
    return this.end + length <= this.bytes.length;
  }

  /**
   * Adds the operations of a record that count. Where it throws, none of them.
   * @throws CodingError, TransactionMarkerError
   */
  addRecord(record: Uint8Array): void {
    const marks = new Map([...this.byFamily].map(([family, list]) => [family, list.mark()]));
    this.enter(record);
    try {
      readOperations(record, this);
    } catch (error) {
      for (const [family, list] of this.byFamily) list.backTo(marks.get(family));
      throw error;
    }
  }

  /** Adds an operation that counts of a transaction. */
  addOperation({ columnFamily, sequence, type, key, value }: Operation): void {
    const record = Buffer.concat([key, value]);
    this.enter(record);
    this.add(columnFamily, sequence, type, 0, key.length, key.length, record.length);
  }

  /** As readOperations finds them. */
  add(
    columnFamily: number,
    sequence: number,
    type: number,
    keyStart: number,
    keyEnd: number,
    valueStart: number,
    valueEnd: number,
  ): void {
    this.keyStart = keyStart;
    this.keyEnd = keyEnd;
    if (!this.counts(columnFamily, sequence, type, this.key)) return;
    const { base } = this;
    this.listOf(columnFamily).add(
      sequence,
      type,
      base + keyStart,
      base + keyEnd,
      base + valueStart,
      base + valueEnd,
    );
  }

  private readonly key = () => this.record.subarray(this.keyStart, this.keyEnd);

  private enter(record: Uint8Array): void {
    this.record = record;
    this.size += record.length;
    if (this.holds(record)) {
      this.base = record.byteOffset;
    } else {
      this.bytes.set(record, this.end);
      this.base = this.end;
      this.end += record.length;
    }
  }

  private listOf(columnFamily: number): LoggedOperations {
    if (this.list && columnFamily === this.family) return this.list;
    let list = this.byFamily.get(columnFamily);
    if (!list) this.byFamily.set(columnFamily, (list = new LoggedOperations(this.bytes)));
    this.family = columnFamily;
    return (this.list = list);
  }
}
