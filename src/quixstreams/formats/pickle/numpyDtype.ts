// A numpy dtype in a pickle: numpy.dtype('i8', False, True) with the state
//
//   (3, byte order '<' '>' '|' '=', subarray, names, fields, item size, alignment, flags)
//   (4, …, (…, (unit, multiple, 1, 1)))       where it is a datetime64 or timedelta64
//
// fields is a dict: name → (dtype, offset[, title]). Source: numpy/_core/src/multiarray/descriptor.c,
// arraydescr_reduce. Items are laid out as in C.

import { float32Literal } from '../pythonLiterals';
import { Dict, Name, Sequence, tuple, type PythonValue } from '../pythonValue';
import { complex } from './builtinClasses';
import { Instance } from './instance';
import { datetime64Text } from './numpyDatetimes';

export interface Dtype {
  /** As numpy prints it: `int64`, `<U3`, `datetime64[ns]`. */
  readonly name: string;
  /** `i`, `u`, `f`, `c`, `b`, `S`, `U`, `M`, `m`, `O`, `V`. */
  readonly kind: string;
  readonly itemSize: number;
  /** Of datetime64 and timedelta64. */
  readonly unit: string | undefined;
  /** The item at `at`, which must be there as a whole. */
  readonly read: (view: DataView, at: number) => PythonValue;
}

/** Many arrays have the same one. */
const known = new WeakMap<Instance, Dtype | undefined>();

/** The dtype that an instance is; undefined where it is none, or one that is not known here. */
export function dtypeOf(value: PythonValue | undefined): Dtype | undefined {
  if (!(value instanceof Instance)) return undefined;
  if (!known.has(value)) known.set(value, read(value, false));
  return known.get(value);
}

function read(value: Instance, nested: boolean): Dtype | undefined {
  if (value.path !== 'numpy.dtype') return undefined;
  const [code] = value.args;
  const [state] = value.states;
  if (typeof code !== 'string') return undefined;
  const [, kind = '', digits = ''] = /^([biufcSUMmOV])(\d{0,9})$/.exec(code) ?? [];
  const items = state instanceof Sequence ? state.items : [];
  const [, order, subarray, names, fields, size, , , metadata] = items;
  if (kind === '' || (subarray !== undefined && subarray !== null)) return undefined;
  if (kind === 'V') return nested ? undefined : structured(names, fields, size);
  const number = kind === 'S' || kind === 'U' ? sizeOf(kind, digits, size) : Number(digits || '8');
  if (number === undefined) return undefined;
  return plain(
    kind,
    number,
    order === '>',
    kind === 'M' || kind === 'm' ? unitOf(metadata) : undefined,
  );
}

function sizeOf(kind: string, digits: string, size: PythonValue | undefined): number | undefined {
  const bytes = digits === '' ? 0 : Number(digits) * (kind === 'U' ? 4 : 1);
  return size === undefined || size === -1n || Number(size) === bytes ? bytes : undefined;
}

function plain(
  kind: string,
  size: number,
  big: boolean,
  unit: string | undefined,
): Dtype | undefined {
  const read = reader(kind, size, !big, unit);
  if (!read) return undefined;
  const order = big ? '>' : '';
  const named: Partial<Record<string, string>> = { i: 'int', u: 'uint', f: 'float', c: 'complex' };
  const prefix = named[kind];
  const name =
    kind === 'b'
      ? 'bool'
      : kind === 'O'
        ? 'object'
        : kind === 'M' || kind === 'm'
          ? `${order}${kind === 'M' ? 'datetime64' : 'timedelta64'}[${unit}]`
          : prefix !== undefined
            ? big
              ? `>${kind}${size}`
              : `${prefix}${size * 8}`
            : kind === 'U'
              ? `${order || '<'}U${size / 4}`
              : `|S${size}`;
  return { name, kind, itemSize: size, unit, read };
}

function reader(
  kind: string,
  size: number,
  little: boolean,
  unit: string | undefined,
): Dtype['read'] | undefined {
  switch (`${kind}${size}`) {
    case 'b1':
      return (view, at) => view.getUint8(at) !== 0;
    case 'i1':
      return (view, at) => BigInt(view.getInt8(at));
    case 'i2':
      return (view, at) => BigInt(view.getInt16(at, little));
    case 'i4':
      return (view, at) => BigInt(view.getInt32(at, little));
    case 'i8':
      return (view, at) => view.getBigInt64(at, little);
    case 'u1':
      return (view, at) => BigInt(view.getUint8(at));
    case 'u2':
      return (view, at) => BigInt(view.getUint16(at, little));
    case 'u4':
      return (view, at) => BigInt(view.getUint32(at, little));
    case 'u8':
      return (view, at) => view.getBigUint64(at, little);
    case 'f2':
      return (view, at) => float16(view.getUint16(at, little));
    case 'f4':
      return (view, at) => new Name(float32Literal(view.getFloat32(at, little)));
    case 'f8':
      return (view, at) => view.getFloat64(at, little);
    case 'c8':
      return (view, at) =>
        complex(view.getFloat32(at, little), view.getFloat32(at + 4, little), float32Literal);
    case 'c16':
      return (view, at) => complex(view.getFloat64(at, little), view.getFloat64(at + 8, little));
    case 'M8':
      return unit === undefined
        ? undefined
        : (view, at) => datetime64Text(view.getBigInt64(at, little), unit);
    case 'm8':
      return unit === undefined ? undefined : (view, at) => view.getBigInt64(at, little);
    case 'O8':
      return () => null;
  }
  if (kind === 'S') return (view, at) => withoutZeros(bytesAt(view, at, size));
  if (kind === 'U' && size % 4 === 0) return (view, at) => utf32(view, at, size, little);
  return undefined;
}

/** Items with fields, as tuples; fields with fields of their own are not known here. */
function structured(
  names: PythonValue | undefined,
  fields: PythonValue | undefined,
  size: PythonValue | undefined,
): Dtype | undefined {
  if (!(names instanceof Sequence) || !(fields instanceof Dict)) return undefined;
  if (typeof size !== 'bigint' || size < 1n || size > 1n << 30n) return undefined;
  const byName = new Map(fields.entries);
  const members: { dtype: Dtype; offset: number; name: string }[] = [];
  let total = 0;
  for (const name of names.items) {
    const field = byName.get(name);
    const [type, offset] = field instanceof Sequence ? field.items : [];
    const dtype = type instanceof Instance ? read(type, true) : undefined;
    if (!dtype || dtype.kind === 'O' || typeof name !== 'string') return undefined;
    if (typeof offset !== 'bigint' || offset < 0n || dtype.itemSize < 1) return undefined;
    if (Number(offset) + dtype.itemSize > Number(size)) return undefined;
    total += dtype.itemSize;
    members.push({ dtype, offset: Number(offset), name });
  }
  // Fields that overlap could be as many as there are bytes, for each item again.
  if (total > Number(size)) return undefined;
  return {
    name: `[${members.map(({ name, dtype }) => `('${name}', '${dtype.name}')`).join(', ')}]`,
    kind: 'V',
    itemSize: Number(size),
    unit: undefined,
    read: (view, at) => tuple(members.map(({ dtype, offset }) => dtype.read(view, at + offset))),
  };
}

function unitOf(metadata: PythonValue | undefined): string | undefined {
  const details = metadata instanceof Sequence ? metadata.items[1] : undefined;
  const [unit, multiple] = details instanceof Sequence ? details.items : [];
  if (!(unit instanceof Uint8Array) || multiple !== 1n) return undefined;
  const text = Buffer.from(unit).toString('latin1');
  return /^([YMWDhms]|[mun]s)$/.test(text) ? text : undefined;
}

function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const bytesAt = (view: DataView, at: number, size: number) =>
  new Uint8Array(view.buffer, view.byteOffset + at, size);

/** numpy takes zeros at the end for padding. */
function withoutZeros(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return bytes.subarray(0, end);
}

function utf32(view: DataView, at: number, size: number, little: boolean): string {
  let text = '';
  for (let from = at; from < at + size; from += 4) {
    const code = view.getUint32(from, little);
    text += code > 0x10ffff ? '\ufffd' : String.fromCodePoint(code);
  }
  return text.replace(/\0+$/, '');
}
