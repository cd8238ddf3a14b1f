// What an app's code gives `Application(…)` (quixstreams/app.py), by text. An argument in code wins over the environment.

import { stringOf, valueOf, type CodeArgument } from './codeValue';
import type { Application } from './findApplications';
import { argumentsAt, ownSources, type PythonSource } from './pythonSource';
import type { Environment } from './variables';

export type { CodeArgument } from './codeValue';

export interface ApplicationCode {
  /** undefined, as for all of these: not given */
  readonly brokerAddress: CodeArgument | undefined;
  readonly sdkToken: CodeArgument | undefined;
  readonly consumerGroup: CodeArgument | undefined;
  readonly stateDir: CodeArgument | undefined;
  /** Variables that are read by `os.environ["…"]`, which fails without them, in the files of the app's own. */
  readonly requiredVariables: readonly string[];
  /** Variables that are read by `os.getenv("…")` without a default: None where they are not set. */
  readonly optionalVariables: readonly string[];
}

/** What the code of an app says; nothing where it cannot be read. */
export async function readApplicationCode(app: Application): Promise<ApplicationCode> {
  const sources = await ownSources(app.mainFile, app.folder);
  const given = new Map<string, CodeArgument>();
  for (const source of sources) {
    if (given.size > 0) break;
    for (const [name, argument] of applicationArguments(source, sources)) given.set(name, argument);
  }
  return {
    brokerAddress: given.get('broker_address'),
    sdkToken: given.get('quix_sdk_token'),
    consumerGroup: given.get('consumer_group'),
    stateDir: given.get('state_dir'),
    ...readVariables(sources),
  };
}

/** What an argument is in an environment; undefined where it is not given, or only running the code would tell. */
export function resolveArgument(
  argument: CodeArgument | undefined,
  environment: Environment,
): string | undefined {
  switch (argument?.kind) {
    case 'literal':
      return argument.value;
    case 'variable':
      return (
        environment[argument.name] ??
        argument.byDefault ??
        resolveArgument(argument.orElse, environment)
      );
    default:
      return undefined;
  }
}

/** Whether a source makes an `Application(…)`. */
export function makesApplication(source: PythonSource): boolean {
  return calls(source).next().done !== true;
}

/** The most calls of one file that are looked at. */
const mostCalls = 50;

/** The calls that make an Application: of the class, of what it is imported as, of `Application.Quix` (before 3.0). */
function* calls({ blanked }: PythonSource): Generator<{ readonly open: number; quix: boolean }> {
  const [, alias] = /\bApplication[ \t]+as[ \t]+(\w+)/.exec(blanked) ?? [];
  const names = alias === undefined ? 'Application' : `(?:Application|${alias})`;
  let looked = 0;
  for (const call of blanked.matchAll(new RegExp(String.raw`\b${names}(\.Quix)?\s*\(`, 'g'))) {
    if (++looked > mostCalls) return;
    const before = blanked.slice(Math.max(0, call.index - 20), call.index);
    if (/\b(?:class|def)\s+$/.test(before)) continue;
    yield { open: call.index + call[0].length - 1, quix: call[1] !== undefined };
  }
}

/** The arguments of the first call that gives any. */
function applicationArguments(
  source: PythonSource,
  sources: readonly PythonSource[],
): Map<string, CodeArgument> {
  for (const { open, quix } of calls(source)) {
    const found = new Map<string, CodeArgument>();
    if (quix) {
      found.set('quix_sdk_token', {
        kind: 'variable',
        name: 'Quix__Sdk__Token',
        byDefault: undefined,
      });
    }
    for (const [i, argument] of argumentsAt(source, open).entries()) {
      // By position comes the broker's address first; Application.Quix has none.
      const first = quix ? 'consumer_group' : 'broker_address';
      const name = argument.name ?? (i === 0 ? first : undefined);
      if (name === undefined || !read.has(name) || argument.expression.startsWith('*')) continue;
      const value = valueOf(argument.expression, source, sources);
      if (value !== undefined) found.set(name, value);
    }
    if (found.size > 0) return found;
  }
  return new Map();
}

const read = new Set(['broker_address', 'quix_sdk_token', 'consumer_group', 'state_dir']);

/** Variables that are read, where nothing in the app's own code gives them or asks whether they are there. */
function readVariables(
  sources: readonly PythonSource[],
): Pick<ApplicationCode, 'requiredVariables' | 'optionalVariables'> {
  const required = new Set<string>();
  const optional = new Set<string>();
  const given = new Set<string>();
  for (const source of sources) {
    const { text, blanked } = source;
    for (const read of first(blanked.matchAll(/\benviron\s*\[/g))) {
      const after = read.index + read[0].length;
      const end = blanked.indexOf(']', after);
      if (end === -1 || end > after + longestName) continue;
      const name = stringOf(text.slice(after, end));
      if (name === undefined) continue;
      const isSet = /^\s*=(?!=)/.test(blanked.slice(end + 1, end + 20));
      (isSet || isTried(blanked, read.index) ? given : required).add(name);
    }
    for (const read of first(blanked.matchAll(/\b(getenv|environ\.(?:get|setdefault))\s*\(/g))) {
      const open = read.index + read[0].length - 1;
      const end = blanked.indexOf(')', open);
      if (end === -1 || end > open + longestName) continue;
      const name = stringOf(text.slice(open + 1, end));
      if (read[1] === 'environ.setdefault') {
        const [key] = argumentsAt(source, open);
        given.add(stringOf(key?.expression ?? '') ?? '');
      } else if (name !== undefined && !/^\s*or\b/.test(blanked.slice(end + 1, end + 20))) {
        optional.add(name);
      }
    }
    for (const asked of first(blanked.matchAll(/\b(?:not\s+)?in\s+(?:os\.)?environ\b/g))) {
      const [name] =
        /["'][^"'\n]*["']\s*$/.exec(text.slice(lineStart(text, asked.index), asked.index)) ?? [];
      given.add(stringOf(name ?? '') ?? '');
    }
  }
  const without = (names: ReadonlySet<string>) =>
    [...names].filter((name) => name !== '' && !given.has(name));
  return { requiredVariables: without(required), optionalVariables: without(optional) };
}

/** The most reads of one file that are looked at. */
const mostReads = 1000;

function* first<T>(all: Iterable<T>): Generator<T> {
  let count = 0;
  for (const one of all) {
    if (++count > mostReads) return;
    yield one;
  }
}

/** Of a variable, with its quotes and the blanks around them. */
const longestName = 300;

/** Where the line of a place begins, or no further back than a name can be. */
const lineStart = (text: string, at: number) =>
  Math.max(text.lastIndexOf('\n', at) + 1, at - longestName);

/** Lines above a place that are looked at. */
const mostLines = 500;

/** Whether a `try:` is above a place: the app knows what to do without the variable. */
function isTried(blanked: string, at: number): boolean {
  let end = at;
  let indent = Infinity;
  for (let i = 0; i < mostLines && end >= 0 && indent > 0; i++) {
    const begin = blanked.lastIndexOf('\n', end - 1) + 1;
    const line = blanked.slice(begin, end);
    end = begin - 1;
    if (i > 0 && (line.trim() === '' || indentOf(line) >= indent)) continue;
    if (i > 0 && /^\s*try\s*:/.test(line)) return true;
    indent = indentOf(line);
  }
  return false;
}

const indentOf = (line: string) => line.length - line.trimStart().length;
