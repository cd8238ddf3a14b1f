// What people type to see only some keys. Terms have spaces between them, and all must hold; "-" in front of
// one says that it must not:
//
//   total              in the message key, the state key or the value; small and capital letters are the same
//   "two words"        the same, with spaces; \" and \\ stand for themselves
//   key:PC1            the message key; key:PC* those that begin so; key:"a b", key:b'\x00'
//   /^\d+$/            a regular expression in RE2's syntax, found in one of the same texts; /…/i
//   expired:yes        past its time to live; expired:no
//   time:03:32..03:33  windows that have time in it, values by time that lie in it: filterTime.ts

import type { CompilePattern, Pattern } from './patterns';
import { parseTimeRange, type TimeRange } from './filterTime';
import type { TypedKey } from './typedKeys';

type Condition =
  | { readonly kind: 'text'; /** in lower case */ readonly text: string }
  | ({ readonly kind: 'key' } & TypedKey)
  | { readonly kind: 'pattern'; readonly pattern: Pattern }
  | { readonly kind: 'expired'; readonly expired: boolean }
  | { readonly kind: 'time'; readonly range: TimeRange };

export type FilterTerm = Condition & { readonly negated: boolean };

/** At least one term, of which all must hold. */
export interface KeyFilter {
  /** As it was typed. */
  readonly text: string;
  readonly terms: readonly FilterTerm[];
}

export type FilterErrorCode =
  'noTerm' | 'openQuote' | 'openPattern' | 'pattern' | 'largePattern' | 'key' | 'expired' | 'time';

/** A filter that says nothing; `term` is where, `detail` what the compiler of patterns says. */
export class FilterError extends Error {
  constructor(
    readonly code: FilterErrorCode,
    readonly term: string,
    readonly detail = '',
  ) {
    super(`${code}: ${term}`);
  }
}

/** Reads a filter. @throws FilterError */
export function parseFilter(text: string, compile: CompilePattern): KeyFilter {
  const terms: FilterTerm[] = [];
  let rest = text.trimStart();
  while (rest !== '') {
    const negated = /^-\S/.test(rest);
    const { condition, length } = firstTerm(negated ? rest.slice(1) : rest, compile);
    terms.push({ ...condition, negated });
    rest = rest.slice(length + (negated ? 1 : 0)).trimStart();
  }
  if (terms.length === 0) throw new FilterError('noTerm', text);
  return { text: text.trim(), terms };
}

/** The filter for one message key, or for those that begin so. */
export function filterOfKey({ text, open }: TypedKey): KeyFilter {
  const term = { kind: 'key', text, open, negated: false } as const;
  return { text: `key:${JSON.stringify(text)}${open ? '*' : ''}`, terms: [term] };
}

function firstTerm(
  rest: string,
  compile: CompilePattern,
): { condition: Condition; length: number } {
  if (rest.startsWith('/')) return patternTerm(rest, compile);
  const name = /^(key|expired|time):/.exec(rest)?.[1] ?? '';
  const at = name === '' ? 0 : name.length + 1;
  const { text, quoted, length } = word(rest.slice(at), name === 'key');
  const end = at + length;
  const condition = conditionOf(name, text, quoted, rest.slice(0, end));
  return { condition, length: end };
}

function conditionOf(name: string, text: string, quoted: boolean, term: string): Condition {
  switch (name) {
    case 'key': {
      const open = term.endsWith('*');
      const key = open && !quoted ? text.slice(0, -1) : text;
      if (key === '' && !open) throw new FilterError('key', term);
      return { kind: 'key', text: key, open };
    }
    case 'expired':
      if (text !== 'yes' && text !== 'no') throw new FilterError('expired', term);
      return { kind: 'expired', expired: text === 'yes' };
    case 'time': {
      const range = parseTimeRange(text);
      if (!range) throw new FilterError('time', term);
      return { kind: 'time', range };
    }
    default:
      return { kind: 'text', text: text.toLowerCase() };
  }
}

/** Up to the next space, or what is in quotes; of a key its "*" behind quotes belongs to it. */
function word(rest: string, isKey: boolean): { text: string; quoted: boolean; length: number } {
  if (rest.startsWith('"')) {
    const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(rest);
    if (!quoted) throw new FilterError('openQuote', rest);
    const text = (quoted[1] ?? '').replace(/\\(["\\])/g, '$1');
    const star = isKey && rest[quoted[0].length] === '*' ? 1 : 0;
    return { text, quoted: true, length: quoted[0].length + star };
  }
  const literal = isKey ? /^b(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")(\*?)(?!\S)/.exec(rest) : null;
  const [text = ''] = literal ?? /^\S*/.exec(rest) ?? [];
  return { text, quoted: false, length: text.length };
}

function patternTerm(
  rest: string,
  compile: CompilePattern,
): { condition: Condition; length: number } {
  const parts = /^\/((?:[^/\\]|\\.|\/(?!i?(?:\s|$)))+)\/(i?)(?!\S)/.exec(rest);
  if (!parts) throw new FilterError('openPattern', rest);
  const [term, source = '', flags] = parts;
  const compiled = compile(source, flags === 'i');
  if ('problem' in compiled) {
    const code = compiled.problem === 'large' ? 'largePattern' : 'pattern';
    throw new FilterError(code, term, compiled.detail);
  }
  return { condition: { kind: 'pattern', pattern: compiled }, length: term.length };
}
