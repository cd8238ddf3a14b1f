// JSON as RFC 8259 has it, over bytes: found, never converted, so that numbers stay digit for digit.

const quote = 0x22;
const backslash = 0x5c;
/** Nested deeper than any parser of the other side goes. */
const deepest = 1000;

const isSpace = (byte: number | undefined) =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
const isDigit = (byte: number | undefined) => byte !== undefined && byte >= 0x30 && byte <= 0x39;

/** The index of the first byte from `at` on that is no white space. */
export function skipSpace(bytes: Uint8Array, at: number): number {
  while (isSpace(bytes[at])) at++;
  return at;
}

function isHex(byte: number | undefined): boolean {
  return isDigit(byte) || (byte !== undefined && (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
}

/** The index after the string whose opening quote stands at `at`; -1 when it is none. */
function stringEnd(bytes: Uint8Array, at: number): number {
  for (let i = at + 1; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    if (byte === quote) return i + 1;
    if (byte < 0x20) return -1;
    if (byte !== backslash) continue;
    const escape = bytes[++i];
    if (escape === 0x75) {
      for (let digit = 1; digit <= 4; digit++) if (!isHex(bytes[i + digit])) return -1;
      i += 4;
    } else if (escape === undefined || !'"\\/bfnrt'.includes(String.fromCharCode(escape))) {
      return -1;
    }
  }
  return -1;
}

/** The index after the number that starts at `at`; -1 when it is none. */
function numberEnd(bytes: Uint8Array, at: number): number {
  let i = bytes[at] === 0x2d ? at + 1 : at;
  const digits = () => {
    const start = i;
    while (isDigit(bytes[i])) i++;
    return i > start;
  };
  if (bytes[i] === 0x30) i++;
  else if (!digits()) return -1;
  if (bytes[i] === 0x2e) {
    i++;
    if (!digits()) return -1;
  }
  if (bytes[i] === 0x65 || bytes[i] === 0x45) {
    i++;
    if (bytes[i] === 0x2b || bytes[i] === 0x2d) i++;
    if (!digits()) return -1;
  }
  return i;
}

const jsonWords = ['true', 'false', 'null'];
/** What Python's json writes and reads besides, and JSON has no word for. */
const pythonWords = [...jsonWords, 'NaN', 'Infinity', '-Infinity'];

function wordEnd(bytes: Uint8Array, at: number, words: readonly string[]): number {
  for (const word of words) {
    let i = 0;
    while (i < word.length && bytes[at + i] === word.charCodeAt(i)) i++;
    if (i === word.length) return at + i;
  }
  return -1;
}

/**
 * The index after the JSON value that starts at `at` (no white space before it); -1 when there is
 * none or it is nested deeper than 1,000. `words` are what stands there without quotes. Says nothing of whether strings are UTF-8.
 */
export function jsonEnd(bytes: Uint8Array, at: number, words = jsonWords): number {
  /** The closing brackets that are waited for. */
  const open: number[] = [];
  let i = at;
  for (;;) {
    const byte = bytes[i];
    if (byte === 0x5b || byte === 0x7b) {
      const close = byte + 2;
      const inside = skipSpace(bytes, i + 1);
      if (bytes[inside] === close) {
        i = inside + 1;
      } else {
        if (open.push(close) > deepest) return -1;
        i = close === 0x7d ? memberStart(bytes, inside) : inside;
        if (i < 0) return -1;
        continue;
      }
    } else if (byte === quote) {
      i = stringEnd(bytes, i);
    } else if (isDigit(byte) || (byte === 0x2d && isDigit(bytes[i + 1]))) {
      i = numberEnd(bytes, i);
    } else {
      i = wordEnd(bytes, i, words);
    }
    if (i < 0) return -1;
    // Behind a value: close what is open, or go on to the next one in it.
    for (;;) {
      const close = open.at(-1);
      if (close === undefined) return i;
      i = skipSpace(bytes, i);
      if (bytes[i] === close) {
        open.pop();
        i++;
      } else if (bytes[i] === 0x2c) {
        i = skipSpace(bytes, i + 1);
        if (close === 0x7d) i = memberStart(bytes, i);
        if (i < 0) return -1;
        break;
      } else {
        return -1;
      }
    }
  }
}

/** From an object's key to where its value starts; -1 when there is no `"key":`. */
function memberStart(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== quote) return -1;
  const end = stringEnd(bytes, at);
  if (end < 0) return -1;
  const colon = skipSpace(bytes, end);
  return bytes[colon] === 0x3a ? skipSpace(bytes, colon + 1) : -1;
}

/** Whether `bytes` from `at` on are one JSON value and nothing else but white space. */
export function isJson(bytes: Uint8Array, at = 0, words = jsonWords): boolean {
  const start = skipSpace(bytes, at);
  const end = jsonEnd(bytes, start, words);
  return end > start && skipSpace(bytes, end) === bytes.length;
}

/** Whether bytes are JSON as Python's json writes it: `NaN`, `Infinity` and `-Infinity` are numbers, too. */
export function isPythonJson(bytes: Uint8Array): boolean {
  return isJson(bytes, 0, pythonWords);
}
