// Which format bytes are that nobody said anything about. The first that fits to the last byte, in this order:
//
//   json          UTF-8 and one JSON value: also numbers and words that other formats would take for text
//   gzip, zstd, lz4   by magic number, whole and, where they have one, with their checksum; then what is inside
//   pickle        80 02 … 80 05, or protocols 0 and 1 where the memo was used; before text, which protocol 0 is
//   text          UTF-8 without control characters
//   messagepack, cbor   mappings with keys of text, or lists of these (mapping.ts); neither, where both fit
//   bytes         all else
//
// Avro and Protobuf are never guessed: without a schema nearly any bytes are one or the other.

import { cbor } from './cbor';
import { decompress } from './compressed';
import { messagePack } from './messagePack';
import { pickle } from './pickle/pickle';
import * as plain from './plainFormats';
import type { DecodedValue, ValueFormat } from './valueFormat';

/** What is larger is decoded when somebody asks for it, not for a row. */
const mostForARow = 1_000_000;

/**
 * The value as the first format reads it that fits to the last byte; of more than `mostDecoded` bytes only as JSON, text
 * or bytes.
 */
export function auto(bytes: Uint8Array, mostDecoded = mostForARow): DecodedValue {
  const json = plain.json.detect(bytes);
  if (json) return { format: 'json', within: [], bytes, ...json };
  const inside = bytes.length > mostDecoded ? { bytes, within: [] } : decompress(bytes);
  const found = detect(inside.bytes, mostDecoded);
  return { ...inside, ...found };
}

function detect(bytes: Uint8Array, mostDecoded: number): Pick<DecodedValue, 'format' | 'value'> {
  const large = bytes.length > mostDecoded;
  const before = [plain.json, ...(large ? [] : [pickle]), plain.text];
  for (const format of before) {
    const detected = format.detect(bytes);
    if (detected) return { format: format.id, ...detected };
  }
  const fits = large ? [] : [messagePack, cbor].flatMap((format) => asFormat(format, bytes));
  const [only, another] = fits;
  return only && !another ? only : { format: 'bytes', value: undefined };
}

function asFormat(
  format: ValueFormat,
  bytes: Uint8Array,
): Pick<DecodedValue, 'format' | 'value'>[] {
  const detected = format.detect(bytes);
  return detected ? [{ format: format.id, ...detected }] : [];
}
