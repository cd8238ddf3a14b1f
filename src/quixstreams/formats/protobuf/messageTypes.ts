import { FormatError } from '../formatError';

/** Protobuf's scalar types. */
export type Scalar =
  | 'int32'
  | 'int64'
  | 'uint32'
  | 'uint64'
  | 'sint32'
  | 'sint64'
  | 'bool'
  | 'fixed64'
  | 'sfixed64'
  | 'double'
  | 'fixed32'
  | 'sfixed32'
  | 'float'
  | 'string'
  | 'bytes';

/** What a field's value is: a scalar, names by number, or a message. */
export type FieldType = Scalar | EnumType | MessageType;

export interface Field {
  readonly name: string;
  readonly type: FieldType;
  readonly repeated: boolean;
  /** The type of the keys where the field is a map, and `type` that of the values. */
  readonly mapKey: Scalar | undefined;
  /** Fields of one oneof: only the last that was written is there. */
  readonly oneof: string | undefined;
}

export class EnumType {
  constructor(readonly names: ReadonlyMap<number, string>) {}
}

/** A message: its fields by number, which are filled in once all types are known. */
export class MessageType {
  readonly fields = new Map<number, Field>();
  /** Declared within, in their order: Confluent's header counts them. */
  readonly nested: MessageType[] = [];

  /** `name` with its package and what it is declared in: `shop.Order.Item`. */
  constructor(readonly name: string) {}
}

/** The messages of a schema in the order in which they are declared. */
export class MessageTypes {
  constructor(private readonly topLevel: readonly MessageType[]) {}

  /** Full names, what is nested behind what it is nested in. */
  get names(): string[] {
    return [...allOf(this.topLevel)].map(({ name }) => name);
  }

  /** The message of that name, with or without its package; the first without a name. @throws FormatError */
  find(name: string | undefined): MessageType {
    if (name === undefined) return this.at([0]);
    const all = [...allOf(this.topLevel)];
    const found =
      all.find((type) => type.name === name) ?? all.find((type) => type.name.endsWith(`.${name}`));
    if (!found) throw new FormatError('schema', `no message ${name}`);
    return found;
  }

  /** The message at a path of positions, as Confluent's header has it. @throws FormatError */
  at(path: readonly number[]): MessageType {
    let types = this.topLevel;
    let found: MessageType | undefined;
    for (const position of path) {
      found = types[position];
      types = found?.nested ?? [];
    }
    if (!found) throw new FormatError('schema', `no message ${path.join('.')}`);
    return found;
  }
}

function* allOf(types: readonly MessageType[]): Generator<MessageType> {
  for (const type of types) {
    yield type;
    yield* allOf(type.nested);
  }
}
