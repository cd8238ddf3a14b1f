// Where the `state` of each deployment stands in a quix.yaml:
//
//   deployments:
//     - name: Counter
//       application: counter
//       state:
//         enabled: true
//         size: 5                whole GB, 1 to 100
//         path: /app/state       where the volume is mounted; this is the default
//
// Offsets are those of the text as it is: a placeholder is read as a word of the same length.

import { placeholder } from '../placeholder';
import { textOf } from '../yamlFile';
import {
  pairsOf,
  readYamlTree,
  resolved,
  type Span,
  type YamlMap,
  type YamlNode,
  type YamlPair,
  type YamlTree,
} from './yamlTree';

/** The keys of `state` that are known, in the order of the docs. */
export const stateKeys = ['enabled', 'size', 'path'] as const;
export type StateKey = (typeof stateKeys)[number];

/** GB of a volume. */
export const leastSize = 1;
export const mostSize = 100;

/** Where Quix Cloud mounts the volume unless `path` says otherwise. */
export const defaultStatePath = '/app/state';

/** What Quix says of state. */
export const stateDocs = 'https://quix.io/docs/deploy/state-management.html';

/** A value of `state`. */
export interface StateValue {
  readonly key: Span;
  /** where it stands; of one that an alias or a merge key brings: where that alias stands */
  readonly span: Span;
  /** as it is written */
  readonly source: string;
  readonly value: unknown;
  /** It has a `{{ name }}`: what it will be is not known here. */
  readonly isPlaceholder: boolean;
}

/** The `state` of a deployment. */
export interface DeploymentState {
  readonly key: Span;
  /** undefined: `state` is no map, or it is a `{{ name }}` */
  readonly values: Readonly<Partial<Record<StateKey, StateValue>>> | undefined;
  /** where its value stands; empty where nothing is written */
  readonly span: Span;
  readonly isPlaceholder: boolean;
  /** Nothing is written there, or `null`. */
  readonly isNothing: boolean;
}

export interface StatefulDeployment {
  /** among those of the file */
  readonly index: number;
  /** as it is written, with its placeholders; undefined: it has none */
  readonly name: string | undefined;
  readonly span: Span;
  readonly state: DeploymentState | undefined;
  /** the deployment in the tree; an alias where it is written elsewhere */
  readonly node: YamlMap | (YamlNode & { readonly kind: 'alias' });
  /** what it is written in, from the root on */
  readonly parents: readonly YamlNode[];
}

export interface QuixYaml {
  readonly text: string;
  readonly tree: YamlTree;
  readonly deployments: readonly StatefulDeployment[];
}

/** What stands for a character of a placeholder while YAML is read: it occurs in no file of people. */
const mask = '\ue000';
/** Merge keys of merge keys: a file may go in circles. */
const mostMerges = 8;

/** Reads a quix.yaml, as far as it is finished. */
export async function readQuixYaml(text: string): Promise<QuixYaml> {
  const masked = maskPlaceholders(text);
  const tree = await readYamlTree(masked);
  const found = tree.roots.flatMap((root) => {
    if (root.kind !== 'map') return [];
    return pairsOf(root, 'deployments').flatMap(({ value: list }) =>
      list?.kind === 'list' ? list.items.map((node) => ({ node, parents: [root, list] })) : [],
    );
  });
  const reader = new DeploymentReader(text, masked);
  const deployments: StatefulDeployment[] = [];
  for (const { node, parents } of found) {
    const map = resolved(node);
    if (map?.kind !== 'map' || (node.kind !== 'map' && node.kind !== 'alias')) continue;
    const index = deployments.length;
    const name = valueIn(map, 'name');
    const state = valueIn(map, 'state');
    deployments.push({
      index,
      name: name?.value && reader.text(name.value),
      span: node.span,
      state: state && reader.state(state),
      node,
      parents,
    });
  }
  return { text, tree, deployments };
}

/** The text with words of the same length for its placeholders, which are no YAML. */
export function maskPlaceholders(text: string): string {
  return text.replace(placeholder, (whole) => mask.repeat(whole.length));
}

/** The deployment that an offset is in, or beside: the lines that it stands in are its own. */
export function deploymentAt(
  { text, deployments }: QuixYaml,
  offset: number,
): StatefulDeployment | undefined {
  return deployments.find(({ span: { start, end } }) => {
    const lineStart = text.lastIndexOf('\n', start - 1) + 1;
    const lineEnd = text.indexOf('\n', end);
    const flow = text.slice(lineStart, start).trim() !== '-';
    if (flow) return offset >= start && offset <= end;
    return offset >= lineStart && (lineEnd === -1 || offset <= lineEnd);
  });
}

/** Whether state is on, as far as it can be told: not where that is a placeholder, or no boolean. */
export function isStateOn({ state }: StatefulDeployment): boolean | undefined {
  if (state === undefined || state.isNothing) return false;
  const enabled = state.values?.enabled;
  if (state.values === undefined || enabled?.isPlaceholder === true) return undefined;
  if (enabled === undefined || enabled.value === null) return false;
  return typeof enabled.value === 'boolean' ? enabled.value : undefined;
}

/** Whether the deployment's `state` is its own, not one that an alias or a merge key brings. */
export function hasOwnState({ span, state }: StatefulDeployment): boolean {
  return state !== undefined && state.key.start >= span.start && state.span.end <= span.end;
}

/** Whether it is a size that Quix Cloud takes. */
export function isStateSize(size: unknown): size is number {
  return Number.isInteger(size) && Number(size) >= leastSize && Number(size) <= mostSize;
}

/** The last pair of this key, its own or one that a merge key brings. */
function valueIn(map: YamlMap, key: string): YamlPair | undefined {
  let level = [map];
  for (let depth = 0; depth < mostMerges && level.length > 0; depth++) {
    for (const one of level) {
      const own = pairsOf(one, key).at(-1);
      if (own !== undefined) return own;
    }
    // A list of maps to merge: the first that has the key counts.
    level = level.slice(0, mostMerges).flatMap((one) =>
      pairsOf(one, '<<').flatMap(({ value }) => {
        const merged = resolved(value);
        const maps = merged?.kind === 'list' ? merged.items.map(resolved) : [merged];
        return maps.filter((each) => each?.kind === 'map');
      }),
    );
  }
  return undefined;
}

class DeploymentReader {
  constructor(
    private readonly source: string,
    private readonly masked: string,
  ) {}

  /** A scalar as people write it: without quotes, with its placeholders. */
  text(node: YamlNode): string | undefined {
    const scalar = resolved(node);
    if (scalar?.kind !== 'scalar' || scalar.value === null) return undefined;
    const { start, end } = scalar.span;
    const written = this.source.slice(start, end);
    return this.#isPlaceholder(scalar.span)
      ? written.replace(/^(["'])(.*)\1$/s, '$2')
      : textOf(scalar.value);
  }

  state({ key, colon, value }: YamlPair): DeploymentState {
    const map = resolved(value);
    const at = colon === undefined ? key.span.end : colon + 1;
    const span = value?.span ?? { start: at, end: at };
    const isPlaceholder = map?.kind === 'scalar' && this.#isPlaceholder(map.span);
    const isNothing = map === undefined || (map.kind === 'scalar' && map.value === null);
    return {
      key: key.span,
      span,
      isPlaceholder,
      isNothing,
      values: map?.kind === 'map' ? this.#values(map) : undefined,
    };
  }

  #values(map: YamlMap): Partial<Record<StateKey, StateValue>> {
    const values: Partial<Record<StateKey, StateValue>> = {};
    for (const name of stateKeys) {
      const pair = valueIn(map, name);
      if (pair === undefined) continue;
      const node = resolved(pair.value);
      const { start, end } = pair.value?.span ?? pair.key.span;
      values[name] = {
        key: pair.key.span,
        span: { start, end },
        source: this.source.slice(start, end),
        value: node === undefined ? null : node.kind === 'scalar' ? node.value : node,
        isPlaceholder: node?.kind === 'scalar' && this.#isPlaceholder(node.span),
      };
    }
    return values;
  }

  #isPlaceholder({ start, end }: Span): boolean {
    return this.masked.slice(start, end).includes(mask);
  }
}
