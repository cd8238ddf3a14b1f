// Scalars of pickles that are no plain numbers (pickletools.py, Lib/pickle.py):
//
//   LONG1, LONG4   two's complement, little-endian; no bytes are 0
//   FLOAT          a line that float() reads
//   STRING         a line in quotes, with the escapes of a Python 2 literal
//   UNICODE        a line in latin-1 with \uXXXX and \UXXXXXXXX ("raw-unicode-escape")

/** An int of any size. */
export function parseLongBytes(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  const hex = Buffer.from(bytes).reverse().toString('hex');
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${hex}`));
}

const special = new Map([
  ['inf', Infinity],
  ['infinity', Infinity],
  ['nan', NaN],
]);

/** undefined where float() would raise. */
export function parseFloatLine(line: string): number | undefined {
  const [, sign = '', digits = ''] = /^\s*([+-]?)(\S+)\s*$/.exec(line) ?? [];
  const value =
    special.get(digits.toLowerCase()) ??
    (/^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(digits) ? Number(digits) : undefined);
  return value === undefined ? undefined : sign === '-' ? -value : value;
}

/** The text; lone surrogates stay. */
export function parseRawUnicode(line: string): string {
  return line.replace(/\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g, (escape, short, long) => {
    const code = parseInt((short ?? long) as string, 16);
    return code > 0x10ffff ? escape : String.fromCodePoint(code);
  });
}

const escapes = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['v', '\v'],
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
]);

/** A str of Python 2 as text where it is ASCII, else its bytes; undefined where it is not in quotes. */
export function parseStringLine(line: Uint8Array): string | Uint8Array | undefined {
  const [, , body] = /^(['"])([^]*)\1$/.exec(Buffer.from(line).toString('latin1')) ?? [];
  if (body === undefined) return undefined;
  const text = body.replace(/\\(x[0-9a-fA-F]{2}|[0-7]{1,3}|[^])/g, (whole, escape: string) => {
    if (/^x..$/.test(escape)) return String.fromCharCode(parseInt(escape.slice(1), 16));
    if (/^[0-7]/.test(escape)) return String.fromCharCode(parseInt(escape, 8) & 0xff);
    return escapes.get(escape) ?? whole;
  });
  return /^[\0-\x7f]*$/.test(text) ? text : Buffer.from(text, 'latin1');
}
