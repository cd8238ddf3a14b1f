// Protobuf's wire format (protobuf.dev/programming-guides/encoding), read by protobufjs's Reader: fields
//
//   varint number << 3 | wire type, then by wire type
//     0 varint   1 8 bytes   2 varint length | bytes   3 fields up to wire type 4, a group   5 4 bytes

import protobuf from 'protobufjs';
import { FormatError } from '../formatError';

/** Protobuf's own limit. */
const deepest = 100;

/** A field as it is on the wire; `group` is what stands between wire types 3 and 4. */
export interface WireField {
  readonly number: number;
  readonly value:
    | { readonly wire: 'varint' | 'fixed64'; readonly bits: bigint }
    | { readonly wire: 'fixed32'; readonly bits: number }
    | { readonly wire: 'bytes' | 'group'; readonly bytes: Uint8Array };
}

/** The fields of a message, in their order. @throws FormatError where the bytes are none */
export function* wireFields(bytes: Uint8Array, depth: number): Generator<WireField> {
  const reader = new WireReader(bytes, depth);
  while (!reader.atEnd) yield reader.field();
}

/** The varints that bytes are made of. @throws FormatError */
export function* packedVarints(bytes: Uint8Array): Generator<bigint> {
  const reader = new WireReader(bytes, 0);
  while (!reader.atEnd) yield reader.varint();
}

class WireReader {
  private readonly reader: protobuf.Reader;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly depth: number,
  ) {
    if (depth > deepest) throw new FormatError('limit', 'nested too deep');
    this.reader = new protobuf.Reader(bytes);
  }

  get atEnd(): boolean {
    return this.reader.pos >= this.reader.len;
  }

  field(): WireField {
    return this.checked(() => this.fieldOf(this.reader.tag()));
  }

  varint(): bigint {
    return this.checked(() => bits64(this.reader.uint64()));
  }

  /** The library's errors are Error and RangeError. */
  private checked<T>(read: () => T): T {
    const start = this.reader.pos;
    try {
      return read();
    } catch (error) {
      if (error instanceof FormatError) throw error;
      throw new FormatError('mismatch', 'no Protobuf', start, { cause: error });
    }
  }

  private fieldOf(tag: number): WireField {
    const { reader } = this;
    const number = tag >>> 3;
    if (number === 0) throw new Error('field number 0');
    switch (tag & 7) {
      case 0:
        return { number, value: { wire: 'varint', bits: bits64(reader.uint64()) } };
      case 1:
        return { number, value: { wire: 'fixed64', bits: bits64(reader.fixed64()) } };
      case 2:
        return { number, value: { wire: 'bytes', bytes: reader.bytes() } };
      case 3:
        return { number, value: { wire: 'group', bytes: this.group(number) } };
      case 5:
        return { number, value: { wire: 'fixed32', bits: reader.fixed32() } };
      default:
        throw new Error('unknown wire type');
    }
  }

  /** What is in a group, whose end is passed over. */
  private group(number: number): Uint8Array {
    const { reader } = this;
    const start = reader.pos;
    /** Groups that are open within. */
    const open = [number];
    for (;;) {
      const end = reader.pos;
      const tag = reader.tag();
      if ((tag & 7) === 3) {
        if (open.push(tag >>> 3) + this.depth > deepest) {
          throw new FormatError('limit', 'nested too deep');
        }
      } else if ((tag & 7) === 4) {
        if (open.pop() !== tag >>> 3) throw new Error('end of another group');
        if (open.length === 0) return this.bytes.subarray(start, end);
      } else {
        reader.skipType(tag & 7);
      }
    }
  }
}

/** 64 bits, unsigned; the library has them in halves. */
function bits64(value: number | { readonly high: number; readonly low: number }): bigint {
  if (typeof value === 'number') return BigInt(value);
  return (BigInt(value.high >>> 0) << 32n) | BigInt(value.low >>> 0);
}
