import { isUtf8 } from 'node:buffer';
import { FormatError } from '../formatError';
import { isPrintable } from '../../text';
import { Dict, Name, list, type PythonValue } from '../pythonValue';
import { wireFields, type WireField } from './wireReader';

/**
 * A message without its type: fields by number, as `protoc --decode_raw` has them. Fixed numbers are hex, for they may be
 * floats; bytes are text or messages where they are these to the last one.
 * @throws FormatError where the bytes are no message
 */
export function readUntyped(bytes: Uint8Array, depth = 0): Dict {
  const found = new Map<number, WireField['value'][]>();
  for (const { number, value } of wireFields(bytes, depth)) {
    const values = found.get(number);
    if (values) values.push(value);
    else found.set(number, [value]);
  }
  return new Dict(
    [...found].map(([number, values]) => [BigInt(number), unknownField(values, depth)]),
  );
}

/** All values of a field that no type tells of: a list where it is there more than once. */
export function unknownField(values: readonly WireField['value'][], depth: number): PythonValue {
  const items = values.map((value) => unknownValue(value, depth));
  return items.length === 1 ? (items[0] ?? null) : list(items);
}

function unknownValue(value: WireField['value'], depth: number): PythonValue {
  switch (value.wire) {
    case 'varint':
      return value.bits;
    case 'fixed64':
      return new Name(`0x${value.bits.toString(16).padStart(16, '0')}`);
    case 'fixed32':
      return new Name(`0x${value.bits.toString(16).padStart(8, '0')}`);
    case 'group':
      return readUntyped(value.bytes, depth + 1);
    case 'bytes':
      return textOrMessage(value.bytes, depth);
  }
}

/** Text first, unless it begins as messages do: with a tag, which is a control character for the fields 1 to 3. */
function textOrMessage(bytes: Uint8Array, depth: number): PythonValue {
  if (bytes.length === 0) return bytes;
  const text = isUtf8(bytes) ? Buffer.from(bytes).toString('utf8') : undefined;
  if (text !== undefined && isPrintable(text) && text >= ' ') return text;
  try {
    return readUntyped(bytes, depth + 1);
  } catch (error) {
    if (error instanceof FormatError) return text !== undefined && isPrintable(text) ? text : bytes;
    throw error;
  }
}
