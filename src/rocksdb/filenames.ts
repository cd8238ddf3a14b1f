// Names of the files in a database's directory (file/filename.cc):
//
//   CURRENT            the name of the MANIFEST in force, and a newline
//   MANIFEST-000005    the log of version edits
//   000004.log         a write-ahead log
//   000011.sst         a table; .ldb is the old name
//   OPTIONS-000009     the options, as text
//
// A number has at least six digits and may have more.

export type DatabaseFile =
  | { readonly kind: 'current' }
  | { readonly kind: 'manifest' | 'wal' | 'table' | 'options'; readonly number: number };

/** What a name in a database's directory means; undefined for everything else in it. */
export function parseFileName(name: string): DatabaseFile | undefined {
  if (name === 'CURRENT') return { kind: 'current' };
  const match = /^(?:(MANIFEST|OPTIONS)-)?(\d{6,15})(?:\.(log|sst|ldb))?$/.exec(name);
  if (!match) return undefined;
  const [, prefix, digits, extension] = match;
  const number = Number(digits);
  if (prefix === 'MANIFEST' && extension === undefined) return { kind: 'manifest', number };
  if (prefix === 'OPTIONS' && extension === undefined) return { kind: 'options', number };
  if (prefix !== undefined) return undefined;
  if (extension === 'log') return { kind: 'wal', number };
  return extension === undefined ? undefined : { kind: 'table', number };
}

const padded = (number: number) => String(number).padStart(6, '0');

export const walFileName = (number: number): string => `${padded(number)}.log`;
export const tableFileName = (number: number): string => `${padded(number)}.sst`;
export const oldTableFileName = (number: number): string => `${padded(number)}.ldb`;

/** What names have by kind; tables are the most, and are passed over soon. */
const marks = { manifest: 'MANIFEST-', wal: '.log', options: 'OPTIONS-' };

/** The numbers of one kind of file in a listing, ascending. */
export function fileNumbers(names: readonly string[], kind: 'manifest' | 'wal' | 'options') {
  const numbers: number[] = [];
  const mark = marks[kind];
  for (const name of names) {
    if (!name.includes(mark)) continue;
    const file = parseFileName(name);
    if (file?.kind === kind) numbers.push(file.number);
  }
  return numbers.sort((a, b) => a - b);
}
