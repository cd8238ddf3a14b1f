// The value of a Python expression, by text: strings, what the environment gives, paths beside the file, and names that
// are set once, be it by assignment, by the keyword of a call, by a parameter's default, or as a field of pydantic's
// settings (pydantic-settings: the variable of a field is its prefix and its name, whatever the case).

import path from 'node:path';
import { argumentsAt, blank, type PythonSource } from './pythonSource';

/** The value of an argument, as far as the text tells it. */
export type CodeArgument =
  | { readonly kind: 'literal'; readonly value: string }
  | {
      readonly kind: 'variable';
      /** of the environment */
      readonly name: string;
      readonly byDefault: string | undefined;
      /** what counts where the variable is not set, if that is no text */
      readonly orElse?: CodeArgument;
    }
  | { readonly kind: 'expression' };

/** Names that stand for names, and brackets in brackets. */
const deepest = 8;
/** An expression longer than this is none of ours. */
const longest = 4000;
/** The most expressions that are looked at for one: names that stand for others multiply. */
const mostExpressions = 100;

const quoted = String.raw`[rRuU]?(?:"([^"\\\n]*)"|'([^'\\\n]*)')`;
const literal = new RegExp(`^${quoted}$`);
const lookup = /^(?:os\.)?(?:getenv|environ\.get)\s*(?=\()/;
const subscript = new RegExp(String.raw`^(?:os\.)?environ\s*\[\s*${quoted}\s*\]$`);
/** What these give is what they are given. */
const wrappers = /^(?:str|(?:pathlib\.)?Path|ConnectionConfig|os\.path\.(?:abspath|realpath))\s*\(/;
const identifier = /^(?:\w+\.)*(\w+)$/;
const expression = { kind: 'expression' } as const;

/** The text of a string without escapes; undefined for what is none. */
export function stringOf(text: string): string | undefined {
  const [, double, single] = literal.exec(text.trim()) ?? [];
  return double ?? single;
}

/** The value of an expression that stands in a source; undefined for `None`. */
export function valueOf(
  text: string,
  source: PythonSource,
  sources: readonly PythonSource[],
  depth = 0,
  left = { expressions: mostExpressions },
): CodeArgument | undefined {
  const code = text.trim();
  if (code === 'None') return undefined;
  if (code.length > longest || depth > deepest || --left.expressions < 0) return expression;
  const of = (inner: string, where = source) => valueOf(inner, where, sources, depth + 1, left);
  const string = stringOf(code);
  if (string !== undefined) return { kind: 'literal', value: string };
  const [, double, single] = subscript.exec(code) ?? [];
  const name = double ?? single;
  if (name !== undefined) return { kind: 'variable', name, byDefault: undefined };

  const blanked = blank(code);
  if (/(?:^|[^\w.])(?:if|else|lambda|and)(?!\w)/.test(blanked)) return expression;
  const alternatives = split(code, blanked, /^\bor\b/);
  if (alternatives.length > 1) return firstOf(alternatives.map((one) => of(one)));
  const parts = split(code, blanked, /^\//);
  if (parts.length > 1) return joined(parts.map((one) => of(one)));
  if (isWhole(blanked, 0)) return of(code.slice(1, -1));

  const call = (opening: RegExp) => {
    const [found] = opening.exec(code) ?? [];
    if (found === undefined) return undefined;
    const open = blanked.indexOf('(', found.length - 1);
    return isWhole(blanked, open)
      ? argumentsAt({ file: '', text: code, blanked }, open)
      : undefined;
  };
  const looked = call(lookup);
  if (looked !== undefined) {
    const [first, second] = looked;
    const key = first === undefined ? undefined : stringOf(first.expression);
    if (key === undefined) return expression;
    return variable(key, second === undefined ? undefined : of(second.expression));
  }
  const wrapped = call(wrappers);
  if (wrapped !== undefined) {
    const servers = wrapped.find((one) => one.name === 'bootstrap_servers');
    const all = wrapped.filter((one) => one.name === undefined);
    if (servers !== undefined) return of(servers.expression);
    return all.length === 0 ? expression : joined(all.map((one) => of(one.expression)));
  }
  const paths = call(/^os\.path\.join\s*\(/);
  if (paths !== undefined) return joined(paths.map((one) => of(one.expression)));
  const inFolder = call(/^os\.path\.dirname\s*\(/);
  if (inFolder !== undefined) return parentOf(of(inFolder[0]?.expression ?? ''));
  if (code === '__file__') return { kind: 'literal', value: source.file };
  if (/^(?:(?:pathlib\.)?Path\.cwd|os\.getcwd)\(\)$/.test(code))
    return { kind: 'literal', value: '.' };
  const [suffix] = /\.(?:parent|resolve\(\)|absolute\(\)|as_posix\(\)|strip\(\))$/.exec(code) ?? [];
  if (suffix !== undefined) {
    const inner = of(code.slice(0, -suffix.length));
    return suffix === '.parent' ? parentOf(inner) : inner;
  }
  const [, last] = identifier.exec(code) ?? [];
  if (last === undefined) return expression;
  return named(last, source, sources, of);
}

/** A variable of the environment, and what counts where it is not set. */
function variable(name: string, otherwise: CodeArgument | undefined): CodeArgument {
  if (otherwise === undefined) return { kind: 'variable', name, byDefault: undefined };
  return otherwise.kind === 'literal'
    ? { kind: 'variable', name, byDefault: otherwise.value }
    : { kind: 'variable', name, byDefault: undefined, orElse: otherwise };
}

/** `a or b or c`: the first that is not None or empty. */
function firstOf(values: readonly (CodeArgument | undefined)[]): CodeArgument | undefined {
  return values.reduceRight<CodeArgument | undefined>((otherwise, value) => {
    if (value === undefined || (value.kind === 'literal' && value.value === '')) return otherwise;
    if (value.kind !== 'variable' || value.byDefault !== undefined) return value;
    if (value.orElse === undefined) return variable(value.name, otherwise);
    return variable(value.name, firstOf([value.orElse, otherwise]));
  }, undefined);
}

/** `a / b`, `os.path.join(a, b)`, `Path(a, b)`: known where its parts are. */
function joined(values: readonly (CodeArgument | undefined)[]): CodeArgument | undefined {
  if (values.length === 1) return values[0];
  let whole = '';
  for (const value of values) {
    if (value?.kind !== 'literal') return expression;
    whole = path.isAbsolute(value.value) ? value.value : path.join(whole, value.value);
  }
  return { kind: 'literal', value: whole };
}

function parentOf(value: CodeArgument | undefined): CodeArgument {
  return value?.kind === 'literal'
    ? { kind: 'literal', value: path.dirname(value.value) }
    : expression;
}

/** Whether the bracket at `open` closes at the very end. */
function isWhole(blanked: string, open: number): boolean {
  if (blanked[open] !== '(') return false;
  let depth = 0;
  for (let at = open; at < blanked.length; at++) {
    const character = blanked[at] ?? '';
    if ('([{'.includes(character)) depth++;
    else if (')]}'.includes(character) && --depth === 0) return at === blanked.length - 1;
  }
  return false;
}

/** The parts between separators that stand outside of brackets. */
function split(code: string, blanked: string, separator: RegExp): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < blanked.length; at++) {
    const character = blanked[at] ?? '';
    if ('([{'.includes(character)) depth++;
    else if (')]}'.includes(character)) depth--;
    else if (
      depth === 0 &&
      (character === '/' || (character === 'o' && !isName(blanked[at - 1])))
    ) {
      const [found] = separator.exec(blanked.slice(at, at + 3)) ?? [];
      if (found === undefined) continue;
      parts.push(code.slice(from, at));
      from = at + found.length;
      at = from - 1;
    }
  }
  return [...parts, code.slice(from)];
}

const isName = (character: string | undefined) =>
  character !== undefined && /[\w.]/.test(character);

/** What a name is set to: in its own module, else in another of the app's; an expression where that is not clear. */
function named(
  name: string,
  source: PythonSource,
  sources: readonly PythonSource[],
  of: (code: string, where: PythonSource) => CodeArgument | undefined,
): CodeArgument | undefined {
  for (const one of [source, ...sources.filter((other) => other !== source)]) {
    const fields = settingsFields(name, one);
    if (fields.length > 0) return fields.length === 1 ? fields[0] : expression;
    const { given, byDefault } = settings(name, one);
    const found = given.length > 0 ? given : byDefault;
    const [only, another] = found;
    if (another !== undefined) return expression; // which of them counts, only running tells
    if (only !== undefined) return of(only, one);
  }
  return expression;
}

/** The most places that are looked at for one name. */
const mostPlaces = 200;

/** The different expressions that a name is given by assignment or keyword, and as a parameter's default. */
function settings(name: string, source: PythonSource) {
  const places = new RegExp(
    String.raw`(?<!\w)${name}[ \t]*(?::(?:[^=\n,()[\]]|\[[^\]\n]{0,80}\]){1,80})?=(?!=)[ \t]*`,
    'g',
  );
  const given = new Set<string>();
  const byDefault = new Set<string>();
  const itself = new RegExp(String.raw`^(?:\w+\.)*${name}\s+or\s+`);
  let looked = 0;
  for (const place of source.blanked.matchAll(places)) {
    if (++looked > mostPlaces) break;
    // `self.broker = broker or "…"`: what it is given elsewhere, or else this.
    const text = expressionFrom(source, place.index + place[0].length).replace(itself, '');
    // `broker=broker`, `self.broker = broker`, `broker=settings.broker`: the value is elsewhere.
    if (identifier.exec(text)?.[1] === name) continue;
    (isParameter(source, place.index) ? byDefault : given).add(text);
  }
  if (given.size > 1) given.delete('None');
  return { given: [...given], byDefault: [...byDefault] };
}

/** Whether a place is in the brackets of a `def`. */
function isParameter({ blanked }: PythonSource, at: number): boolean {
  const before = blanked.slice(Math.max(0, at - longest), at);
  const begin = before.lastIndexOf('def ');
  if (begin === -1) return false;
  let depth = 0;
  for (const character of before.slice(begin)) {
    if ('([{'.includes(character)) depth++;
    else if (')]}'.includes(character)) depth--;
    else if (character === ':' && depth === 0) return false;
  }
  return depth > 0;
}

/** The text from `start` to the end of its expression: the line, longer where brackets are open, or its argument. */
function expressionFrom({ text, blanked }: PythonSource, start: number): string {
  let depth = 0;
  let at = start;
  for (; at < blanked.length && at < start + longest; at++) {
    const character = blanked[at] ?? '';
    if ('([{'.includes(character)) depth++;
    else if (')]}'.includes(character)) {
      if (--depth < 0) break;
    } else if (depth === 0 && (character === '\n' || character === ',')) break;
  }
  const code = blanked.slice(start, at).trimEnd(); // without a comment behind it
  return text.slice(start, start + code.length);
}

/** A name as a field of pydantic's settings: the variables of the environment that it is read from. */
function settingsFields(name: string, source: PythonSource): CodeArgument[] {
  const found = new Map<string, CodeArgument>();
  for (const { from, to } of settingsClasses(source)) {
    const text = source.text.slice(from, to);
    const blanked = source.blanked.slice(from, to);
    const field = new RegExp(String.raw`^[ \t]+${name}[ \t]*:[^=\n]*(=[ \t]*)?`, 'm').exec(blanked);
    if (field === null) continue;
    const value =
      field[1] === undefined
        ? ''
        : expressionFrom({ file: '', text, blanked }, field.index + field[0].length);
    const [, ...prefix] = new RegExp(String.raw`\benv_prefix\s*=\s*${quoted}`).exec(text) ?? [];
    const [, ...alias] =
      new RegExp(String.raw`\b(?:validation_alias|alias|env)\s*=\s*${quoted}`).exec(value) ?? [];
    const [, ...wrapped] =
      new RegExp(String.raw`^Field\s*\(\s*(?:default\s*=\s*)?${quoted}`).exec(value) ?? [];
    const variableName =
      alias[0] ?? alias[1] ?? `${prefix[0] ?? prefix[1] ?? ''}${name}`.toUpperCase();
    const byDefault = stringOf(value) ?? wrapped[0] ?? wrapped[1];
    found.set(variableName, { kind: 'variable', name: variableName, byDefault });
  }
  return [...found.values()];
}

/** Where the classes are whose base is BaseSettings, or ends in it. */
function settingsClasses({ blanked }: PythonSource): { from: number; to: number }[] {
  const heads = /^([ \t]*)class[ \t]+\w+[ \t]*\([^()\n]{0,200}Settings\b[^()\n]{0,200}\)[ \t]*:/gm;
  return [...blanked.matchAll(heads)].slice(0, mostPlaces).map((head) => {
    const from = head.index + head[0].length;
    const indent = head[1]?.length ?? 0;
    const next = new RegExp(String.raw`\n[ \t]{0,${indent}}[^\s#]`, 'g');
    next.lastIndex = from;
    return { from, to: next.exec(blanked)?.index ?? blanked.length };
  });
}
