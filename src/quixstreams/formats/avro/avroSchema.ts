// Avro schemas (Avro specification 1.12, "Schema Declaration"): JSON, in which a type is
//
//   "long"                                          a primitive type, or the name of a type declared before
//   {"type": "array", "items": …}                   array, map, record, enum, fixed; or a primitive type again
//   {"type": "long", "logicalType": "date", …}      with what it stands for
//   ["null", "string"]                              a union: one of these
//
// A name without a dot is in the namespace of the type around it.

import { FormatError } from '../formatError';

export type Primitive =
  'null' | 'boolean' | 'int' | 'long' | 'float' | 'double' | 'bytes' | 'string';

export type AvroType =
  | { readonly type: Primitive; readonly logical: Logical | undefined }
  | { readonly type: 'fixed'; readonly size: number; readonly logical: Logical | undefined }
  | { readonly type: 'enum'; readonly symbols: readonly string[] }
  | { readonly type: 'array' | 'map'; readonly items: AvroType }
  | { readonly type: 'union'; readonly branches: readonly AvroType[] }
  /** A field's type is there once the whole schema was read: a record may be its own member. */
  | { readonly type: 'record'; readonly fields: readonly { name: string; type: AvroType }[] };

export interface Logical {
  readonly name: string;
  /** Of decimals: digits behind the point. */
  readonly scale: number;
}

const primitives = new Set(
  'null boolean int long float double bytes string'.split(' '),
) as ReadonlySet<string>;
const isPrimitive = (name: string): name is Primitive => primitives.has(name);

/** Of schemas that are nested by hand or by programs none is deeper. */
const deepest = 200;

/** Reads a schema. @throws FormatError where it is none */
export function parseAvroSchema(text: string): AvroType {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new FormatError('schema', 'an Avro schema is JSON', undefined, { cause: error });
  }
  return new SchemaParser().type(json, '', 0);
}

type Declaration = Partial<Record<string, unknown>>;

class SchemaParser {
  private readonly named = new Map<string, AvroType>();

  type(json: unknown, namespace: string, depth: number): AvroType {
    if (depth > deepest) throw wrong('nested too deep');
    if (typeof json === 'string') return this.byName(json, namespace);
    if (Array.isArray(json)) {
      return {
        type: 'union',
        branches: json.map((branch) => this.type(branch, namespace, depth + 1)),
      };
    }
    if (typeof json !== 'object' || json === null)
      throw wrong('a type is text, a list or an object');
    return this.declared(json, namespace, depth);
  }

  private byName(name: string, namespace: string): AvroType {
    if (isPrimitive(name)) return { type: name, logical: undefined };
    const type = this.named.get(fullName(name, namespace)) ?? this.named.get(name);
    if (!type) throw wrong(`no type ${name}`);
    return type;
  }

  private declared(json: Declaration, around: string, depth: number): AvroType {
    const { type } = json;
    switch (type) {
      case 'array':
        return { type, items: this.type(json.items, around, depth + 1) };
      case 'map':
        return { type, items: this.type(json.values, around, depth + 1) };
      case 'enum':
        return this.add(json, around, { type, symbols: texts(json.symbols) });
      case 'fixed':
        return this.add(json, around, { type, size: sizeOf(json.size), logical: logicalOf(json) });
      case 'record':
      case 'error':
        return this.record(json, around, depth);
    }
    if (typeof type === 'string' && isPrimitive(type)) return { type, logical: logicalOf(json) };
    return this.type(type, around, depth + 1);
  }

  private record(json: Declaration, around: string, depth: number): AvroType {
    const fields: { name: string; type: AvroType }[] = [];
    const record = this.add(json, around, { type: 'record', fields });
    const namespace = namespaceOf(json, around);
    if (!Array.isArray(json.fields)) throw wrong('a record has fields');
    for (const field of json.fields as unknown[]) {
      if (typeof field !== 'object' || field === null) throw wrong('a field is an object');
      const { name, type } = field as Declaration;
      if (typeof name !== 'string') throw wrong('a field has a name');
      fields.push({ name, type: this.type(type, namespace, depth + 1) });
    }
    return record;
  }

  private add(json: Declaration, around: string, type: AvroType): AvroType {
    if (typeof json.name !== 'string') throw wrong('a record, enum or fixed has a name');
    this.named.set(fullName(json.name, namespaceOf(json, around)), type);
    return type;
  }
}

const wrong = (reason: string) => new FormatError('schema', `Avro schema: ${reason}`);

function fullName(name: string, namespace: string): string {
  return name.includes('.') || namespace === '' ? name : `${namespace}.${name}`;
}

function namespaceOf({ name, namespace }: Declaration, around: string): string {
  const dot = typeof name === 'string' ? name.lastIndexOf('.') : -1;
  if (typeof name === 'string' && dot > 0) return name.slice(0, dot);
  return typeof namespace === 'string' ? namespace : around;
}

function texts(json: unknown): readonly string[] {
  if (!Array.isArray(json) || !json.every((text) => typeof text === 'string')) {
    throw wrong('an enum has symbols');
  }
  return json;
}

function sizeOf(json: unknown): number {
  if (typeof json !== 'number' || !Number.isSafeInteger(json) || json < 0) {
    throw wrong('a fixed has a size');
  }
  return json;
}

function logicalOf({ logicalType, scale }: Declaration): Logical | undefined {
  if (typeof logicalType !== 'string') return undefined;
  return { name: logicalType, scale: typeof scale === 'number' && scale > 0 ? scale : 0 };
}
