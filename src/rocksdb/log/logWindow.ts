/** Fills `target` from `offset` of a file on; gives how many bytes there were, fewer where it ends. */
export type ReadInto = (target: Uint8Array, offset: number) => Promise<number>;

interface Ahead {
  readonly offset: number;
  readonly length: number;
  readonly filled: Promise<number>;
}

/**
 * Pieces of a file one after the other, side by side in memory as long as there is room, so that a
 * record that goes over several of them can be put together where it lies. While one piece is looked at
 * the next one is read.
 */
export class LogWindow {
  private bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  /** Where the next piece comes in `bytes`, and where it is in the file. */
  private end = 0;
  private next = 0;
  private ahead: Ahead | undefined;

  constructor(
    private readonly read: ReadInto,
    /** Bytes of memory, less where the file has less, more where a record needs more. */
    private readonly size: number,
    /** Bytes that are read at a time. */
    private readonly pieceSize: number,
  ) {}

  /**
   * Whether a piece of `length` bytes from `offset` on comes right behind what was read before it; else
   * `begin` must be called first.
   */
  goesOn(offset: number, length: number): boolean {
    return offset === this.next && this.end + length <= this.bytes.length;
  }

  /**
   * Begins anew at `offset` of a file that is read up to `fileEnd`, with a copy of `kept` before it.
   * Gives that copy.
   */
  begin(offset: number, fileEnd: number, kept: Uint8Array | undefined): Uint8Array {
    const { length } = kept ?? nothing;
    const size = length + Math.min(fileEnd - offset, Math.max(this.size, length));
    this.bytes = new Uint8Array(Buffer.allocUnsafeSlow(size).buffer); // not filled with zeros
    this.bytes.set(kept ?? nothing);
    this.end = length;
    this.next = offset;
    this.ahead = undefined;
    return this.bytes.subarray(0, length);
  }

  /** The piece that comes next, of `length` bytes, fewer where the file ends before `fileEnd`. */
  async piece(length: number, fileEnd: number): Promise<Uint8Array> {
    const { bytes, next: offset, end, ahead } = this;
    const target = bytes.subarray(end, end + length);
    const isAhead = ahead?.offset === offset && ahead.length === length;
    const filled = await (isAhead ? ahead.filled : this.read(target, offset));
    this.end += filled;
    this.next += filled;
    if (filled === length) this.readAhead(fileEnd);
    return target.subarray(0, filled);
  }

  private readAhead(fileEnd: number): void {
    const { bytes, end, next: offset, pieceSize } = this;
    const length = Math.min(pieceSize, fileEnd - offset);
    this.ahead = undefined;
    if (length <= 0 || end + length > bytes.length) return;
    const filled = this.read(bytes.subarray(end, end + length), offset);
    filled.catch(() => undefined); // whoever wants the piece is told
    this.ahead = { offset, length, filled };
  }
}

const nothing = new Uint8Array(0);
