// Numbers and byte strings as RocksDB writes them (util/coding.h):
//
//   fixed32, fixed64   little-endian
//   varint32, varint64 seven bits a byte, low group first, high bit set on all but the last
//   zigzag             signed varint: 0, -1, 1, -2 … as 0, 1, 2, 3 …
//   slice              varint32 length, then that many bytes

/** Bytes that end too early or a number out of range; the caller knows the file and makes its error. */
export class CodingError extends Error {
  constructor(
    reason: string,
    /** Byte offset in the buffer that was being decoded. */
    readonly position: number,
  ) {
    super(reason);
    this.name = 'CodingError';
  }
}

/** Reads a buffer from front to back; every length is checked. @throws CodingError */
export class Cursor {
  constructor(
    readonly bytes: Uint8Array,
    public position = 0,
  ) {}

  get atEnd(): boolean {
    return this.position >= this.bytes.length;
  }

  private view(): DataView {
    return new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
  }

  private take(length: number): number {
    const start = this.position;
    if (length > this.bytes.length - start) throw new CodingError('ends too early', start);
    this.position = start + length;
    return start;
  }

  skip(length: number): void {
    this.take(length);
  }

  byte(): number {
    return this.bytes[this.take(1)] ?? 0;
  }

  fixed32(): number {
    const start = this.take(4);
    return this.view().getUint32(start, true);
  }

  fixed64(): bigint {
    const start = this.take(8);
    return this.view().getBigUint64(start, true);
  }

  /** A varint of at most 53 bits; all counts, sizes, offsets and sequence numbers fit. */
  varint(): number {
    const start = this.position;
    const first = this.bytes[start];
    if (first !== undefined && first < 0x80) {
      this.position = start + 1;
      return first;
    }
    let value = 0;
    let scale = 1;
    for (let length = 1; length <= 10; length++) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) throw new CodingError('number too large', start);
        return value;
      }
      scale *= 128;
    }
    throw new CodingError('varint without an end', start);
  }

  zigzag(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** `length` bytes, a view into the buffer. */
  raw(length: number): Uint8Array {
    const start = this.take(length);
    return this.bytes.subarray(start, start + length);
  }

  /** A length-prefixed byte string, a view into the buffer. */
  slice(): Uint8Array {
    return this.raw(this.varint());
  }

  text(): string {
    return Buffer.from(this.slice()).toString('utf8');
  }
}

/** Up to this length a loop is faster than the call into the runtime. */
const shortLength = 128;

/** Bytewise order: unsigned, a shorter prefix first; negative, zero or positive. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  return compareWithin(a, 0, a.length, b, 0, b.length);
}

/** As `compareBytes`, of parts of `a` and `b`: views of them would cost more than comparing does. */
export function compareWithin(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): number {
  const length = Math.min(aEnd - aStart, bEnd - bStart);
  if (length > shortLength) {
    return Buffer.compare(a.subarray(aStart, aEnd), b.subarray(bStart, bEnd));
  }
  for (let i = 0; i < length; i++) {
    const difference = (a[aStart + i] ?? 0) - (b[bStart + i] ?? 0);
    if (difference !== 0) return difference;
  }
  return aEnd - aStart - (bEnd - bStart);
}
