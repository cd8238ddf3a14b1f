import type { StateNode } from './treeNodes';
import { pathOf } from './treeNodes';

/** A store, or a folder of stores, that a command can work on. */
export interface StoreChoice {
  readonly path: string;
  /** what people call it: `f-in[0]` */
  readonly name: string;
  /** the store's name on disk, or what a folder holds */
  readonly description: string;
}

type Labels = (node: StateNode) => string;

/** The partitions among rows and all below them, as the tree names and orders them. */
export function storeChoices(nodes: readonly StateNode[], labelOf: Labels): StoreChoice[] {
  return nodes.flatMap((node) => {
    const own = storeChoice(node, labelOf);
    if (node.kind === 'partition') return own ? [own] : [];
    if (node.kind === 'app') return storeChoices(node.folders, labelOf);
    const isAbove = node.kind === 'stateFolder' || node.kind === 'group' || node.kind === 'store';
    return isAbove || node.kind === 'stream' ? storeChoices(node.children, labelOf) : [];
  });
}

/** What a row stands for; undefined for rows below partitions, and for files. */
export function storeChoice(node: StateNode, labelOf: Labels): StoreChoice | undefined {
  const path = pathOf(node);
  if (path === undefined) return undefined;
  switch (node.kind) {
    case 'partition':
      return { path, name: labelOf(node), description: node.storeName };
    case 'store':
    case 'stream':
      return { path, name: labelOf(node), description: '' };
    case 'file':
      return node.entry.kind === 'database'
        ? { path, name: labelOf(node), description: '' }
        : undefined;
    default:
      return undefined;
  }
}
