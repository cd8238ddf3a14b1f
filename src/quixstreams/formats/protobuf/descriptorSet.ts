// A descriptor set, as `protoc --include_imports --descriptor_set_out` writes it: a FileDescriptorSet of
// google/protobuf/descriptor.proto, of which these fields count:
//
//   FileDescriptorSet     1 file
//   FileDescriptorProto   2 package, 4 message_type, 5 enum_type
//   DescriptorProto       1 name, 2 field, 3 nested_type, 4 enum_type, 7 options (7 map_entry), 8 oneof_decl (1 name)
//   FieldDescriptorProto  1 name, 3 number, 4 label (3 repeated), 5 type, 6 type_name ".package.Message", 9 oneof_index
//   EnumDescriptorProto   1 name, 2 value (1 name, 2 number)

import { FormatError } from '../formatError';
import { Dict, Sequence, type PythonValue } from '../pythonValue';
import { readMessage } from './messageReader';
import { EnumType, MessageType, MessageTypes, type FieldType, type Scalar } from './messageTypes';

/** By FieldDescriptorProto.Type. */
const scalars: Partial<Record<number, Scalar>> = {
  1: 'double',
  2: 'float',
  3: 'int64',
  4: 'uint64',
  5: 'int32',
  6: 'fixed64',
  7: 'fixed32',
  8: 'bool',
  9: 'string',
  12: 'bytes',
  13: 'uint32',
  15: 'sfixed32',
  16: 'sfixed64',
  17: 'sint32',
  18: 'sint64',
};

const enumOption = type({ 1: ['name', 'string'], 2: ['number', 'int32'] });
const enumType = type({ 1: ['name', 'string'], 2: ['value', [enumOption]] });
const fieldType = type({
  1: ['name', 'string'],
  3: ['number', 'int32'],
  4: ['label', 'int32'],
  5: ['type', 'int32'],
  6: ['type_name', 'string'],
  9: ['oneof_index', 'int32'],
});
const messageType = type({
  1: ['name', 'string'],
  2: ['field', [fieldType]],
  4: ['enum_type', [enumType]],
  7: ['options', type({ 7: ['map_entry', 'bool'] })],
  8: ['oneof_decl', [type({ 1: ['name', 'string'] })]],
});
messageType.fields.set(3, field('nested_type', messageType, true));
const fileType = type({
  2: ['package', 'string'],
  4: ['message_type', [messageType]],
  5: ['enum_type', [enumType]],
});
const setType = type({ 1: ['file', [fileType]] });

function type(fields: Record<number, [string, FieldType | [FieldType]]>): MessageType {
  const message = new MessageType('');
  for (const [number, [name, of]] of Object.entries(fields)) {
    const [item] = Array.isArray(of) ? of : [of];
    message.fields.set(Number(number), field(name, item, Array.isArray(of)));
  }
  return message;
}

function field(name: string, of: FieldType, repeated: boolean) {
  return { name, type: of, repeated, mapKey: undefined, oneof: undefined };
}

/** The messages of the last file of a set, which is the one that protoc was given. @throws FormatError */
export function parseDescriptorSet(bytes: Uint8Array): MessageTypes {
  let set: PythonValue;
  try {
    set = readMessage(setType, bytes);
  } catch (error) {
    throw new FormatError('schema', 'no descriptor set', undefined, { cause: error });
  }
  const files = listOf(set, 'file');
  if (files.length === 0) throw new FormatError('schema', 'no descriptor set');
  const reader = new DescriptorReader();
  const declared = files.map((file) =>
    reader.declare(file, 'message_type', textOf(file, 'package')),
  );
  reader.fillIn();
  return new MessageTypes(declared.at(-1) ?? []);
}

class DescriptorReader {
  private readonly types = new Map<string, MessageType | EnumType>();
  private readonly descriptors: [MessageType, Dict][] = [];
  private readonly mapEntries = new Set<MessageType>();

  /** Messages and enums of a file or a message, their fields still missing. */
  declare(of: Dict, messages: 'message_type' | 'nested_type', within: string): MessageType[] {
    const prefix = within === '' ? '' : `${within}.`;
    for (const descriptor of listOf(of, 'enum_type')) {
      const names = listOf(descriptor, 'value').map((value): [number, string] => [
        numberOf(value, 'number'),
        textOf(value, 'name'),
      ]);
      this.types.set(prefix + textOf(descriptor, 'name'), new EnumType(new Map(names)));
    }
    return listOf(of, messages).flatMap((descriptor) => {
      const message = new MessageType(prefix + textOf(descriptor, 'name'));
      this.types.set(message.name, message);
      this.descriptors.push([message, descriptor]);
      message.nested.push(...this.declare(descriptor, 'nested_type', message.name));
      const options = descriptor.get('options');
      const isEntry = options instanceof Dict && options.get('map_entry') === true;
      if (isEntry) this.mapEntries.add(message);
      return isEntry ? [] : [message];
    });
  }

  fillIn(): void {
    // The entries of maps first: the fields of the others look into them.
    const [entries, others] = [true, false].map((entry) =>
      this.descriptors.filter(([message]) => this.mapEntries.has(message) === entry),
    );
    for (const [message, descriptor] of [...(entries ?? []), ...(others ?? [])]) {
      const oneofs = listOf(descriptor, 'oneof_decl').map((oneof) => textOf(oneof, 'name'));
      for (const of of listOf(descriptor, 'field')) {
        const index = of.get('oneof_index');
        message.fields.set(numberOf(of, 'number'), {
          name: textOf(of, 'name'),
          ...this.fieldType(of),
          oneof: typeof index === 'bigint' ? oneofs[Number(index)] : undefined,
        });
      }
    }
  }

  private fieldType(of: Dict) {
    const repeated = numberOf(of, 'label') === 3;
    const scalar = scalars[numberOf(of, 'type')];
    if (scalar) return { type: scalar, repeated, mapKey: undefined };
    const name = textOf(of, 'type_name').replace(/^\./, '');
    const found = this.types.get(name);
    if (!found) throw new FormatError('schema', `no type ${name}`);
    if (found instanceof MessageType && this.mapEntries.has(found)) {
      const [key, value] = [found.fields.get(1)?.type, found.fields.get(2)?.type];
      if (typeof key === 'string' && value) return { type: value, repeated: false, mapKey: key };
    }
    return { type: found, repeated, mapKey: undefined };
  }
}

function listOf(value: PythonValue, key: string): Dict[] {
  const items = value instanceof Dict ? value.get(key) : undefined;
  if (!(items instanceof Sequence)) return [];
  return items.items.filter((item) => item instanceof Dict);
}

function textOf(value: Dict, key: string): string {
  const text = value.get(key);
  return typeof text === 'string' ? text : '';
}

function numberOf(value: Dict, key: string): number {
  const number = value.get(key);
  return typeof number === 'bigint' ? Number(number) : 0;
}
