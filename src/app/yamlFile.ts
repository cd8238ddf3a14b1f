import type { CST, Document } from 'yaml';
import { readText } from './readText';

/** A Quix descriptor larger than this is none; about 250 deployments. */
const largest = 1 << 18;
/** Nor is one whose collections are nested deeper: `yaml` composes by recursion, and V8 ends the process at its end. */
const deepest = 50;

export type YamlMap = Readonly<Record<string, unknown>>;

export const isMap = (value: unknown): value is YamlMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The maps of a list; nothing where it is none. */
export const mapsOf = (value: unknown): YamlMap[] =>
  Array.isArray(value) ? value.filter(isMap) : [];

/** A scalar as text, as environment variables have it; undefined for all else and for nothing. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/**
 * The map that a YAML file is; undefined where it is not there, or not finished: then it says nothing yet. `prepare`
 * may change the text before it is read.
 */
export async function readYaml(
  file: string,
  prepare: (text: string) => string = (text) => text,
): Promise<YamlMap | undefined> {
  const text = await readText(file, largest);
  if (text === undefined) return undefined;
  try {
    const { parse, Parser } = await import('yaml'); // loading it takes 20 ms: not at activation
    const ready = prepare(text);
    if (isTooDeep(new Parser().parse(ready))) return undefined;
    // Errors are not shown; making them pretty takes a minute for a file of nothing else.
    const options = { logLevel: 'error', uniqueKeys: false, prettyErrors: false } as const;
    const document: unknown = parse(ready, options);
    return isMap(document) ? document : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The documents of a text, with the places of all that is in them; what is not finished is among them as far as it goes.
 * None where the text is too long or too deep to be a descriptor.
 */
export async function yamlDocuments(text: string): Promise<Document.Parsed[]> {
  if (text.length > largest) return [];
  const { Composer, Parser } = await import('yaml');
  const tokens = [...new Parser().parse(text)];
  if (isTooDeep(tokens)) return [];
  const options = { logLevel: 'silent', uniqueKeys: false, prettyErrors: false } as const;
  return [...new Composer({ ...options, keepSourceTokens: true }).compose(tokens)];
}

function isTooDeep(tokens: Iterable<CST.Token>): boolean {
  let level = [...tokens];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) return true;
    level = level.flatMap(nestedIn);
  }
  return false;
}

function nestedIn(token: CST.Token): CST.Token[] {
  if (token.type === 'document') return token.value === undefined ? [] : [token.value];
  if (!('items' in token)) return [];
  return token.items.flatMap(({ key, value }) => [key, value]).filter((one) => one != null);
}
