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

/** Which rows a command can work on. */
export interface Choices {
  /** What a row stands for; undefined for those that the command cannot work on. */
  readonly of: (node: StateNode, labelOf: Labels) => StoreChoice | undefined;
  /** What is offered where no row was chosen, in the order of the tree. */
  readonly among: (nodes: readonly StateNode[], labelOf: Labels) => StoreChoice[];
}

export const stores: Choices = { of: storeChoice, among: storeChoices };
export const folders: Choices = { of: folderChoice, among: folderChoices };

/** The partitions among rows and all below them, as the tree names and orders them. */
function storeChoices(nodes: readonly StateNode[], labelOf: Labels): StoreChoice[] {
  return nodes.flatMap((node) => {
    const own = storeChoice(node, labelOf);
    if (node.kind === 'partition') return own ? [own] : [];
    if (node.kind === 'app') return storeChoices(node.folders, labelOf);
    if (node.kind === 'folder') return storeChoices(node.children, labelOf);
    const isAbove = node.kind === 'stateFolder' || node.kind === 'group' || node.kind === 'store';
    return isAbove || node.kind === 'stream' ? storeChoices(node.children, labelOf) : [];
  });
}

/** What a row stands for; undefined for rows below partitions, and for files. */
function storeChoice(node: StateNode, labelOf: Labels): StoreChoice | undefined {
  const path = pathOf(node);
  if (path === undefined) return undefined;
  switch (node.kind) {
    case 'partition':
      return { path, name: labelOf(node), description: node.storeName };
    case 'store':
    case 'stream':
      return { path, name: labelOf(node), description: '' };
    default:
      return undefined;
  }
}

/** A state folder or a part of one; a group that stands for its folder is the whole folder. */
function folderChoice(node: StateNode, labelOf: Labels): StoreChoice | undefined {
  if (node.kind === 'group' && node.joined !== undefined) {
    return { path: node.joined.folder.path, name: node.joined.label, description: '' };
  }
  const isFolder = node.kind === 'stateFolder' || node.kind === 'group';
  const path = isFolder ? pathOf(node) : undefined;
  if (path === undefined) return storeChoice(node, labelOf);
  return { path, name: labelOf(node), description: '' };
}

function folderChoices(nodes: readonly StateNode[], labelOf: Labels): StoreChoice[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'app') return folderChoices(node.folders, labelOf);
    const own = folderChoice(node, labelOf);
    return own ? [own] : [];
  });
}
