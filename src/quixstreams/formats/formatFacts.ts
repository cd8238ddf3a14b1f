import { avroSchemaId } from './avro/avro';
import { protobufSchemaId } from './protobuf/protobuf';
import type { DecodedValue, FormatFacts, Schema } from './valueFormat';

/** What is said of a value besides its text: the format, what it is inside of, and what its bytes say of themselves. */
export function formatFacts(
  { format, within, bytes }: DecodedValue,
  schema: Schema | undefined,
): FormatFacts {
  switch (format) {
    case 'pickle':
      // Protocols 0 and 1 do not say which they are.
      return bytes[0] === 0x80 ? { format, within, protocol: bytes[1] } : { format, within };
    case 'avro':
      return { format, within, schemaId: schema && avroSchemaId(bytes, schema) };
    case 'protobuf':
      return { format, within, schemaId: protobufSchemaId(bytes) };
    default:
      return { format, within };
  }
}
