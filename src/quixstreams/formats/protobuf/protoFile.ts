import protobuf from 'protobufjs';
import { FormatError } from '../formatError';
import { EnumType, MessageType, MessageTypes, type FieldType, type Scalar } from './messageTypes';

/** Google's own files that others import; those of the user are not looked for. */
const wellKnown = ['any', 'duration', 'empty', 'field_mask', 'struct', 'timestamp', 'wrappers'].map(
  (name) => `google/protobuf/${name}.proto`,
);

/**
 * The messages that a `.proto` declares. protobufjs parses it; what it can make of a type besides, code among it, is not
 * asked for. @throws FormatError where it is none, or needs a file that is not here
 */
export function parseProto(source: string): MessageTypes {
  try {
    const root = new protobuf.Root();
    const parsed = protobuf.parse(source, root, { keepCase: true });
    const own = namespacesOf(root);
    for (const name of parsed.imports ?? []) {
      const file = wellKnown.includes(name) ? protobuf.common.get(name) : null;
      if (!file) throw new FormatError('schema', `imports ${name}: a descriptor set has all files`);
      root.addJSON(file.nested ?? {});
    }
    root.resolveAll();
    return new MessageTypes(new TypeReader().typesOf(own));
  } catch (error) {
    if (error instanceof FormatError) throw error;
    throw new FormatError('schema', 'no .proto', undefined, { cause: error });
  }
}

/** Types of the file, out of the namespaces of its package. */
function namespacesOf(namespace: protobuf.NamespaceBase): protobuf.Type[] {
  return namespace.nestedArray.flatMap((object) => {
    if (object instanceof protobuf.Type) return [object];
    return object instanceof protobuf.Namespace ? namespacesOf(object) : [];
  });
}

/** As the file has it: an extension with its package. protobufjs keeps Google's own files in camel case. */
function fieldName({ name }: protobuf.Field, { fullName }: protobuf.Type): string {
  if (!fullName.startsWith('.google.protobuf.')) return name.replace(/^\./, '');
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** protobufjs's reflection → types. */
class TypeReader {
  private readonly messages = new Map<protobuf.Type, MessageType>();

  typesOf(types: readonly protobuf.Type[]): MessageType[] {
    return types.map((type) => this.message(type));
  }

  private message(type: protobuf.Type): MessageType {
    const known = this.messages.get(type);
    if (known) return known;
    const message = new MessageType(type.fullName.replace(/^\./, ''));
    this.messages.set(type, message);
    for (const nested of type.nestedArray) {
      if (nested instanceof protobuf.Type) message.nested.push(this.message(nested));
    }
    for (const field of type.fieldsArray) {
      message.fields.set(field.id, {
        name: fieldName(field, type),
        type: this.fieldType(field),
        repeated: field.repeated,
        mapKey: field instanceof protobuf.MapField ? (field.keyType as Scalar) : undefined,
        oneof: field.partOf?.name,
      });
    }
    return message;
  }

  private fieldType({ resolvedType, type }: protobuf.Field): FieldType {
    if (resolvedType instanceof protobuf.Type) return this.message(resolvedType);
    if (resolvedType === null) return type as Scalar;
    return new EnumType(
      new Map(Object.entries(resolvedType.values).map(([name, number]) => [number, name])),
    );
  }
}
