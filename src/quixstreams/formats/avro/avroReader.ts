// Values of Avro (specification 1.12, "Binary Encoding"); nothing in them says where which begins:
//
//   null      nothing                  boolean   a byte, 0 or 1
//   int, long varint of the zigzag     float, double   4, 8 bytes, little-endian
//   bytes, string   long length | bytes          fixed   its bytes
//   enum      int, which symbol        union   long, which branch | value
//   record    its fields, one after the other
//   array, map   blocks: long count | that many items, or string and item; a count of 0 ends them; a negative
//             count has the block's size in bytes behind it, as a long

import { isUtf8 } from 'node:buffer';
import { FormatError } from '../formatError';
import { Dict, list, type PythonValue } from '../pythonValue';
import { logicalValue } from './avroLogical';
import type { AvroType, Primitive } from './avroSchema';

const deepest = 200;
/** How many values there may be that take no byte: a schema can ask for any number of them. */
const mostEmpty = 100_000;

export class AvroReader {
  private position = 0;
  private empty = 0;
  private readonly view: DataView;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** All of the bytes as one value. @throws FormatError where they are none of this type */
  whole(type: AvroType): PythonValue {
    const value = this.value(type, 0);
    if (this.position !== this.bytes.length) throw this.wrong('bytes behind the value');
    return value;
  }

  private wrong(reason: string): FormatError {
    return new FormatError('mismatch', `Avro: ${reason}`, this.position);
  }

  private value(type: AvroType, depth: number): PythonValue {
    if (depth > deepest) throw new FormatError('limit', 'nested too deep', this.position);
    switch (type.type) {
      case 'record': {
        this.countEmpty();
        return new Dict(
          type.fields.map((field) => [field.name, this.value(field.type, depth + 1)]),
        );
      }
      case 'enum':
        return this.oneOf(type.symbols);
      case 'union':
        return this.value(this.oneOf(type.branches), depth + 1);
      case 'array': {
        const items: PythonValue[] = [];
        this.blocks(() => items.push(this.value(type.items, depth + 1)));
        return list(items);
      }
      case 'map': {
        const entries: [PythonValue, PythonValue][] = [];
        this.blocks(() => entries.push([this.text(), this.value(type.items, depth + 1)]));
        return new Dict(entries);
      }
      case 'fixed': {
        this.countEmpty();
        return logicalValue(type.logical, this.raw(type.size));
      }
      default:
        return logicalValue(type.logical, this.primitive(type.type));
    }
  }

  private primitive(type: Primitive): PythonValue {
    switch (type) {
      case 'null':
        this.countEmpty();
        return null;
      case 'boolean': {
        const [byte] = this.raw(1);
        if (byte !== 0 && byte !== 1) throw this.wrong('no boolean');
        return byte === 1;
      }
      case 'int': {
        const value = this.long();
        if (BigInt.asIntN(32, value) !== value) throw this.wrong('no int');
        return value;
      }
      case 'long':
        return this.long();
      case 'float':
        return this.view.getFloat32(this.take(4), true);
      case 'double':
        return this.view.getFloat64(this.take(8), true);
      case 'bytes':
        return this.raw(this.length());
      case 'string':
        return this.text();
    }
  }

  private countEmpty(): void {
    if (++this.empty > mostEmpty + this.bytes.length) {
      throw new FormatError('limit', 'too many values in no bytes', this.position);
    }
  }

  private oneOf<T>(choices: readonly T[]): T {
    const choice = choices[Number(this.long())];
    if (choice === undefined) throw this.wrong('no such symbol or branch');
    return choice;
  }

  private blocks(item: () => void): void {
    for (;;) {
      let count = this.long();
      if (count === 0n) return;
      if (count < 0n) {
        count = -count;
        this.long(); // the block's size, to skip it by
      }
      for (let i = 0n; i < count; i++) item();
    }
  }

  private text(): string {
    const bytes = this.raw(this.length());
    if (!isUtf8(bytes)) throw this.wrong('no UTF-8');
    return Buffer.from(bytes).toString('utf8');
  }

  private length(): number {
    const length = this.long();
    if (length < 0n) throw this.wrong('negative length');
    return Number(length);
  }

  /** A long: 64 bits in at most ten bytes. */
  private long(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.view.getUint8(this.take(1));
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) {
        if (value >> 64n !== 0n) break;
        return (value >> 1n) ^ -(value & 1n);
      }
    }
    throw this.wrong('no long');
  }

  private raw(length: number): Uint8Array {
    const start = this.take(length);
    return this.bytes.subarray(start, start + length);
  }

  private take(length: number): number {
    const start = this.position;
    if (length > this.bytes.length - start) throw this.wrong('ends too early');
    this.position = start + length;
    return start;
  }
}
