import { FormatError } from '../formatError';
import type { Schema, ValueFormat } from '../valueFormat';
import { parseDescriptorSet } from './descriptorSet';
import { readMessage } from './messageReader';
import type { MessageTypes } from './messageTypes';
import { parseProto } from './protoFile';
import { readUntyped } from './unknownFields';
import { packedVarints } from './wireReader';

/** No message is declared within more. */
const deepest = 100;

/** Protobuf by a .proto or a descriptor set, else by what the wire format tells; also behind Confluent's header. */
export const protobuf: ValueFormat = {
  id: 'protobuf',
  decode(bytes, schema) {
    // No message begins with 0: there is no field of that number.
    const confluent = bytes[0] === 0 ? confluentHeader(bytes) : undefined;
    const message = confluent ? bytes.subarray(confluent.length) : bytes;
    if (!schema) return readUntyped(message);
    const types = messageTypes(schema);
    const named = schema.message === undefined && confluent;
    return readMessage(named ? types.at(named.path) : types.find(schema.message), message);
  },
  /** Nearly any bytes are a message. */
  detect: () => undefined,
};

/** The id of the schema in Confluent's header; undefined for a message that has none. */
export function protobufSchemaId(bytes: Uint8Array): number | undefined {
  if (bytes[0] !== 0 || bytes.length < 5) return undefined;
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(1);
}

/** The names of the messages of a schema, to choose one. @throws FormatError where it is none */
export function messageNames(schema: Schema['schema']): string[] {
  return messageTypes({ schema }).names;
}

/** The values of a store have one schema, so that the last one is kept. */
let last: { readonly schema: Schema['schema']; readonly types: MessageTypes } | undefined;

function messageTypes({ schema }: Schema): MessageTypes {
  if (last?.schema === schema) return last.types;
  const types = typeof schema === 'string' ? parseProto(schema) : parseDescriptorSet(schema);
  last = { schema, types };
  return types;
}

/**
 * Confluent's serializers put before a message
 *
 *   0 | u32 big-endian schema id | zigzag varint how many | zigzag varints: which message, which within it …
 *
 * where a single 0 stands for the first message.
 */
function confluentHeader(bytes: Uint8Array): { length: number; path: readonly number[] } {
  let at = 5;
  const next = (): number => {
    const start = at;
    while ((bytes[at] ?? 0) >= 0x80) at++;
    at++;
    const [bits = 0n] = packedVarints(bytes.subarray(start, at));
    return Number((bits >> 1n) ^ -(bits & 1n));
  };
  const count = next();
  if (count < 0 || count > deepest) throw new FormatError('mismatch', 'no message', at);
  const path = Array.from({ length: count }, next);
  if (at > bytes.length) throw new FormatError('mismatch', 'ends too early', bytes.length);
  return { length: at, path: count === 0 ? [0] : path };
}
