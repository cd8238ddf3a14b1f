import { isUtf8 } from 'node:buffer';
import { Dict, list, type PythonValue } from '../pythonValue';
import { EnumType, MessageType, type Field, type FieldType, type Scalar } from './messageTypes';
import { unknownField } from './unknownFields';
import { packedVarints, wireFields, type WireField } from './wireReader';

/**
 * A message as a dict, as quixstreams' ProtobufDeserializer gives it: fields by name in the order in which they are first
 * there, enums by name; fields that the type does not know by number. What is not there has no entry.
 * @throws FormatError
 */
export function readMessage(type: MessageType, bytes: Uint8Array, depth = 0): Dict {
  const found = new Map<number, Found>();
  const oneofs = new Map<string, number>();
  for (const { number, value } of wireFields(bytes, depth)) {
    const field = type.fields.get(number);
    const key = field && fits(field, value) ? number : -number;
    const of = found.get(key) ?? { field: key > 0 ? field : undefined, values: [] };
    of.values.push(value);
    found.set(key, of);
    if (key < 0 || field?.oneof === undefined) continue;
    const before = oneofs.get(field.oneof);
    if (before !== undefined && before !== number) found.delete(before);
    oneofs.set(field.oneof, number);
  }
  return new Dict(
    [...found].map(([number, { field, values }]) =>
      field
        ? [field.name, fieldValue(field, values, depth)]
        : [BigInt(Math.abs(number)), unknownField(values, depth)],
    ),
  );
}

type WireValue = WireField['value'];

/** All that is there of one field. */
interface Found {
  readonly field: Field | undefined;
  readonly values: WireValue[];
}

const varints = new Set<FieldType>([
  'int32',
  'int64',
  'uint32',
  'uint64',
  'sint32',
  'sint64',
  'bool',
] satisfies Scalar[]);
const widths: Partial<Record<Scalar, 'fixed64' | 'fixed32'>> = {
  double: 'fixed64',
  fixed64: 'fixed64',
  sfixed64: 'fixed64',
  float: 'fixed32',
  fixed32: 'fixed32',
  sfixed32: 'fixed32',
};

/** How a value of that type is on the wire, unless it is packed. */
function wireOf(type: FieldType): WireValue['wire'] {
  if (type instanceof EnumType || varints.has(type)) return 'varint';
  return (typeof type === 'string' ? widths[type] : undefined) ?? 'bytes';
}

function fits({ type, repeated, mapKey }: Field, { wire }: WireValue): boolean {
  if (mapKey !== undefined) return wire === 'bytes';
  if (wire === wireOf(type)) return true;
  return wire === 'group' ? type instanceof MessageType : wire === 'bytes' && repeated;
}

function fieldValue(field: Field, values: readonly WireValue[], depth: number): PythonValue {
  const { type, repeated, mapKey } = field;
  if (mapKey !== undefined) return mapValue(mapKey, type, values, depth);
  if (repeated) return list(values.flatMap((value) => itemsOf(type, value, depth)));
  const last = values.at(-1);
  if (!last) return null;
  if (!(type instanceof MessageType)) return single(type, last, depth);
  // A message that is there twice is the two of them, one behind the other.
  const parts = values.map((value) => ('bytes' in value ? value.bytes : new Uint8Array()));
  const [only = new Uint8Array()] = parts;
  return readMessage(type, parts.length === 1 ? only : Buffer.concat(parts), depth + 1);
}

/** The items that one value of a repeated field gives: more than one where it is packed. */
function itemsOf(type: FieldType, value: WireValue, depth: number): PythonValue[] {
  const wire = wireOf(type);
  if (value.wire !== 'bytes' || wire === 'bytes') return [single(type, value, depth)];
  if (wire === 'varint') {
    return [...packedVarints(value.bytes)].map((bits) => single(type, { wire, bits }, depth));
  }
  const { bytes } = value;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const items: PythonValue[] = [];
  const width = wire === 'fixed64' ? 8 : 4;
  for (let at = 0; at + width <= bytes.length; at += width) {
    const item: WireValue =
      wire === 'fixed64'
        ? { wire, bits: view.getBigUint64(at, true) }
        : { wire: 'fixed32', bits: view.getUint32(at, true) };
    items.push(single(type, item, depth));
  }
  return items;
}

function mapValue(
  mapKey: Scalar,
  type: FieldType,
  values: readonly WireValue[],
  depth: number,
): Dict {
  const entry = new MessageType('');
  const plain = { repeated: false, mapKey: undefined, oneof: undefined };
  entry.fields.set(1, { name: 'key', type: mapKey, ...plain });
  entry.fields.set(2, { name: 'value', type, ...plain });
  return new Dict(
    values.map((value) => {
      const read = readMessage(entry, 'bytes' in value ? value.bytes : new Uint8Array(), depth + 1);
      return [read.get('key') ?? zero(mapKey), read.get('value') ?? zero(type)];
    }),
  );
}

/** What a key or value of a map is where it is not written. */
function zero(type: FieldType): PythonValue {
  return single(type, { wire: 'varint', bits: 0n }, 0);
}

function single(type: FieldType, value: WireValue, depth: number): PythonValue {
  const bytes = 'bytes' in value ? value.bytes : new Uint8Array();
  if (type instanceof MessageType) return readMessage(type, bytes, depth + 1);
  const bits = 'bits' in value ? BigInt(value.bits) : 0n;
  if (type instanceof EnumType) {
    const number = BigInt.asIntN(32, bits);
    return type.names.get(Number(number)) ?? number;
  }
  switch (type) {
    case 'int32':
    case 'sfixed32':
      return BigInt.asIntN(32, bits);
    case 'int64':
    case 'sfixed64':
      return BigInt.asIntN(64, bits);
    case 'uint32':
    case 'fixed32':
      return BigInt.asUintN(32, bits);
    case 'uint64':
    case 'fixed64':
      return bits;
    case 'sint32':
      return zigzag(BigInt.asUintN(32, bits));
    case 'sint64':
      return zigzag(bits);
    case 'bool':
      return bits !== 0n;
    case 'double':
      return float(
        8,
        (view) => view.setBigUint64(0, bits),
        (view) => view.getFloat64(0),
      );
    case 'float':
      return float(
        4,
        (view) => view.setUint32(0, Number(bits)),
        (view) => view.getFloat32(0),
      );
    case 'string':
      return isUtf8(bytes) ? Buffer.from(bytes).toString('utf8') : bytes;
    case 'bytes':
      return bytes;
  }
}

const zigzag = (bits: bigint) => (bits >> 1n) ^ -(bits & 1n);

function float(size: number, put: (to: DataView) => void, take: (from: DataView) => number) {
  const view = new DataView(new ArrayBuffer(size));
  put(view);
  return take(view);
}
