// What one Python file says of state: calls, functions and names, found by a query of tree-sitter.

import type { Node, Query, Tree } from 'web-tree-sitter';
import { callOf, rangeOf, type Call } from './call';
import type { Expression, SourceUse, SourceUses, StateOperation, WindowType } from './codeUse';
import { expressionOf } from './expression';
import { accessOfMode, fileCall, pathAccess } from './fileCalls';
import type { PythonGrammar } from './pythonTree';
import { StateParameters } from './stateParameters';

/** The most of one file. */
const mostUses = 5000;

/** A file without any of these says nothing of state, and is not parsed. */
const worthParsing =
  /_window|join_(?:asof|interval|lookup)|\bstateful\b|\bState\b|group_by|state_dir|State__|\bopen\b|\bstate\b|Rdict|joblib|\.(?:load|save|connect|dump|to_\w+|read_\w+)\b/;

const pattern = `
  (call) @call
  (subscript) @subscript
  (function_definition) @function
  (assignment) @assignment
`;

const windows: Readonly<Record<string, WindowType>> = {
  tumbling_window: 'tumbling',
  hopping_window: 'hopping',
  sliding_window: 'sliding',
  session_window: 'session',
  tumbling_count_window: 'tumblingCount',
  hopping_count_window: 'hoppingCount',
  sliding_count_window: 'slidingCount',
};

const joins = { join_asof: 'asof', join_interval: 'interval', join_lookup: 'lookup' } as const;

const operations: Readonly<Record<string, StateOperation>> = {
  get: 'get',
  get_bytes: 'get',
  set: 'set',
  set_bytes: 'set',
  delete: 'delete',
  exists: 'exists',
};

const aggregations = ['sum', 'count', 'mean', 'reduce', 'max', 'min', 'collect', 'agg'];

/** Variables of the platform that name the state folder. */
const folderVariable = /^["'](Quix__(?:State__Dir|Deployment__State__Path))["']$/;

/** Brackets in brackets that CPython reads (MAXSTACK in its tokenizer); tree-sitter takes all memory for many more. */
const deepestBrackets = 200;
/** Characters of one statement, without strings, comments and blanks; tree-sitter's time grows with their square. */
const longestStatement = 1 << 16;

/** Whether code is nothing that people write, and takes too long to parse. */
function isMonstrous(blanked: string): boolean {
  let depth = 0;
  let length = 0;
  for (const character of blanked) {
    if (character === '\n') {
      if (depth === 0) length = 0;
    } else if (character !== ' ') length++;
    if ('([{'.includes(character)) depth++;
    else if (')]}'.includes(character) && depth > 0) depth--;
    if (depth > deepestBrackets || length > longestStatement) return true;
  }
  return false;
}

/** Finds the uses in files, one at a time. */
export class SourceReader {
  private readonly query: Query;

  constructor(private readonly grammar: PythonGrammar) {
    this.query = grammar.query(pattern);
  }

  /** What a file says; undefined where it is no Python, or reading it takes too long. `blanked` is its blanked twin. */
  read(text: string, blanked: string): SourceUses | undefined {
    if (!worthParsing.test(text)) return { uses: [], numbers: numbersOnly(text) };
    if (isMonstrous(blanked)) return undefined;
    return this.grammar.read(text, (tree, isOver) => this.usesIn(tree, isOver));
  }

  private usesIn(tree: Tree, progressCallback: () => boolean): SourceUses {
    const calls: Call[] = [];
    const functions: Node[] = [];
    const uses: SourceUse[] = [];
    const numbers = new Map<string, Expression | undefined>();
    for (const { name, node } of this.query.captures(tree.rootNode, { progressCallback })) {
      if (name === 'function') functions.push(node);
      else if (name === 'assignment') noteNumber(node, numbers);
      else if (name === 'subscript') {
        if (isEnviron(node.childForFieldName('value'))) {
          noteVariable(node, node.childForFieldName('subscript'), uses);
        }
      } else {
        const call = callOf(node);
        if (call !== undefined) calls.push(call);
      }
    }
    const parameters = new StateParameters(functions, calls);
    // By a map: a node's parent is looked for from the root.
    const next = new Map<number, string>();
    for (const { object, method } of calls) {
      if (object?.type === 'call' && method !== undefined) next.set(object.id, method);
    }
    for (const { node, name } of parameters.declared) {
      uses.push({ kind: 'stateFunction', functionName: name, range: rangeOf(node) });
    }
    for (const call of calls) {
      if (uses.length >= mostUses) break;
      const use = useOf(call, parameters, next.get(call.node.id));
      if (use !== undefined) uses.push({ ...use, range: rangeOf(call.nameNode) });
      if (/^(?:os\.)?(?:getenv|environ\.get)$/.test(call.name)) {
        noteVariable(call.nameNode, call.argument(0)?.node, uses);
      }
      const stateDir = call.argument(undefined, 'state_dir');
      if (stateDir !== undefined) {
        const path = expressionOf(stateDir.node);
        uses.push({ kind: 'stateDir', path, range: rangeOf(stateDir.node) });
      }
    }
    const byPlace = ({ range: a }: SourceUse, { range: b }: SourceUse) =>
      a.line - b.line || a.column - b.column;
    return {
      uses: uses.sort(byPlace),
      numbers: [...numbers].flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value]],
      ),
    };
  }
}

type Without<T> = T extends unknown ? Omit<T, 'range'> : never;

/** What a call does with state; undefined for most. */
function useOf(
  call: Call,
  parameters: StateParameters,
  nextMethod: string | undefined,
): Without<SourceUse> | undefined {
  const { method } = call;
  const given = (position: number, name: string) => {
    const node = call.argument(position, name)?.node;
    return node === undefined || node.type === 'none' ? undefined : expressionOf(node);
  };
  if (method !== undefined) {
    const window = Object.hasOwn(windows, method) ? windows[method] : undefined;
    if (window !== undefined) return windowUse(call, window, nextMethod);
    if (Object.hasOwn(joins, method)) {
      const join = joins[method as keyof typeof joins];
      const buffer = call.argument(3, 'buffer')?.node;
      const hasStore = join !== 'lookup' || (buffer !== undefined && buffer.type !== 'none');
      const name = join === 'lookup' ? bufferStore(buffer) : given(4, 'name');
      return { kind: 'join', join, hasStore, name };
    }
    if (method === 'group_by' && call.arguments.length > 0 && !call.isAmong('pl', 'df')) {
      return { kind: 'groupBy', name: given(1, 'name') ?? given(0, 'key') };
    }
    if (/^(?:apply|update|filter)$/.test(method)) {
      if (call.argument(undefined, 'stateful')?.node.type !== 'true') return undefined;
      const applied = call.argument(0, 'func')?.node;
      return {
        kind: 'stateful',
        functionName: applied?.type === 'identifier' ? applied.text : undefined,
      };
    }
    const operation = Object.hasOwn(operations, method) ? operations[method] : undefined;
    const key = call.argument(0, 'key')?.node;
    if (operation !== undefined && key !== undefined && parameters.isState(call.object)) {
      return { kind: 'stateKey', operation, key: expressionOf(key) };
    }
  }
  return fileUse(call);
}

function windowUse(
  call: Call,
  window: WindowType,
  nextMethod: string | undefined,
): Without<SourceUse> {
  const given = (position: number, name: string) => {
    const node = call.argument(position, name)?.node;
    return node === undefined || node.type === 'none' ? undefined : expressionOf(node);
  };
  const isTime = !window.endsWith('Count');
  // name comes third, behind a step fourth (definitions in quixstreams/dataframe/dataframe.py).
  const position = { hopping: 3, tumblingCount: 1, slidingCount: 1 } as const;
  const place = window in position ? position[window as keyof typeof position] : 2;
  return {
    kind: 'window',
    window,
    name: given(place, 'name'),
    duration: isTime
      ? given(0, window === 'session' ? 'inactivity_gap_ms' : 'duration_ms')
      : undefined,
    step: window === 'hopping' ? given(1, 'step_ms') : undefined,
    aggregation:
      nextMethod !== undefined && aggregations.includes(nextMethod) ? nextMethod : undefined,
  };
}

/** `LookupBuffer(store_name="…")`, where that is written in the call; by default it is called as quixstreams says. */
function bufferStore(buffer: Node | undefined): Expression | undefined {
  const call = buffer?.type === 'call' ? callOf(buffer) : undefined;
  if (call === undefined) return undefined;
  const named = call.argument(undefined, 'store_name')?.node;
  return named === undefined ? { kind: 'text', value: 'lookup-buffer' } : expressionOf(named);
}

function fileUse(call: Call): Without<SourceUse> | undefined {
  const { method, object } = call;
  const onPath = method === undefined ? undefined : pathAccess(method);
  if (onPath !== undefined && object !== undefined) {
    return { kind: 'file', access: onPath, path: expressionOf(object) };
  }
  const opens = fileCall(call.name, method);
  if (opens !== undefined) {
    const { argument, names = [], access } = opens;
    const named = names.map((name) => call.argument(undefined, name)).find((one) => one);
    const path = call.argument(argument)?.node ?? named?.node;
    if (path === undefined) return undefined;
    const mode = call.argument(argument + 1, 'mode')?.node;
    return {
      kind: 'file',
      access: access === 'mode' ? byMode(mode) : access,
      path: expressionOf(path),
    };
  }
  // `(folder / "a.json").open("w")`
  if (method === 'open' && object !== undefined && object.type !== 'identifier') {
    return {
      kind: 'file',
      access: byMode(call.argument(0, 'mode')?.node),
      path: expressionOf(object),
    };
  }
  return undefined;
}

function byMode(mode: Node | undefined) {
  const text = mode === undefined ? undefined : expressionOf(mode);
  return text?.kind === 'text' ? accessOfMode(text.value) : 'read';
}

const isEnviron = (node: Node | null) => /^(?:os\.)?environ$/.test(node?.text.slice(0, 20) ?? '');

function noteVariable(at: Node, name: Node | null | undefined, uses: SourceUse[]): void {
  const [, variable] = folderVariable.exec(name?.text.slice(0, 60) ?? '') ?? [];
  if (variable !== undefined) {
    uses.push({ kind: 'stateFolderVariable', variable, range: rangeOf(at) });
  }
}

/** Numbers and durations that a name is given; a name that is given two is none of them. */
function noteNumber(node: Node, numbers: Map<string, Expression | undefined>): void {
  const left = node.childForFieldName('left');
  const right = node.childForFieldName('right');
  if (left?.type !== 'identifier' || right === null) return;
  const { kind } = right.type === 'string' ? { kind: 'text' } : expressionOf(right);
  const isNumber = kind === 'number' || kind === 'arithmetic' || kind === 'timedelta';
  const name = left.text;
  if (numbers.has(name)) numbers.set(name, undefined);
  else if (isNumber) numbers.set(name, expressionOf(right));
}

/** `SECONDS = 10` of a module that says nothing else. */
function numbersOnly(text: string): SourceUses['numbers'] {
  const found = new Map<string, number | undefined>();
  let left = mostUses;
  for (const [, name = '', digits = ''] of text.matchAll(
    /^([A-Za-z_]\w{0,99})[ \t]*(?::[ \t]*int[ \t]*)?=[ \t]*(\d[\d_]{0,14})[ \t]*(?:#.*)?$/gm,
  )) {
    if (--left < 0) break;
    found.set(name, found.has(name) ? undefined : Number(digits.replaceAll('_', '')));
  }
  return [...found].flatMap(([name, value]) =>
    value === undefined ? [] : [[name, { kind: 'number', value }]],
  );
}
