import type { StateValue } from '../../quixstreams/index';
import type { ShownLine } from '../value/valueDecoder';

/** The icon of a value that is shown as it is stored. */
export function storedIcon(value: StateValue): string {
  switch (value.format) {
    case 'bytes':
      return 'file-binary';
    case 'text':
      return 'symbol-string';
    case 'json':
      return literalIcon(String.fromCharCode(firstVisible(value.bytes))) ?? 'symbol-numeric';
  }
}

/** By how the text of a value begins that was decoded; undefined where it was not. */
export function decodedIcon(decoded: ShownLine | undefined): string | undefined {
  if (decoded === undefined) return undefined;
  switch (decoded.facts.format) {
    case 'hex':
    case 'base64':
    case 'bytes':
      return 'file-binary';
    case 'text':
      return 'symbol-string';
    default: {
      const { text } = decoded;
      if (/^(True|False)$/.test(text)) return 'symbol-boolean';
      if (text === 'None') return 'symbol-null';
      if (/^b?["']/.test(text)) return 'symbol-string';
      if (/^-?[\d.]/.test(text)) return 'symbol-numeric';
      return literalIcon(text.charAt(0)) ?? 'symbol-object';
    }
  }
}

/** What begins like this in JSON and, as far as it can, in Python. */
function literalIcon(first: string): string | undefined {
  switch (first) {
    case '"':
      return 'symbol-string';
    case '{':
      return 'symbol-object';
    case '[':
    case '(':
      return 'symbol-array';
    case 't':
    case 'f':
      return 'symbol-boolean';
    case 'n':
      return 'symbol-null';
    default:
      return undefined;
  }
}

/** The first byte that is no JSON white space. */
function firstVisible(bytes: Uint8Array): number {
  return bytes.find((byte) => byte > 0x20) ?? 0;
}
