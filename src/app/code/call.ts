import type { Node } from 'web-tree-sitter';
import type { CodeRange } from './codeUse';

/** Of a name that is called, and of the chain before it. */
const longestName = 100;
/** The most arguments of one call that are looked at. */
const mostArguments = 50;

interface Argument {
  readonly name: string | undefined;
  readonly node: Node;
}

/** A call in the tree. */
export interface Call {
  readonly node: Node;
  /** The whole name: `np.save`; empty for a method of an expression. */
  readonly name: string;
  /** The node of the last part of the name. */
  readonly nameNode: Node;
  /** `apply` of `sdf.apply(…)`; undefined for a plain name. */
  readonly method: string | undefined;
  /** What the method is called on. */
  readonly object: Node | undefined;
  readonly arguments: readonly Argument[];
  /** The argument at this position among those without a name, or by this name. */
  argument(position: number | undefined, name?: string): Argument | undefined;
  /** Whether the method is called on one of these names. */
  isAmong(...names: string[]): boolean;
}

/** A call of a name or a method; undefined for calls of anything else. */
export function callOf(node: Node): Call | undefined {
  const called = node.childForFieldName('function');
  if (called === null) return undefined;
  const attribute = called.type === 'attribute' ? called.childForFieldName('attribute') : null;
  const object = attribute === null ? undefined : (called.childForFieldName('object') ?? undefined);
  const nameNode = attribute ?? called;
  if (attribute === null && called.type !== 'identifier') return undefined;
  const isShort = called.endIndex - called.startIndex <= longestName;
  const name = isShort && isDotted(called) ? called.text : '';
  let list: Argument[] | undefined;
  const call: Call = {
    node,
    name,
    nameNode,
    method: attribute?.text,
    object,
    get arguments() {
      return (list ??= argumentsOf(node));
    },
    argument(position, byName) {
      const all = this.arguments;
      const named = byName === undefined ? undefined : all.find((one) => one.name === byName);
      if (named !== undefined || position === undefined) return named;
      return all.filter((one) => one.name === undefined)[position];
    },
    isAmong: (...names) => object?.type === 'identifier' && names.includes(object.text),
  };
  return call;
}

function isDotted(node: Node): boolean {
  let at: Node | null = node;
  while (at?.type === 'attribute') at = at.childForFieldName('object');
  return at?.type === 'identifier';
}

function argumentsOf(node: Node): Argument[] {
  const list = node.childForFieldName('arguments');
  if (list?.type !== 'argument_list') return [];
  const found: Argument[] = [];
  for (const child of list.namedChildren.slice(0, mostArguments)) {
    if (child.type === 'comment') continue;
    // What comes behind `*arguments` is at no position that is known.
    if (child.type === 'list_splat') break;
    if (child.type === 'keyword_argument') {
      const value = child.childForFieldName('value');
      const name = child.childForFieldName('name')?.text;
      if (value !== null && name !== undefined) found.push({ name, node: value });
    } else if (child.type !== 'dictionary_splat') found.push({ name: undefined, node: child });
  }
  return found;
}

/** Where a node is. */
export function rangeOf({ startPosition: start, endPosition: end }: Node): CodeRange {
  return {
    line: start.row + 1,
    column: start.column + 1,
    endLine: end.row + 1,
    endColumn: end.column + 1,
  };
}
