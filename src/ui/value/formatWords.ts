import { isFormatError, printable, type FormatFacts } from '../../quixstreams/index';
import type { Translate } from '../translate';
import type { OpenedFormat } from './openedAs';
import type { PlainFormat } from './plainViews';

/** What is known of a value that is shown: a format's facts, or which plain view it is. */
export type ShownFacts =
  FormatFacts | { readonly format: PlainFormat; readonly within: readonly [] };

/** What a format is called. */
export function formatName(format: OpenedFormat | 'bytes', t: Translate): string {
  switch (format) {
    case 'json':
      return 'JSON';
    case 'text':
      return t('Text');
    case 'hex':
    case 'bytes':
      return t('Hex');
    case 'base64':
      return 'Base64';
    case 'pickle':
      return 'Pickle';
    case 'messagepack':
      return 'MessagePack';
    case 'cbor':
      return 'CBOR';
    case 'avro':
      return 'Avro';
    case 'protobuf':
      return 'Protobuf';
    case 'integer':
      return t('8-Byte Integer');
    case 'time':
      return t('Time');
  }
}

/** The language of what a format's text is in. */
export function languageOf({ format }: ShownFacts): 'json' | 'python' | 'plaintext' {
  switch (format) {
    case 'json':
      return 'json';
    case 'pickle':
    case 'messagepack':
    case 'cbor':
    case 'avro':
    case 'protobuf':
      return 'python';
    default:
      return 'plaintext';
  }
}

/** `Pickle, protocol 4`, `MessagePack in gzip`, `Avro, schema 7`. */
export function formatWords(facts: ShownFacts, t: Translate): string {
  const { format, within } = facts;
  let words = format === 'bytes' || format === 'hex' ? t('hex dump') : formatName(format, t);
  if ('protocol' in facts && facts.protocol !== undefined) {
    words = t('{0}, protocol {1}', words, facts.protocol);
  }
  if ('schemaId' in facts && facts.schemaId !== undefined) {
    words = t('{0}, schema {1}', words, facts.schemaId);
  }
  for (const compression of [...within].reverse()) words = t('{0} in {1}', words, compression);
  return words;
}

/** Why a value cannot be read in a format, as a sentence; undefined for other errors. */
export function formatProblem(
  error: unknown,
  format: OpenedFormat | 'auto',
  t: Translate,
): string | undefined {
  if (!isFormatError(error)) return undefined;
  const reason = printable(error.message);
  if (error.code === 'schema') return t('The schema cannot be used: {0}.', reason);
  const name = format === 'auto' ? t('Auto') : formatName(format, t);
  return error.code === 'limit'
    ? t('This cannot be read as {0}: {1}.', name, reason)
    : t('This is not {0}: {1}.', name, reason);
}
