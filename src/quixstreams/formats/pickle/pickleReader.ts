import { isUtf8 } from 'node:buffer';
import { FormatError } from '../formatError';
import { opcodes, type Opcode } from './opcodes';

/** Reads opcodes and their arguments (opcodes.ts has the format); every length is checked. */
export class PickleReader {
  position = 0;
  private readonly view: DataView;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get atEnd(): boolean {
    return this.position === this.bytes.length;
  }

  /** The next opcode's name. @throws FormatError at the end and on a byte that is none */
  opcode(): Opcode {
    const at = this.take(1);
    const opcode = opcodes.get(this.bytes[at] ?? 0);
    if (!opcode) throw new FormatError('mismatch', 'no opcode of pickle', at);
    return opcode;
  }

  u8(): number {
    return this.view.getUint8(this.take(1));
  }

  u16(): number {
    return this.view.getUint16(this.take(2), true);
  }

  u32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  i32(): number {
    return this.view.getInt32(this.take(4), true);
  }

  f64(): number {
    return this.view.getFloat64(this.take(8), false);
  }

  u64(): bigint {
    return this.view.getBigUint64(this.take(8), true);
  }

  bytes8(): Uint8Array {
    return this.raw(this.u8());
  }

  bytes32(): Uint8Array {
    return this.raw(this.u32());
  }

  bytes64(): Uint8Array {
    return this.raw(Number(this.u64()));
  }

  /** A line without its break, as bytes. */
  line(): Uint8Array {
    const end = this.bytes.indexOf(0x0a, this.position);
    if (end < 0) throw new FormatError('mismatch', 'line without an end', this.position);
    const line = this.raw(end - this.position);
    this.position++;
    return line;
  }

  /** A line that must be ASCII: numbers, names of the memo. */
  asciiLine(): string {
    return Buffer.from(this.line()).toString('latin1');
  }

  utf8Line(): string {
    return this.text(this.line());
  }

  /** UTF-8, in which Python also writes lone surrogates. @throws FormatError where it is none */
  text(bytes: Uint8Array): string {
    if (isUtf8(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
    let text = '';
    let from = 0;
    for (let at = 0; at < bytes.length; at++) {
      if (bytes[at] !== 0xed || ((bytes[at + 1] ?? 0) & 0xe0) !== 0xa0) continue;
      if (((bytes[at + 2] ?? 0) & 0xc0) !== 0x80) continue;
      text += this.strictText(bytes.subarray(from, at));
      text += String.fromCharCode(
        0xd000 | (((bytes[at + 1] ?? 0) & 0x3f) << 6) | ((bytes[at + 2] ?? 0) & 0x3f),
      );
      from = at + 3;
      at += 2;
    }
    return text + this.strictText(bytes.subarray(from));
  }

  private strictText(bytes: Uint8Array): string {
    if (!isUtf8(bytes)) throw new FormatError('mismatch', 'no UTF-8', this.position);
    return Buffer.from(bytes).toString();
  }

  private raw(length: number): Uint8Array {
    const at = this.take(length);
    return this.bytes.subarray(at, at + length);
  }

  private take(length: number): number {
    const at = this.position;
    if (length > this.bytes.length - at) throw new FormatError('mismatch', 'ends too early', at);
    this.position = at + length;
    return at;
  }
}
