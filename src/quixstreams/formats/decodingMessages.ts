import type { FormatErrorCode } from './formatError';
import type { DecodedText, FormatFacts, FormatId, Schema } from './valueFormat';

/** Which value is read, and in which format. */
export interface Reading {
  readonly bytes: Uint8Array;
  readonly as: FormatId | 'auto';
  readonly schema?: Schema;
  /** Of auto: larger values are JSON, text or bytes. */
  readonly mostDecoded?: number;
}

/** What the thread is asked. */
export type DecodingQuestion =
  | ({ readonly task: 'line'; readonly maxLength: number } & Reading)
  | ({ readonly task: 'text' } & Reading)
  /** which formats without a schema read the bytes to the last one */
  | { readonly task: 'fitting'; readonly bytes: Uint8Array }
  | { readonly task: 'messageNames'; readonly schema: Schema['schema'] };

/** A value on one line. */
export interface DecodedLine {
  readonly text: string;
  readonly facts: FormatFacts;
}

/** A value laid out, as UTF-8: text of millions of characters is not copied on the way. */
export interface DecodedDocument {
  readonly content: Uint8Array;
  readonly language: DecodedText['language'];
  readonly facts: FormatFacts;
}

/** What each question is answered with. */
export interface DecodingAnswers {
  readonly line: DecodedLine;
  readonly text: DecodedDocument;
  readonly fitting: readonly FormatId[];
  readonly messageNames: readonly string[];
}

/** What the thread posts: that it has loaded the formats, then an answer for each question; of an error only what a FormatError has. */
export type DecodingMessage =
  | { readonly ready: true }
  | { readonly answer: DecodingAnswers[keyof DecodingAnswers] }
  | {
      readonly failed: {
        readonly code: FormatErrorCode;
        readonly reason: string;
        readonly offset: number | undefined;
      };
    };
