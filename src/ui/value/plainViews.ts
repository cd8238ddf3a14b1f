import { FormatError } from '../../quixstreams/index';
import { hexDump } from './hexDump';

/** What needs no decoding: bytes written otherwise, and numbers of eight bytes. */
export type PlainFormat = 'hex' | 'base64' | 'integer' | 'time';

export function isPlainFormat(format: string): format is PlainFormat {
  return format === 'hex' || format === 'base64' || format === 'integer' || format === 'time';
}

/** Lines of Base64 are as long as in mails. */
const base64Line = 76;
/** Times before 1980 and after 2200 are no times of anybody's messages. */
const firstMs = Date.UTC(1980, 0);
const lastMs = Date.UTC(2200, 0);

/** A value of a document. @throws FormatError where the bytes are no integer or time */
export function plainText(format: PlainFormat, bytes: Uint8Array): string {
  switch (format) {
    case 'hex':
      return hexDump(bytes);
    case 'base64':
      return base64(bytes).replace(new RegExp(`.{1,${base64Line}}`, 'g'), '$&\n');
    case 'integer':
      return lines(integers(bytes));
    case 'time':
      return lines(times(bytes));
  }
}

/** A value of a row; of what is long more than a row shows, but not all. @throws FormatError */
export function plainLine(format: PlainFormat, bytes: Uint8Array, maxLength: number): string {
  switch (format) {
    case 'hex':
      return Buffer.from(bytes.subarray(0, maxLength)).toString('hex');
    case 'base64':
      return base64(bytes.subarray(0, maxLength));
    case 'integer':
      return oneLine(integers(bytes));
    case 'time':
      return oneLine(times(bytes));
  }
}

/** What is written, and by which order of bytes or sign it is that. */
type Named = readonly [value: string, name: string | undefined];

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

/** `407  little-endian`, a line each. */
function lines(values: readonly Named[]): string {
  const width = Math.max(...values.map(([value]) => value.length));
  return values
    .map(([value, name]) => (name === undefined ? value : `${value.padEnd(width)}  ${name}`))
    .map((line) => line + '\n')
    .join('');
}

/** `407 (little-endian), 10448351135499550720 (big-endian)` */
function oneLine(values: readonly Named[]): string {
  return values
    .map(([value, name]) => (name === undefined ? value : `${value} (${name})`))
    .join(', ');
}

function integers(bytes: Uint8Array): Named[] {
  const view = eightBytes(bytes);
  return [true, false].flatMap((little): Named[] => {
    const order = little ? 'little-endian' : 'big-endian';
    const unsigned = view.getBigUint64(0, little);
    const signed = view.getBigInt64(0, little);
    const plain: Named = [String(unsigned), order];
    return signed === unsigned ? [plain] : [plain, [String(signed), `${order}, signed`]];
  });
}

/** ms since epoch, as text or in eight bytes. */
function times(bytes: Uint8Array): Named[] {
  const text = Buffer.from(bytes.subarray(0, 20)).toString('latin1');
  const found: Named[] = [];
  if (bytes.length <= 17 && /^-?\d+$/.test(text)) {
    const date = new Date(Number(text));
    if (!Number.isNaN(date.getTime())) found.push([date.toISOString(), undefined]);
  } else if (bytes.length === 8) {
    const view = eightBytes(bytes);
    for (const little of [true, false]) {
      const ms = Number(view.getBigInt64(0, little));
      if (ms < firstMs || ms > lastMs) continue;
      found.push([new Date(ms).toISOString(), little ? 'little-endian' : 'big-endian']);
    }
  }
  if (found.length === 0) throw new FormatError('mismatch', 'no time in ms since epoch');
  return found;
}

function eightBytes(bytes: Uint8Array): DataView {
  if (bytes.length !== 8) throw new FormatError('mismatch', `has ${bytes.length} bytes`);
  return new DataView(bytes.buffer, bytes.byteOffset, 8);
}
