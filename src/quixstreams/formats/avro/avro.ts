import { FormatError } from '../formatError';
import type { PythonValue } from '../pythonValue';
import type { Schema, ValueFormat } from '../valueFormat';
import { AvroReader } from './avroReader';
import { parseAvroSchema, type AvroType } from './avroSchema';

/** Confluent's serializers put a 0 and the schema's id, u32 big-endian, before the value. */
const confluentHeader = 5;

/**
 * Avro by its schema, also behind Confluent's header. Every reader of npm makes code of the schema (`new Function`),
 * and numbers of longs; the format is a page, so it is read here.
 */
export const avro: ValueFormat = {
  id: 'avro',
  decode(bytes: Uint8Array, schema?: Schema): PythonValue {
    if (!schema) throw new FormatError('schema', 'Avro needs a schema');
    const type = typeOf(schema);
    const behind = behindHeader(bytes, type);
    return behind ? behind.value : new AvroReader(bytes).whole(type);
  },
  /** Without a schema nearly any bytes are Avro. */
  detect: () => undefined,
};

/** The id of the schema in Confluent's header; undefined for a value that has none. */
export function avroSchemaId(bytes: Uint8Array, schema: Schema): number | undefined {
  return behindHeader(bytes, typeOf(schema))?.schemaId;
}

/** The value behind Confluent's header; undefined where there is none, and a value merely begins with 0. */
function behindHeader(
  bytes: Uint8Array,
  type: AvroType,
): { schemaId: number; value: PythonValue } | undefined {
  if (bytes[0] !== 0 || bytes.length < confluentHeader) return undefined;
  try {
    const value = new AvroReader(bytes.subarray(confluentHeader)).whole(type);
    const schemaId = new DataView(bytes.buffer, bytes.byteOffset).getUint32(1);
    return { schemaId, value };
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}

/** The values of a store have one schema, so that the last one is kept. */
let last: { readonly schema: Schema['schema']; readonly type: AvroType } | undefined;

function typeOf({ schema }: Schema): AvroType {
  if (last?.schema === schema) return last.type;
  const text = typeof schema === 'string' ? schema : Buffer.from(schema).toString();
  last = { schema, type: parseAvroSchema(text) };
  return last.type;
}
