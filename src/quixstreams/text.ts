import { isUtf8 } from 'node:buffer';
import type { DecodedKey } from './keys';
import type { StateValue } from './values';

// Names, keys and values are hostile text: a control character moves a terminal's cursor, a
// bidirectional one makes a row read as something else.

/** C0 and C1 controls, DEL, bidirectional marks, line and paragraph separators, lone surrogates. */
const hostile = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Surrogate}\ufeff]/gu;

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** Text with its control and bidirectional characters escaped: `\x1b`, `\u202e`. */
export function printable(text: string): string {
  return text.replace(hostile, escaped);
}

/** JSON text on one line, hostile characters as JSON escapes: still the same JSON. */
export function jsonLine(json: string): string {
  return json
    .replace(/[\n\r\t]/g, ' ') // white space between values: in strings they are escaped already
    .replace(hostile, (character) => {
      const code = character.codePointAt(0) ?? 0;
      return `\\u${code.toString(16).padStart(4, '0')}`;
    });
}

/** Whether text can be shown as it is, line breaks and tabs included. */
export function isPrintable(text: string): boolean {
  return text.replace(/[\n\r\t]/g, '').search(hostile) < 0;
}

const pythonEscapes = new Map([
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0d, '\\r'],
  [0x5c, '\\\\'],
]);

/** Bytes as the literal that Python prints: `b'\x00\xffbin'`, `b"it's"`. */
export function pythonBytes(bytes: Uint8Array): string {
  const quote = bytes.includes(0x27) && !bytes.includes(0x22) ? '"' : "'";
  let literal = '';
  for (const byte of bytes) {
    literal +=
      pythonEscapes.get(byte) ??
      (byte === 0x27 && quote === "'" ? "\\'" : undefined) ??
      (byte >= 0x20 && byte < 0x7f
        ? String.fromCharCode(byte)
        : `\\x${byte.toString(16).padStart(2, '0')}`);
  }
  return `b${quote}${literal}${quote}`;
}

/** A key for a row: JSON strings without quotes, other JSON as it is, text, or a bytes literal. */
export function keyText(key: DecodedKey): string {
  if ('json' in key) {
    return printable(key.json.startsWith('"') ? (JSON.parse(key.json) as string) : key.json);
  }
  if (key.bytes.length > 0 && isUtf8(key.bytes)) {
    const text = Buffer.from(key.bytes).toString('utf8');
    if (printable(text) === text) return text;
  }
  return pythonBytes(key.bytes);
}

/**
 * A value for a row, on one line of at most `maxLength` characters: JSON digit for digit, text, or a
 * bytes literal; `…` where it was cut.
 */
export function valueText({ bytes, format }: StateValue, maxLength: number): string {
  // A character takes at most four bytes, and only what is shown is decoded.
  const head = bytes.subarray(0, maxLength * 4);
  const text =
    format === 'bytes'
      ? pythonBytes(head)
      : format === 'json'
        ? jsonLine(decodeHead(head))
        : printable(decodeHead(head));
  const characters = [...text];
  const cut = characters.length > maxLength || head.length < bytes.length;
  return cut ? `${characters.slice(0, maxLength - 1).join('')}…` : text;
}

/** At most `longest` characters of a text, whole ones; `…` where it was cut. */
export function cutText(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const characters = [...text];
  return characters.length <= longest ? text : `${characters.slice(0, longest - 1).join('')}…`;
}

/** UTF-8 of which the last character may be cut off. */
function decodeHead(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes, { stream: true });
}
