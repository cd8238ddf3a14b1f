// Python source as text, as far as calls, names and strings can be told without a parser.
//
// The blanked text has the length of the source: comments, and what stands between quotes, are blanks, so that brackets
// and names found in it are code, and the same offsets in the source give their text. The fields of f-strings are code.

import path from 'node:path';
import { isInside } from '../statefolder/index';
import { readText } from './readText';

/** A Python file larger than this is data, not an app. */
export const largestSource = 1 << 20;

/** A Python file, and its blanked twin. */
export interface PythonSource {
  readonly file: string;
  readonly text: string;
  readonly blanked: string;
}

/** The source in a file; undefined where it is not there or no source. */
export async function readPython(file: string): Promise<PythonSource | undefined> {
  const text = await readText(file, largestSource);
  return text === undefined ? undefined : { file, text, blanked: blank(text) };
}

/**
 * The source with blanks for comments and for what stands between quotes, but for the fields of f-strings; newlines outside
 * of them stay.
 */
export function blank(text: string, depth = 0): string {
  const out: string[] = [];
  let at = 0;
  const take = (end: number, keep: boolean) => {
    out.push(keep ? text.slice(at, end) : ' '.repeat(end - at));
    at = end;
  };
  const next = /#|"""|'''|["']/g;
  while (at < text.length) {
    next.lastIndex = at;
    const found = next.exec(text);
    if (found === null) break;
    const [mark] = found;
    if (mark === '#') {
      take(found.index, true);
      const end = text.indexOf('\n', at);
      take(end === -1 ? text.length : end, false);
    } else {
      take(found.index + mark.length, true);
      const hasFields = depth < deepestField && isFormat(text, found.index);
      for (const { from, to } of hasFields ? fieldsOf(text, at, mark) : []) {
        take(from, false);
        out.push(blank(text.slice(from, to), depth + 1));
        at = to;
      }
      take(endOfString(text, at, mark), false);
      take(Math.min(at + mark.length, text.length), true);
    }
  }
  take(text.length, true);
  return out.join('');
}

/** Where a string's closing quotes begin; a string of one line ends with its line at the latest. */
function endOfString(text: string, from: number, quotes: string): number {
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (character === '\\') at++;
    else if (character === '\n' && quotes.length === 1) return at;
    else if (character === quotes[0] && text.startsWith(quotes, at)) return at;
  }
  return text.length;
}

/** Whether the string whose quotes are at `at` is an f-string. */
const isFormat = (text: string, at: number) =>
  /(?<!\w)(?:[fF][rR]?|[rR][fF])$/.test(text.slice(Math.max(0, at - 3), at));

/** A field of an f-string is one line, and no longer than this. */
const longestField = 300;
/** Of one string that are looked at. */
const mostFields = 100;
/** Strings in fields of strings that have fields. */
const deepestField = 3;

/** Where the fields of the f-string that begins at `start` are, with their braces. */
function* fieldsOf(text: string, start: number, quotes: string) {
  let looked = 0;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (character === '\\') at++;
    else if (character === '\n' && quotes.length === 1) return;
    else if (character === quotes[0] && text.startsWith(quotes, at)) return;
    else if (character === '{' && text[at + 1] === '{') at++;
    else if (character === '{') {
      if (++looked > mostFields) return;
      const to = endOfField(text, at);
      if (to === undefined) continue;
      yield { from: at, to };
      at = to - 1;
    }
  }
}

/** Where the field whose brace is at `start` ends; since Python 3.12 it may hold the quotes of its string. */
function endOfField(text: string, start: number): number | undefined {
  let depth = 0;
  let quote: string | undefined;
  for (let at = start; at < text.length && at < start + longestField; at++) {
    const character = text[at] ?? '';
    if (character === '\n') return undefined;
    if (quote !== undefined) quote = character === quote ? undefined : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (character === '{') depth++;
    else if (character === '}' && --depth === 0) return at + 1;
  }
  return undefined;
}

/** One argument of a call. */
export interface Argument {
  /** undefined: by position */
  readonly name: string | undefined;
  readonly expression: string;
}

/** The arguments of the call whose opening bracket is at `open`; as far as they are there in unfinished code. */
export function argumentsAt({ text, blanked }: PythonSource, open: number): Argument[] {
  const found: Argument[] = [];
  let depth = 0;
  let from = open + 1;
  const add = (end: number) => {
    const expression = text.slice(from, end).trim();
    const [, name] = /^\s*(\w+)\s*=(?!=)/.exec(blanked.slice(from, end)) ?? [];
    const value = name === undefined ? expression : expression.slice(expression.indexOf('=') + 1);
    if (expression !== '') found.push({ name, expression: value.trim() });
    from = end + 1;
  };
  for (let at = open; at < blanked.length; at++) {
    const character = blanked[at] ?? '';
    if ('([{'.includes(character)) depth++;
    else if (')]}'.includes(character) && --depth === 0) {
      add(at);
      return found;
    } else if (character === ',' && depth === 1) add(at);
  }
  add(blanked.length);
  return found;
}

/** What a module imports: `import a.b`, `from .a import b`; the names as they stand, without leading dots. */
export function importedModules({ blanked }: PythonSource): string[] {
  const found = new Set<string>();
  for (const [, from, names, modules] of blanked.matchAll(
    /^[ \t]*(?:from[ \t]+\.*((?:\w[\w.]*)?)[ \t]+import[ \t]+([^\n]*)|import[ \t]+([^\n]*))/gm,
  )) {
    if (from !== undefined && from !== '') found.add(from);
    // `from . import settings`, `from package import module`
    for (const name of (names ?? '').match(/\w+/g) ?? []) {
      found.add(from === undefined || from === '' ? name : `${from}.${name}`);
    }
    for (const module of (modules ?? '').split(',')) {
      const [name] = /[\w.]+/.exec(module) ?? [];
      if (name !== undefined) found.add(name);
    }
  }
  return [...found];
}

/** The most modules of its own that are read of one app, and characters in them. */
const mostModules = 50;
const mostText = 4 << 20;

/** A file and the modules of the app's own that it imports, directly or not; the file first. */
export async function ownSources(mainFile: string, folder: string): Promise<PythonSource[]> {
  const found = new Map<string, PythonSource>();
  const files = [mainFile];
  const shared = importRoots(mainFile, folder);
  let length = 0;
  for (const file of files) {
    if (found.size >= mostModules || length > mostText) break;
    if (found.has(file)) continue;
    const source = await readPython(file);
    if (source === undefined) continue;
    found.set(file, source);
    length += source.text.length;
    const roots = [...new Set([path.dirname(file), ...shared])];
    for (const module of importedModules(source)) {
      const relative = module.split('.').join(path.sep);
      for (const root of roots) {
        files.push(path.join(root, `${relative}.py`), path.join(root, relative, '__init__.py'));
      }
    }
  }
  return [...found.values()];
}

/** Where the imports of an app may begin: from its file's folder up to its own, with `src` of a package in between. */
function importRoots(mainFile: string, folder: string): string[] {
  const roots = [path.dirname(mainFile)];
  for (let at = path.dirname(roots[0] ?? ''); isInside(folder, at); at = path.dirname(at)) {
    roots.push(at);
    if (at === path.dirname(at)) break;
  }
  return [...roots, folder];
}
