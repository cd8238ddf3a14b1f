/** What a value can be opened as, besides Auto: by the names that settings and URIs have. */
export const openedFormats = [
  'json',
  'text',
  'hex',
  'base64',
  'pickle',
  'messagepack',
  'cbor',
  'avro',
  'protobuf',
  'integer',
  'time',
] as const;

export type OpenedFormat = (typeof openedFormats)[number];

/** What a person chose to open values as. */
export interface OpenedAs {
  readonly format: OpenedFormat;
  /** path of the schema file: Avro needs one, Protobuf may have one */
  readonly schema?: string;
  /** Protobuf: the message's full name, else the first of the schema */
  readonly message?: string;
}

export function isOpenedFormat(value: unknown): value is OpenedFormat {
  return openedFormats.some((format) => format === value);
}

/** What a setting or a URI says, a name or an object; undefined for all else. */
export function parseOpenedAs(value: unknown): OpenedAs | undefined {
  if (isOpenedFormat(value)) return { format: value };
  if (typeof value !== 'object' || value === null) return undefined;
  const { format, schema, message } = value as Record<string, unknown>;
  if (!isOpenedFormat(format)) return undefined;
  if ((format !== 'avro' && format !== 'protobuf') || typeof schema !== 'string' || schema === '') {
    return { format };
  }
  return typeof message === 'string' && format === 'protobuf'
    ? { format, schema, message }
    : { format, schema };
}

/** What a setting says: the name alone where there is no schema. */
export function openedAsSetting(openedAs: OpenedAs): OpenedFormat | OpenedAs {
  return openedAs.schema === undefined ? openedAs.format : openedAs;
}
