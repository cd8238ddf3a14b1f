import type { PythonValue } from './pythonValue';

/** How apps write what is no text: each a thing that a value can be opened as. */
export type FormatId =
  'json' | 'text' | 'bytes' | 'pickle' | 'messagepack' | 'cbor' | 'avro' | 'protobuf';

/** What a value of any format may be inside of. */
export type Compression = 'gzip' | 'zstd' | 'lz4';

/** What the bytes of Avro and Protobuf do not say themselves. */
export interface Schema {
  /** Avro: the JSON of an `.avsc`. Protobuf: a `.proto`, or a descriptor set as `protoc` writes it. */
  readonly schema: string | Uint8Array;
  /** Protobuf: the message's full name; without it the first message of the schema. */
  readonly message?: string;
}

/** A value as a format reads it; `line` and `text` of ValueFormats make text of it. */
export interface DecodedValue {
  readonly format: FormatId;
  /** From outside in; empty for a value that is not compressed. */
  readonly within: readonly Compression[];
  /** Of the format, that is, no longer compressed. */
  readonly bytes: Uint8Array;
  /** What they were read into; undefined for json, text and bytes, which are shown as they stand. */
  readonly value: PythonValue | undefined;
}

/** What is said of a value besides its text. */
export interface FormatFacts {
  readonly format: FormatId;
  /** From outside in. */
  readonly within: readonly Compression[];
  /** Of a pickle from protocol 2 on: those before do not say. */
  readonly protocol?: number;
  /** Of Avro and Protobuf behind Confluent's header. */
  readonly schemaId?: number;
}

/** A value as text, and VS Code's id of the language that it is in. */
export interface DecodedText {
  readonly text: string;
  readonly language: 'json' | 'python' | 'plaintext';
}

/** A format that values are read in. All of `bytes` are one value: one that was cut is never given to it. */
export interface ValueFormat {
  readonly id: FormatId;
  /**
   * What the bytes are read into; undefined where they are shown as they stand. Nothing is run, and time and memory
   * grow with the bytes.
   * @throws FormatError with the offset up to which they fit
   */
  decode(bytes: Uint8Array, schema?: Schema): PythonValue | undefined;
  /**
   * Whether bytes that nobody said anything about are of this format, to the last one, and what they are read into. It
   * says no where other bytes could look the same: a wrong guess is worse than none.
   */
  detect(bytes: Uint8Array): { readonly value: PythonValue | undefined } | undefined;
}

/** All formats: what dist/formats.js gives. */
export interface ValueFormats {
  /**
   * The first format that fits, see auto.ts; where there are more than `mostDecoded` bytes (1,000,000, as rows can wait
   * for) that is JSON, text or bytes.
   */
  auto(bytes: Uint8Array, mostDecoded?: number): DecodedValue;
  /**
   * A value in the format that somebody chose, also inside of gzip, zstd or lz4.
   * @throws FormatError where it is not in that format
   */
  decode(bytes: Uint8Array, format: FormatId, schema?: Schema): DecodedValue;
  /** A value for a row: one line of at most `maxLength` characters, `…` where it was cut. */
  line(value: DecodedValue, maxLength: number): string;
  /** A value for a document or a terminal: JSON and text as they are stored, bytes as a literal, else Python. */
  text(value: DecodedValue): DecodedText;
  /** The format and what the bytes say besides; `schema` is the one that they were decoded by. */
  facts(value: DecodedValue, schema?: Schema): FormatFacts;
  /** The messages that a Protobuf schema declares, by their full names. @throws FormatError where it is none */
  messageNames(schema: Schema['schema']): string[];
}
