import type { Node } from 'web-tree-sitter';
import type { Call } from './call';

interface Declared {
  readonly node: Node;
  readonly name: string;
}

/** Which names are a State where: parameters that are annotated so, or that `apply(…, stateful=True)` fills. */
export class StateParameters {
  /** Functions with a parameter that is annotated as State. */
  readonly declared: readonly Declared[];
  /** The parameter's name, by the node of its function or lambda, which is from here to there. */
  private readonly byFunction = new Map<number, { name: string; from: number; to: number }>();

  constructor(functions: readonly Node[], calls: readonly Call[]) {
    const declared: Declared[] = [];
    const byName = new Map<string, Node>();
    for (const node of functions) {
      const nameNode = node.childForFieldName('name');
      if (nameNode === null) continue;
      byName.set(nameNode.text, node);
      const parameter = annotated(node);
      if (parameter === undefined) continue;
      this.note(node, parameter);
      declared.push({ node: nameNode, name: nameNode.text });
    }
    this.declared = declared;
    for (const call of calls) {
      if (!/^(?:apply|update|filter)$/.test(call.method ?? '')) continue;
      if (call.argument(undefined, 'stateful')?.node.type !== 'true') continue;
      const applied = call.argument(0, 'func')?.node;
      const node = applied?.type === 'lambda' ? applied : byName.get(applied?.text ?? '');
      if (node === undefined || this.byFunction.has(node.id)) continue;
      // with metadata it is called with (value, key, timestamp, headers, state)
      const hasMetadata = call.argument(undefined, 'metadata')?.node.type === 'true';
      const parameter = parametersOf(node)[hasMetadata ? 4 : 1];
      if (parameter !== undefined) this.note(node, parameter);
    }
  }

  /** Whether an expression is the State of a function around it. */
  isState(object: Node | undefined): boolean {
    if (object?.type !== 'identifier' || this.byFunction.size === 0) return false;
    const { text, startIndex } = object;
    for (const { name, from, to } of this.byFunction.values()) {
      if (name === text && from <= startIndex && startIndex < to) return true;
    }
    return false;
  }

  private note(node: Node, name: string): void {
    this.byFunction.set(node.id, { name, from: node.startIndex, to: node.endIndex });
  }
}

/** The name of the parameter that is annotated `State`, `Optional[State]`, `State | None`. */
function annotated(node: Node): string | undefined {
  for (const child of node.childForFieldName('parameters')?.namedChildren ?? []) {
    if (child.type !== 'typed_parameter' && child.type !== 'typed_default_parameter') continue;
    const type = child.childForFieldName('type');
    if (type === null || type.endIndex - type.startIndex > 100) continue;
    if (!/(?:^|[^\w.]|\bquixstreams\.)State\b/.test(type.text)) continue;
    return nameOf(child);
  }
  return undefined;
}

function parametersOf(node: Node): (string | undefined)[] {
  return (node.childForFieldName('parameters')?.namedChildren ?? [])
    .filter(({ type }) => type !== 'comment')
    .map(nameOf)
    .filter((name) => name !== 'self');
}

function nameOf(node: Node): string | undefined {
  if (node.type === 'identifier') return node.text;
  const name = node.childForFieldName('name') ?? node.namedChildren[0];
  return name?.type === 'identifier' ? name.text : undefined;
}
