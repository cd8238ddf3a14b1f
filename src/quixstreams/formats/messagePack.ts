// MessagePack (msgpack.org, spec.md), read by @msgpack/msgpack. It makes objects of maps and numbers of floats,
// so three things are had otherwise: entries, by what it asks about each key; floats, text and lengths, by the
// methods that read them, which its type declarations call private.

import { isUtf8 } from 'node:buffer';
import { Decoder, type DecoderOptions } from '@msgpack/msgpack';
import { FormatError } from './formatError';
import { isMapping } from './mapping';
import { Call, Dict, list, type PythonValue } from './pythonValue';
import type { ValueFormat } from './valueFormat';

/** Nested deeper than any other side goes: Python's msgpack stops at 1,024. */
const deepest = 1024;

export const messagePack: ValueFormat = {
  id: 'messagepack',
  decode: (bytes) => decode(bytes, false),
  detect(bytes) {
    // Maps and arrays, as isMapping wants them.
    const [first = 0] = bytes;
    if (!((first > 0x80 && first < 0xa0) || (first >= 0xdc && first <= 0xdf))) return undefined;
    try {
      const value = decode(bytes, true);
      return isMapping(value) ? { value } : undefined;
    } catch (error) {
      if (error instanceof FormatError) return undefined;
      throw error;
    }
  },
};

function decode(bytes: Uint8Array, strict: boolean): PythonValue {
  const decoder = new ExactDecoder(bytes.length, strict);
  try {
    return decoder.value(decoder.decode(bytes));
  } catch (error) {
    if (error instanceof FormatError) throw error;
    throw new FormatError('mismatch', 'no MessagePack', decoder.pos, { cause: error });
  }
}

/** A float: 1.0 is not 1. */
class Float {
  constructor(readonly number: number) {}
}

/** A str, or what was stored as one; a class of its own, for the library refuses the key `__proto__`. */
class Text {
  constructor(readonly value: string | Uint8Array) {}
}

/** What of the library's decoder is used. */
interface LibraryDecoder {
  readonly pos: number;
  decode(bytes: Uint8Array): unknown;
  readF32(): number | Float;
  readF64(): number | Float;
  decodeUtf8String(length: number, headerLength: number): string | Text;
  decodeBinary(length: number, headerLength: number): Uint8Array;
  pushArrayState(size: number): void;
  pushMapState(size: number): void;
}

const Library = Decoder as unknown as new (options: DecoderOptions) => LibraryDecoder;

class ExactDecoder extends Library {
  /** Keys by the names under which the library's objects have their values. */
  private readonly keys: unknown[];
  /** Each member takes a byte at least, so that more than these are never there. */
  private room: number;

  constructor(
    length: number,
    /** Whether a str that is no UTF-8 is an error; else it is bytes, as writers before 2013 had it. */
    private readonly strict: boolean,
  ) {
    const keys: unknown[] = [];
    super({
      useBigInt64: true,
      // Entries stay in their order under these names, also where a key is there twice.
      mapKeyConverter: (key) => `k${keys.push(key) - 1}`,
      extensionCodec: {
        tryToEncode: () => null,
        decode: (data, type) => extension(type, data),
      },
    });
    this.keys = keys;
    this.room = length;
  }

  override readF32(): Float {
    return new Float(super.readF32() as number);
  }

  override readF64(): Float {
    return new Float(super.readF64() as number);
  }

  override decodeUtf8String(length: number, headerLength: number): Text {
    const bytes = this.decodeBinary(length, headerLength);
    if (isUtf8(bytes)) return new Text(Buffer.from(bytes).toString('utf8'));
    if (this.strict) throw new FormatError('mismatch', 'no UTF-8', this.pos);
    return new Text(bytes);
  }

  override pushArrayState(size: number): void {
    this.take(size);
    super.pushArrayState(size);
  }

  override pushMapState(size: number): void {
    this.take(size * 2);
    super.pushMapState(size);
  }

  private take(members: number): void {
    this.room -= members;
    if (this.room < 0) throw new FormatError('mismatch', 'ends too early', this.pos);
  }

  /** What the library made, as Python has it. */
  value(decoded: unknown, depth = 0): PythonValue {
    if (depth > deepest) throw new FormatError('limit', 'nested too deep');
    if (decoded instanceof Float) return decoded.number;
    if (decoded instanceof Text) return decoded.value;
    if (typeof decoded === 'number') return BigInt(decoded);
    if (Array.isArray(decoded)) return list(decoded.map((item) => this.value(item, depth + 1)));
    if (
      decoded === null ||
      typeof decoded === 'boolean' ||
      typeof decoded === 'bigint' ||
      decoded instanceof Uint8Array ||
      decoded instanceof Call
    ) {
      return decoded;
    }
    const entries = Object.entries(decoded as Record<string, unknown>);
    return new Dict(
      entries.map(([name, item]) => [
        this.value(this.keys[Number(name.slice(1))], depth + 1),
        this.value(item, depth + 1),
      ]),
    );
  }
}

/** `Timestamp(seconds=…, nanoseconds=…)` for type -1, else `ExtType(code=…, data=…)`, as Python's msgpack has them. */
function extension(type: number, data: Uint8Array): Call {
  const time = type === -1 ? timestamp(data) : undefined;
  if (!time) {
    return new Call('ExtType', [], Object.entries({ code: BigInt(type), data }));
  }
  return new Call('Timestamp', [], Object.entries(time));
}

/**
 *   4 bytes   u32 seconds
 *   8 bytes   30 bits nanoseconds | 34 bits seconds
 *   12 bytes  u32 nanoseconds | i64 seconds
 */
function timestamp(data: Uint8Array): { seconds: bigint; nanoseconds: bigint } | undefined {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (data.length === 4) return { seconds: BigInt(view.getUint32(0)), nanoseconds: 0n };
  if (data.length === 8) {
    const both = view.getBigUint64(0);
    return { seconds: both & ((1n << 34n) - 1n), nanoseconds: both >> 34n };
  }
  if (data.length !== 12) return undefined;
  return { seconds: view.getBigInt64(4), nanoseconds: BigInt(view.getUint32(0)) };
}
