import { stateKeys, type QuixYaml, type StateKey, type StatefulDeployment } from './quixYaml';
import type { TextEdit } from './textEdit';
import { endOf, pairsOf, type YamlMap, type YamlPair } from './yamlTree';

/** Keys that `state` may stand behind, best first: where Quix Cloud itself writes it, then where there is a place. */
const before = [
  'publicAccess',
  'resources',
  'deploymentType',
  'version',
  'application',
  'image',
  'name',
];

/** What to write into `state`; what is left out stays as it is. */
export interface StateChange {
  readonly enabled?: boolean;
  /** in whole GB, 1 to 100 */
  readonly size?: number;
  readonly path?: string;
}

/** Writes `state` in the style of its file: its indentation, line breaks, brackets and quotes. */
export class StateWriter {
  readonly #map: YamlMap | undefined;

  constructor(
    private readonly file: QuixYaml,
    private readonly deployment: StatefulDeployment,
  ) {
    this.#map = deployment.node.kind === 'map' ? deployment.node : undefined;
  }

  /** Ways to make a change, the one that fits the file best first. */
  *write(change: StateChange): Iterable<TextEdit[]> {
    if (this.#map === undefined) return;
    const [pair] = pairsOf(this.#map, 'state');
    if (pair === undefined) yield* this.#newState(this.#map, change);
    else if (pair.value?.kind === 'map') yield this.#changed(pair.value, change);
    else yield* this.#filled(this.#map, pair, change);
  }

  *#newState(map: YamlMap, change: StateChange): Iterable<TextEdit[]> {
    const places = before.flatMap((key) => pairsOf(map, key));
    const last = map.pairs.at(-1);
    if (last === undefined) {
      const key = this.#key(map, 'state');
      yield [insertion(map.span.start + 1, `${key}: ${this.#flowMap(map, change)}`)];
      return;
    }
    for (const place of [...places, last]) {
      const key = this.#key(map, 'state');
      if (map.flow) {
        yield [insertion(endOf(place), `, ${key}: ${this.#flowMap(map, change)}`)];
      } else if (this.#prefersFlow()) {
        yield [this.#line(map, place, `state: ${this.#flowMap(map, change)}`)];
      } else {
        const at = this.#lineEnd(endOf(place));
        const indent = this.#indent(map);
        yield [insertion(at, this.#eol(at) + indent + 'state:' + this.#block(at, indent, change))];
      }
    }
  }

  /** `state:` and `state: null` */
  *#filled(map: YamlMap, { key, colon, value }: YamlPair, change: StateChange) {
    const from = colon === undefined ? key.span.end : colon + 1;
    const end = value?.span.end ?? from;
    if (!map.flow) {
      const at = this.#lineEnd(end);
      const block = insertion(at, this.#block(at, this.#indent(map), change));
      yield value === undefined ? [block] : [{ start: from, end, text: '' }, block];
    }
    const start = colon === undefined ? '' : ' ';
    const written = `${colon === undefined ? ': ' : start}${this.#flowMap(map, change)}`;
    yield [{ start: from, end, text: written }];
  }

  #changed(state: YamlMap, change: StateChange): TextEdit[] {
    const edits: TextEdit[] = [];
    const missing: string[] = [];
    let place: YamlPair | undefined;
    let behind: YamlPair | undefined;
    for (const key of stateKeys) {
      const [pair] = pairsOf(state, key);
      const wanted = change[key];
      if (pair === undefined && wanted !== undefined) {
        if (missing.length === 0) behind = place;
        missing.push(`${this.#key(state, key)}: ${this.#word(state, wanted)}`);
      } else if (pair !== undefined && wanted !== undefined) {
        edits.push(...this.#replaced(state, key, pair, wanted));
      }
      place = pair ?? place;
    }
    return missing.length === 0 ? edits : [...edits, this.#added(state, behind, missing)];
  }

  #replaced(
    state: YamlMap,
    name: StateKey,
    { key, colon, value }: YamlPair,
    wanted: boolean | number | string,
  ): TextEdit[] {
    if (this.deployment.state?.values?.[name]?.value === wanted) return [];
    const word = this.#word(state, wanted);
    if (value !== undefined && value.span.end > value.span.start) {
      return [{ ...value.span, text: word }];
    }
    const at = value?.span.end ?? (colon === undefined ? key.span.end : colon + 1);
    return [insertion(at, colon === undefined ? `: ${word}` : ` ${word}`)];
  }

  /** Pairs behind another of `state`, or in front of all. */
  #added(state: YamlMap, behind: YamlPair | undefined, pairs: readonly string[]): TextEdit {
    if (behind !== undefined) {
      if (state.flow) return insertion(endOf(behind), pairs.map((pair) => `, ${pair}`).join(''));
      return this.#line(state, behind, ...pairs);
    }
    const [first] = state.pairs;
    if (state.flow) {
      const comma = first === undefined ? '' : ', ';
      const at = first?.key.span.start ?? state.span.start + 1;
      return insertion(at, pairs.join(', ') + comma);
    }
    const { start } = state.span;
    const next = this.#eol(start) + this.#indent(state);
    return insertion(start, pairs.map((pair) => pair + next).join(''));
  }

  /** Lines of a block map, behind a pair of it and the comment after that. */
  #line(map: YamlMap, behind: YamlPair, ...pairs: string[]): TextEdit {
    const at = this.#lineEnd(endOf(behind));
    const start = this.#eol(at) + this.#indent(map);
    return insertion(at, pairs.map((pair) => start + pair).join(''));
  }

  #block(at: number, indent: string, change: StateChange): string {
    const start = this.#eol(at) + indent + ' '.repeat(this.#step());
    return stateKeys
      .flatMap((key) => (change[key] === undefined ? [] : `${key}: ${plain(change[key])}`))
      .map((pair) => start + pair)
      .join('');
  }

  #flowMap(beside: YamlMap, change: StateChange): string {
    const pairs = stateKeys.flatMap((key) => {
      const value = change[key];
      if (value === undefined) return [];
      return `${this.#key(beside, key)}: ${this.#word(beside, value)}`;
    });
    const space = /^\{ /.test(this.#textOf(this.#anyFlowMap(beside))) ? ' ' : '';
    return `{${space}${pairs.join(', ')}${space}}`;
  }

  /** `"state"` where the keys beside it are quoted, as in JSON. */
  #key(beside: YamlMap, key: string): string {
    return this.#isQuoted(beside) ? `"${key}"` : key;
  }

  #word(beside: YamlMap, value: boolean | number | string): string {
    return typeof value === 'string' && this.#isQuoted(beside)
      ? JSON.stringify(value)
      : plain(value);
  }

  #isQuoted(map: YamlMap): boolean {
    return this.file.text[map.pairs[0]?.key.span.start ?? -1] === '"';
  }

  /** Whether the file writes `state: {…}` in deployments of lines. */
  #prefersFlow(): boolean {
    const states = this.file.deployments.flatMap(({ node }) =>
      node.kind === 'map' && !node.flow ? pairsOf(node, 'state') : [],
    );
    const maps = states.flatMap(({ value }) => (value?.kind === 'map' ? value : []));
    return maps.length > 0 && maps.every(({ flow }) => flow);
  }

  #anyFlowMap(map: YamlMap): YamlMap | undefined {
    if (map.flow) return map;
    const values = this.file.deployments.flatMap(({ node }) =>
      node.kind === 'map' ? node.pairs.map(({ value }) => value) : [],
    );
    return values.find((value) => value?.kind === 'map' && value.flow) as YamlMap | undefined;
  }

  /** The spaces in front of a key of a block map; the first may stand behind a `- `. */
  #indent(map: YamlMap): string {
    const { text } = this.file;
    const starts = map.pairs.map(({ key }) => {
      const { start } = key.span;
      return text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
    });
    const alone = starts.find((start) => start.trim() === '');
    return alone ?? (starts[0] ?? '').replace(/[^\s]/g, ' ');
  }

  /** How much further than its key a map in a deployment is indented. */
  #step(): number {
    for (const { node } of [this.deployment, ...this.file.deployments]) {
      if (node.kind !== 'map' || node.flow) continue;
      for (const { value } of node.pairs) {
        if (value?.kind !== 'map' || value.flow) continue;
        const step = this.#indent(value).length - this.#indent(node).length;
        if (step > 0) return step;
      }
    }
    return 2;
  }

  /** The end of the line that an offset is in, in front of its line break. */
  #lineEnd(offset: number): number {
    const { text } = this.file;
    const at = text.indexOf('\n', offset);
    if (at === -1) return text.length;
    return text[at - 1] === '\r' && at > offset ? at - 1 : at;
  }

  /** The line break at an offset, else the first of the file. */
  #eol(offset: number): string {
    const { text } = this.file;
    const [here] = /^[^\n]*?\r?\n/.exec(text.slice(offset)) ?? [/\r?\n/.exec(text)?.[0] ?? '\n'];
    return here.endsWith('\r\n') ? '\r\n' : '\n';
  }

  #textOf(map: YamlMap | undefined): string {
    return map === undefined ? '' : this.file.text.slice(map.span.start, map.span.end);
  }
}

function insertion(at: number, text: string): TextEdit {
  return { start: at, end: at, text };
}

/** A value as YAML; only paths may need quotes. */
function plain(value: boolean | number | string): string {
  return typeof value !== 'string' || /^\/[\w./-]*$/.test(value)
    ? String(value)
    : JSON.stringify(value);
}
