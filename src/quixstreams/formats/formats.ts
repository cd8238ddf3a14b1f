import { auto } from './auto';
import { avro } from './avro/avro';
import { cbor } from './cbor';
import { decompress } from './compressed';
import { formatFacts } from './formatFacts';
import { messagePack } from './messagePack';
import { pickle } from './pickle/pickle';
import { messageNames, protobuf } from './protobuf/protobuf';
import * as plain from './plainFormats';
import { pythonDocument, pythonLine } from './pythonText';
import { pythonBytes, valueText } from '../text';
import type { DecodedText, DecodedValue, FormatId, ValueFormat, ValueFormats } from './valueFormat';

const byId: Record<FormatId, ValueFormat> = {
  json: plain.json,
  text: plain.text,
  bytes: plain.bytes,
  pickle,
  messagepack: messagePack,
  cbor,
  avro,
  protobuf,
};

/** All formats. They are in a bundle of their own, dist/formats.js, which loadFormats loads when it is first needed. */
export const formats: ValueFormats = {
  auto,
  decode(bytes, id, schema) {
    // As bytes a value is what is stored, compressed or not.
    const inside = id === 'bytes' ? { bytes, within: [] } : decompress(bytes);
    return { ...inside, format: id, value: byId[id].decode(inside.bytes, schema) };
  },
  line: ({ format, bytes, value }, maxLength) =>
    isPlain(format)
      ? valueText({ bytes, format }, maxLength)
      : pythonLine(value ?? null, maxLength),
  text,
  facts: formatFacts,
  messageNames,
};

const isPlain = (format: FormatId) => format === 'json' || format === 'text' || format === 'bytes';

function text({ format, bytes, value }: DecodedValue): DecodedText {
  switch (format) {
    case 'json':
      return { text: utf8(bytes), language: 'json' };
    case 'text':
      return { text: utf8(bytes), language: 'plaintext' };
    case 'bytes':
      return { text: pythonBytes(bytes), language: 'python' };
    default:
      return { text: pythonDocument(value ?? null), language: 'python' };
  }
}

const utf8 = (bytes: Uint8Array) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
