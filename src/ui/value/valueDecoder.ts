import {
  FormatError,
  isFormatError,
  type DecodingThread,
  type FormatFacts,
  type FormatId,
  type StateValue,
} from '../../quixstreams/index';
import { largeValueBytes, mostShownBytes, shownBytes, valueDocumentText } from './documentText';
import type { ShownFacts } from './formatWords';
import { layOutJson } from './jsonLayout';
import type { OpenedAs } from './openedAs';
import { isPlainFormat, plainLine, plainText, type PlainFormat } from './plainViews';
import type { SchemaContent, SchemaFiles } from './schemaFiles';

/** Auto decodes values up to here by itself, larger ones when somebody asks. */
export const decodedByItself = 64_000;
/** Nothing larger is decoded, as nothing is decompressed to more. */
export const mostDecoded = 16_000_000;
/** Rows have values up to here whole; a cut value is never parsed. */
const mostOfRow = 8192;
/** Of what a row's value is compressed from. */
const mostInsideRow = 64_000;

const documentTime = { first: true, longestMs: 10_000 };
const rowTime = { longestMs: 1000 };

/** How much is made of a large value. */
export interface Extent {
  /** whether it is decoded, which by itself only smaller ones are */
  readonly decode: boolean;
  /** whether all of it is shown where it is shown as it is stored, not only its beginning */
  readonly whole: boolean;
}

/** A value as a document shows it. */
export interface Shown {
  /** UTF-8 */
  readonly content: Uint8Array;
  readonly language: 'json' | 'python' | 'plaintext';
  /** undefined: as it is stored */
  readonly facts: ShownFacts | undefined;
  /** why it is not shown as what was chosen */
  readonly problem: FormatError | undefined;
  /** whether it may be something that is only decoded when somebody asks */
  readonly undecoded: boolean;
}

/** A value on one line of a row. */
export interface ShownLine {
  readonly text: string;
  readonly facts: ShownFacts;
}

/** Values as text, in the format that was chosen, or that they are found to be. */
export class ValueDecoder {
  constructor(
    private readonly thread: DecodingThread,
    private readonly schemas: SchemaFiles,
  ) {}

  /** A value of a document. What does not fit the chosen format is shown as auto shows it. */
  async show(value: StateValue, openedAs: OpenedAs | undefined, extent: Extent): Promise<Shown> {
    if (openedAs === undefined) return this.#auto(value, extent);
    try {
      return await this.#chosen(value, openedAs, extent);
    } catch (error) {
      if (!isFormatError(error)) throw error;
      return { ...(await this.#auto(value, extent)), problem: error };
    }
  }

  /** A whole value in a format. @throws FormatError where it does not fit */
  async check(value: StateValue, openedAs: OpenedAs): Promise<void> {
    await this.#chosen(value, openedAs, { decode: true, whole: false });
  }

  /**
   * A value of a row on one line; undefined where the row shows it as it is stored. What does not fit the chosen format is
   * shown as auto shows it.
   */
  async line(
    value: StateValue,
    openedAs: OpenedAs | undefined,
    maxLength: number,
  ): Promise<ShownLine | undefined> {
    try {
      if (openedAs === undefined) return await this.#autoLine(value, maxLength);
      return await this.#chosenLine(value, openedAs, maxLength);
    } catch (error) {
      if (!isFormatError(error)) throw error;
      return openedAs === undefined ? undefined : this.line(value, undefined, maxLength);
    }
  }

  /** The formats without a schema that read a value to the last byte. */
  fitting({ bytes }: StateValue): Promise<readonly FormatId[]> {
    return this.thread.ask({ task: 'fitting', bytes }, documentTime);
  }

  /** The messages that a Protobuf schema declares. @throws FormatError */
  async messageNames(schemaFile: string): Promise<readonly string[]> {
    const schema: SchemaContent = await this.schemas.read(schemaFile);
    return this.thread.ask({ task: 'messageNames', schema }, documentTime);
  }

  async #auto(value: StateValue, { decode, whole }: Extent): Promise<Shown> {
    const { bytes } = value;
    const may = mayBeEncoded(value) && bytes.length <= mostDecoded;
    if (!may) return stored(value, whole);
    if (!decode && bytes.length > decodedByItself)
      return { ...stored(value, whole), undecoded: true };
    try {
      const question = { task: 'text', bytes, as: 'auto', mostDecoded } as const;
      const { content, language, facts } = await this.thread.ask(question, documentTime);
      if (isAsStored(facts)) return stored(value, whole);
      return laidOut({ content, language, facts, problem: undefined, undecoded: false });
    } catch (error) {
      if (!isFormatError(error)) throw error;
      return { ...stored(value, whole), problem: error };
    }
  }

  async #chosen(value: StateValue, openedAs: OpenedAs, { decode, whole }: Extent): Promise<Shown> {
    const { format } = openedAs;
    const { bytes } = value;
    if (isPlainFormat(format)) {
      const shown = bytes.subarray(0, shownBytes(bytes.length, whole));
      const content = new TextEncoder().encode(plainText(format, shown));
      const facts = plainFacts(format);
      return { content, language: 'plaintext', facts, problem: undefined, undecoded: false };
    }
    if (bytes.length > largeValueBytes && !decode) {
      return { ...stored(value, whole), undecoded: true };
    }
    if (bytes.length > mostDecoded) {
      throw new FormatError('limit', `has ${bytes.length} bytes, more than ${mostDecoded}`);
    }
    const schema = await this.schemas.schemaOf(openedAs);
    const question = { task: 'text', bytes, as: format, ...(schema && { schema }) } as const;
    const { content, language, facts } = await this.thread.ask(question, documentTime);
    return laidOut({ content, language, facts, problem: undefined, undecoded: false });
  }

  async #autoLine(value: StateValue, maxLength: number): Promise<ShownLine | undefined> {
    const { bytes } = value;
    if (!mayBeEncoded(value) || bytes.length >= mostOfRow) return undefined;
    const question = { task: 'line', bytes, as: 'auto', maxLength } as const;
    const asked = { ...question, mostDecoded: mostInsideRow };
    const { text, facts } = await this.thread.ask(asked, rowTime);
    return isAsStored(facts) ? undefined : { text, facts };
  }

  async #chosenLine(
    value: StateValue,
    openedAs: OpenedAs,
    maxLength: number,
  ): Promise<ShownLine | undefined> {
    const { format } = openedAs;
    const { bytes } = value;
    if (isPlainFormat(format)) {
      return { text: plainLine(format, bytes, maxLength), facts: plainFacts(format) };
    }
    if (bytes.length >= mostOfRow) return undefined;
    const schema = await this.schemas.schemaOf(openedAs);
    const question = { task: 'line', bytes, as: format, maxLength } as const;
    return this.thread.ask({ ...question, ...(schema && { schema }) }, rowTime);
  }
}

/** Whether a value can be anything else than what it is stored as: of text, pickles of the first protocols are. */
export function mayBeEncoded({ bytes, format }: StateValue): boolean {
  return format === 'bytes' ? bytes.length > 0 : format === 'text' && bytes.at(-1) === 0x2e;
}

/** Whether auto found nothing else than what is stored. */
function isAsStored({ format, within }: FormatFacts): boolean {
  return format === 'bytes' || (format === 'text' && within.length === 0);
}

/** As it is stored: JSON and text as they are, bytes as a hex dump; of a large value the beginning. */
function stored(value: StateValue, whole: boolean): Shown {
  const content = new TextEncoder().encode(valueDocumentText(value, whole));
  const isJson = value.format === 'json' && value.bytes.length <= largeValueBytes;
  const facts = value.format === 'bytes' ? plainFacts('hex') : undefined;
  const language = isJson ? 'json' : 'plaintext';
  return { content, language, facts, problem: undefined, undecoded: false };
}

/** JSON over lines; text that would be more than a document takes is cut. */
function laidOut(shown: Shown): Shown {
  if (shown.language !== 'json' || shown.content.length > largeValueBytes) {
    const content = shown.content.subarray(0, mostShownBytes);
    return shown.language === 'json'
      ? { ...shown, content, language: 'plaintext' }
      : { ...shown, content };
  }
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(shown.content);
  return { ...shown, content: new TextEncoder().encode(layOutJson(text)) };
}

const plainFacts = (format: PlainFormat): ShownFacts => ({ format, within: [] });
