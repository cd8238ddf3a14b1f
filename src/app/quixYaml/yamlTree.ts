// A YAML text as a tree in which everything knows where it stands. The `yaml` package's nodes say so, too, but for them a
// block map ends behind the comments that follow it, and a value that is not there stands somewhere.

import type * as yamlPackage from 'yaml';
import type { Node, Pair } from 'yaml';
import { yamlDocuments } from '../yamlFile';

/** Offsets in the text; what `end` points at does not belong to it. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

interface Anchored {
  readonly span: Span;
  /** `!!str`; whoever changes the value cannot know what it would mean then */
  readonly tag?: string;
  readonly anchor?: string;
  /** who else means this node, by its anchor */
  readonly aliases: YamlAlias[];
}

export interface YamlMap extends Anchored {
  readonly kind: 'map';
  /** `{a: 1}` */
  readonly flow: boolean;
  readonly pairs: readonly YamlPair[];
}

export interface YamlList extends Anchored {
  readonly kind: 'list';
  readonly items: readonly YamlNode[];
}

export interface YamlScalar extends Anchored {
  readonly kind: 'scalar';
  readonly value: unknown;
  /** Written in one piece: no block scalar, which begins with `|` or `>`. */
  readonly inline: boolean;
}

export interface YamlAlias extends Anchored {
  readonly kind: 'alias';
  readonly name: string;
  readonly target: YamlNode | undefined;
}

export type YamlNode = YamlMap | YamlList | YamlScalar | YamlAlias;

export interface YamlPair {
  readonly key: YamlNode;
  /** where its `:` stands; undefined: it has none */
  readonly colon: number | undefined;
  /** undefined: nothing is written there */
  readonly value: YamlNode | undefined;
}

export interface YamlTree {
  /** the root of each document that has one */
  readonly roots: readonly YamlNode[];
  /** codes of what is wrong with the text as YAML, in order */
  readonly errors: readonly string[];
}

/** Reads a text, as far as it is YAML. */
export async function readYamlTree(text: string): Promise<YamlTree> {
  const documents = await yamlDocuments(text);
  const yaml = await import('yaml');
  return {
    roots: documents.flatMap(({ contents }) => new TreeBuilder(yaml, text).node(contents) ?? []),
    errors: documents.flatMap(({ errors }) => errors.map(({ code }) => code)),
  };
}

/** The pairs of a map whose key is this text. */
export function pairsOf(map: YamlMap, key: string): YamlPair[] {
  return map.pairs.filter((pair) => pair.key.kind === 'scalar' && pair.key.value === key);
}

/** Where a pair ends. */
export function endOf({ key, colon, value }: YamlPair): number {
  return value?.span.end ?? (colon === undefined ? key.span.end : colon + 1);
}

/** The node that an alias stands for, through others; undefined where there is none. */
export function resolved(node: YamlNode | undefined): YamlNode | undefined {
  let at = node;
  for (let hops = 0; at?.kind === 'alias' && hops < 10; hops++) at = at.target;
  return at?.kind === 'alias' ? undefined : at;
}

class TreeBuilder {
  /** What each anchor means so far: it may be given again. */
  readonly #anchors = new Map<string, YamlNode>();

  constructor(
    private readonly yaml: typeof yamlPackage,
    private readonly text: string,
  ) {}

  node(node: unknown): YamlNode | undefined {
    const built = this.#built(node);
    if (built?.anchor !== undefined) this.#anchors.set(built.anchor, built);
    return built;
  }

  #built(node: unknown): YamlNode | undefined {
    const { isAlias, isCollection, isMap, isPair, isScalar } = this.yaml;
    if (isAlias(node)) {
      const target = this.#anchors.get(node.source);
      const alias: YamlAlias = {
        kind: 'alias',
        name: node.source,
        target,
        aliases: [],
        span: spanOf(node),
      };
      target?.aliases.push(alias);
      return alias;
    }
    if (!isScalar(node) && !isCollection(node)) return undefined;
    const span = spanOf(node);
    const { tag, anchor } = node;
    const common = { aliases: [], ...(tag && { tag }), ...(anchor && { anchor }) };
    if (isScalar(node)) {
      if (span.start === span.end && tag === undefined && anchor === undefined) return undefined;
      const { value, type } = node;
      const inline = type !== 'BLOCK_LITERAL' && type !== 'BLOCK_FOLDED';
      const end = inline ? span.end : this.#beforeLineBreak(span.end);
      return { ...common, kind: 'scalar', value, inline, span: { start: span.start, end } };
    }
    const flow = node.flow === true;
    /** `written`: where the last thing in it ends, for one without brackets */
    const within = (written = span.start) =>
      flow ? span : { start: span.start, end: Math.max(span.start, written) };
    if (isMap(node)) {
      const pairs = node.items.filter(isPair).map((pair) => this.#pair(pair));
      const last = pairs.at(-1);
      return { ...common, kind: 'map', flow, pairs, span: within(last && endOf(last)) };
    }
    const items = node.items.flatMap((item) => this.node(item) ?? []);
    return { ...common, kind: 'list', items, span: within(items.at(-1)?.span.end) };
  }

  #pair(pair: Pair): YamlPair {
    const separator = pair.srcToken?.sep?.find(({ type }) => type === 'map-value-ind');
    const at = separator?.offset ?? 0;
    const nothing: YamlScalar = {
      kind: 'scalar',
      value: null,
      inline: true,
      aliases: [],
      span: { start: at, end: at },
    };
    const key = this.node(pair.key) ?? nothing;
    return { key, colon: separator?.offset, value: this.node(pair.value) };
  }

  /** A block scalar takes its last line break with it. */
  #beforeLineBreak(end: number): number {
    if (this.text[end - 1] !== '\n') return end;
    return this.text[end - 2] === '\r' ? end - 2 : end - 1;
  }
}

function spanOf({ range }: Node): Span {
  return { start: range?.[0] ?? 0, end: range?.[1] ?? 0 };
}
