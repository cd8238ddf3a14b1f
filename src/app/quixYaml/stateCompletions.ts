import { defaultStatePath, maskPlaceholders, mostSize, stateKeys, type StateKey } from './quixYaml';
import { firstSize } from './stateEdits';
import { pairsOf, readYamlTree, type Span, type YamlMap, type YamlNode } from './yamlTree';

/** What may be written at a place of quix.yaml. */
export interface StateCompletion {
  readonly label: string;
  /** what it is about, for what is said of it */
  readonly about: StateKey | 'state';
  readonly isKey: boolean;
  /** as a snippet of VS Code */
  readonly insert: string;
}

export interface StateCompletions {
  /** the word that they replace */
  readonly span: Span;
  readonly items: readonly StateCompletion[];
}

/** Stands where the cursor is, while the text is read. */
const cursor = '\ue001';
const values: Readonly<Record<StateKey, readonly string[]>> = {
  enabled: ['true', 'false'],
  size: [firstSize, 5, 10, 20, 50, mostSize].map(String),
  path: [defaultStatePath],
};

/** What may be written at an offset for the `state` of a deployment: the key, its keys, their values. */
export async function stateCompletions(
  text: string,
  offset: number,
): Promise<StateCompletions | undefined> {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const written = text.slice(lineStart, offset);
  if (/(^|\s)#/.test(written)) return undefined;
  const word = /[\w./-]*$/.exec(written)?.[0] ?? '';
  const start = offset - (word === '-' ? 0 : word.length); // the `-` of a list is no word
  const end = offset + (/^[\w./-]*/.exec(text.slice(offset))?.[0] ?? '').length;
  const before = text.slice(lineStart, start);
  const isValue = /:\s+$/.test(before);
  if (!isValue && !/^\s*(-\s+)*$/.test(before) && !/[{,]\s*$/.test(before)) return undefined;
  const hasColon = /^[^\S\r\n]*:/.test(text.slice(end));
  const marked =
    text.slice(0, start) + cursor + (isValue || hasColon ? '' : ': ') + text.slice(end);

  const place = placeOf((await readYamlTree(maskPlaceholders(marked))).roots);
  if (place === undefined) return undefined;
  const { map, key } = place;
  const span = { start, end };
  if (key !== undefined) {
    const items = values[key].map((value) => ({ label: value, about: key, isKey: false }));
    return { span, items: items.map((item) => ({ ...item, insert: item.label })) };
  }
  const inState = place.isState ? stateKeys : (['state'] as const);
  const missing = inState.filter((name) => pairsOf(map, name).length === 0);
  // VS Code indents further lines as the one that it is in; a key behind `- ` stands deeper.
  const deeper = before.length - (/^\s*/.exec(before)?.[0] ?? '').length + 2;
  return {
    span,
    items: missing.map((name) => ({
      label: name,
      about: name,
      isKey: true,
      insert: hasColon ? name : snippet(name, map.flow ? undefined : ' '.repeat(deeper)),
    })),
  };
}

/** `indent`: of the lines of a `state`; undefined: it is written in braces. */
function snippet(key: StateKey | 'state', indent: string | undefined): string {
  const size = `size: \${1:${firstSize}}`;
  switch (key) {
    case 'state':
      return indent === undefined
        ? `state: {enabled: true, ${size}}`
        : `state:\n${indent}enabled: true\n${indent}${size}`;
    case 'enabled':
      return 'enabled: ${1|true,false|}';
    case 'size':
      return size;
    case 'path':
      return `path: \${1:${defaultStatePath}}`;
  }
}

interface Place {
  readonly map: YamlMap;
  /** The map is a `state`, not a deployment. */
  readonly isState: boolean;
  /** The cursor is at the value of this key; undefined: at a key. */
  readonly key?: StateKey;
}

const isCursor = (node: YamlNode | undefined) => node?.kind === 'scalar' && node.value === cursor;

/** The map of a deployment, or its `state`, that the cursor is in. */
function placeOf(roots: readonly YamlNode[]): Place | undefined {
  const lists = roots.flatMap((root) => (root.kind === 'map' ? pairsOf(root, 'deployments') : []));
  for (const { value: list } of lists) {
    if (list?.kind !== 'list') continue;
    for (const deployment of list.items) {
      if (deployment.kind !== 'map') continue;
      if (deployment.pairs.some(({ key }) => isCursor(key))) {
        return { map: deployment, isState: false };
      }
      for (const { value: map } of pairsOf(deployment, 'state')) {
        if (map?.kind !== 'map') continue;
        if (map.pairs.some(({ key }) => isCursor(key))) return { map, isState: true };
        const key = stateKeys.find((name) =>
          pairsOf(map, name).some(({ value }) => isCursor(value)),
        );
        if (key !== undefined) return { map, isState: true, key };
      }
    }
  }
  return undefined;
}
