import type { CST, Document } from 'yaml';
import { readText } from './readText';

/** A Quix descriptor larger than this is none; about 250 deployments. */
export const mostYamlBytes = 1 << 18;
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

/** A YAML file's map, and where its parts are. */
export interface YamlFile {
  readonly map: YamlMap;
  /** The line, from 1, where the value at a path of keys and indexes begins; that of its key for a value of a map. */
  lineOf(...path: readonly (string | number)[]): number | undefined;
}

/**
 * The map that a YAML file is; undefined where it is not there, or not finished: then it says nothing yet. `prepare`
 * may change the text before it is read.
 */
export async function readYaml(
  file: string,
  prepare: (text: string) => string = (text) => text,
): Promise<YamlMap | undefined> {
  return (await readYamlFile(file, prepare))?.map;
}

/** The same, with the places of its parts. */
export async function readYamlFile(
  file: string,
  prepare: (text: string) => string = (text) => text,
): Promise<YamlFile | undefined> {
  const text = await readText(file, mostYamlBytes);
  if (text === undefined) return undefined;
  try {
    // loading it takes 20 ms: not at activation
    const {
      isMap: isNodeMap,
      isNode,
      isPair,
      isScalar,
      LineCounter,
      parseDocument,
      Parser,
    } = await import('yaml');
    const ready = prepare(text);
    if (isTooDeep(new Parser().parse(ready))) return undefined;
    const lineCounter = new LineCounter();
    // Errors are not shown; making them pretty takes a minute for a file of nothing else.
    const options = { logLevel: 'error', uniqueKeys: false, prettyErrors: false } as const;
    const document = parseDocument(ready, { ...options, lineCounter });
    const map: unknown = document.errors.length > 0 ? undefined : document.toJS();
    if (!isMap(map)) return undefined;
    const lineOf = (...path: readonly (string | number)[]) => {
      const last = path.at(-1);
      const parent: unknown = document.getIn(path.slice(0, -1), true);
      const pair = isNodeMap(parent)
        ? parent.items.find((one) => isPair(one) && isScalar(one.key) && one.key.value === last)
        : undefined;
      const node: unknown = pair?.key ?? document.getIn(path, true);
      return isNode(node) && node.range ? lineCounter.linePos(node.range[0]).line : undefined;
    };
    return { map, lineOf };
  } catch {
    return undefined;
  }
}

/**
 * The documents of a text, with the places of all that is in them; what is not finished is among them as far as it goes.
 * None where the text is too long or too deep to be a descriptor.
 */
export async function yamlDocuments(text: string): Promise<Document.Parsed[]> {
  if (text.length > mostYamlBytes) return [];
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
