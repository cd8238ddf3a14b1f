// Python's repr() of numbers, text and bytes (Objects/floatobject.c, unicodeobject.c, bytesobject.c).

/** Python refuses to write a longer int in decimal: it takes time by the square of its length. */
const mostDigits = 4300;
/** As long as an int of this many bits has at most `mostDigits` digits. */
const mostDecimal = 2n ** BigInt(Math.floor(mostDigits * Math.log2(10)));

/** Whether Python would write an int in decimal. */
export const isDecimal = (value: bigint) => value < mostDecimal && value > -mostDecimal;

/** An int in decimal, or in hex where Python would not write it in decimal. */
export function intLiteral(value: bigint): string {
  if (isDecimal(value)) return value.toString();
  return value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}

/** An int from decimal digits; undefined where they are none, or more than Python reads. */
export function parseInt10(digits: string): bigint | undefined {
  return digits.length <= mostDigits && /^[+-]?\d+$/.test(digits)
    ? BigInt(digits.replace('+', ''))
    : undefined;
}

/** The shortest digits that give the same 64 bits again: `1.0`, `1e-05`, `-0.0`, `nan`. */
export function floatLiteral(value: number): string {
  return Number.isFinite(value) ? decimal(value, value.toExponential()) : notFinite(value);
}

/** The shortest digits that give the same 32 bits again. */
export function float32Literal(value: number): string {
  if (!Number.isFinite(value)) return notFinite(value);
  const float = Math.fround(value);
  for (let digits = 0; digits < 9; digits++) {
    const text = float.toExponential(digits);
    if (Math.fround(Number(text)) === float) return decimal(float, text);
  }
  return floatLiteral(value);
}

function notFinite(value: number): string {
  return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
}

/** `value`, whose digits are `exponential`, with an exponent only where Python writes one. */
function decimal(value: number, exponential: string): string {
  const [mantissa = '', power = '0'] = exponential.replace('-', '').split('e');
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const exponent = exponential.includes('e-') ? Number(exponential.split('e')[1]) : Number(power);
  if (exponent < -4 || exponent >= 16) {
    const digits = String(Math.abs(exponent)).padStart(2, '0');
    return `${sign}${mantissa}e${exponent < 0 ? '-' : '+'}${digits}`;
  }
  const digits = mantissa.replace('.', '');
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`;
}

const textEscapes = new Map([
  ['\\', '\\\\'],
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\r', '\\r'],
]);

/** What str.isprintable() denies, the backslash, and both quotes. Control and bidirectional characters are in it. */
const escapable = /[\p{C}\p{Z}\\'"]/gu;

/** A str in Python's quotes, with its escapes. */
export function strLiteral(text: string): string {
  const quote = quoteFor(text.includes("'"), text.includes('"'));
  const escape = (character: string): string => {
    if (character === ' ') return character;
    if (character === "'" || character === '"') {
      return character === quote ? `\\${character}` : character;
    }
    const known = textEscapes.get(character);
    if (known !== undefined) return known;
    const code = character.codePointAt(0) ?? 0;
    const hex = (digits: number) => code.toString(16).padStart(digits, '0');
    if (code < 0x100) return `\\x${hex(2)}`;
    return code < 0x10000 ? `\\u${hex(4)}` : `\\U${hex(8)}`;
  };
  return quote + text.replace(escapable, escape) + quote;
}

function quoteFor(single: boolean, double: boolean): string {
  return single && !double ? '"' : "'";
}
