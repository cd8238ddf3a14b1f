import * as vscode from 'vscode';
import { FilterError, loadPatterns, parseFilter } from '../../quixstreams/index';
import { commandIds, contextKeys } from '../contributions';
import type { Commands } from '../registerCommand';
import { nodeOf } from '../value/entryCommands';
import { filterSentence } from './filterWords';
import { askForKey } from './goToKey';
import { KeySearch, type PartitionCounts } from './keySearch';
import { filteredBy, storeOf, type FilterableNode } from './nodeFilters';
import type { SharedPartitions } from './sharedPartitions';
import type { StateFolders } from './stateFolders';
import type { StateTree } from './stateTree';
import type { StateView } from './stateView';
import { noFolder, pickStore } from './pickStore';
import { stores } from './storeChoices';
import type { PartitionNode, StateNode } from './treeNodes';

const { l10n } = vscode;

export interface FilterCommandsHost {
  readonly folders: StateFolders;
  readonly partitions: SharedPartitions;
  readonly tree: StateTree;
  readonly view: StateView;
  /** the file with the compiler of regular expressions */
  readonly patternsModule: string;
  readonly labelOf: (node: StateNode) => string;
  /** partitions of the topics of the broker that is in use; none without one */
  readonly partitionCounts: () => Promise<PartitionCounts>;
}

/** Filter Keys..., Clear Filter, Go to Key.... All only read, and work in a workspace that is not trusted. */
export function registerFilterCommands(
  commands: Commands,
  host: FilterCommandsHost,
): vscode.Disposable {
  const { tree, view } = host;
  const set = async (node: FilterableNode, filter: FilterableNode['filter']) => {
    tree.setFilter(node, filter);
    await filtersChanged(tree);
  };
  return vscode.Disposable.from(
    commands.register(commandIds.filterKeys, async (target) => {
      const node = await filterable(target, host);
      if (node === undefined) return;
      const text = await askForFilter(host.labelOf(node), node, host.patternsModule);
      if (text === undefined) return;
      const compile = await loadPatterns(host.patternsModule);
      await set(node, text.trim() === '' ? undefined : parseFilter(text, compile));
    }),
    commands.register(commandIds.clearFilter, async (target) => {
      const given = nodeOf(target);
      const nodes = given === undefined ? tree.filteredNodes() : [filterOwner(given)];
      for (const node of nodes) if (node !== undefined) await set(node, undefined);
    }),
    commands.register(commandIds.goToKey, async (target) => {
      if (tree.roots.length === 0) await host.folders.scan();
      const nodes = partitionsFor(nodeOf(target), tree);
      if (nodes.length === 0) throw noFolder();
      const search = new KeySearch(host.partitions, nodes);
      const counts = host.partitionCounts().catch(() => new Map<string, number>());
      const chosen = await askForKey({ search, labelOf: host.labelOf, counts });
      if (chosen === undefined) return;
      const isKey = 'messageKey' in chosen;
      const { partition } = chosen;
      const row = isKey ? await tree.findMessageKey(partition, chosen.messageKey) : partition;
      await filtersChanged(tree);
      await view.reveal(row);
    }),
  );
}

async function filtersChanged(tree: StateTree): Promise<void> {
  const isFiltered = tree.filteredNodes().length > 0;
  await vscode.commands.executeCommand('setContext', contextKeys.filtered, isFiltered);
}

async function askForFilter(
  name: string,
  { filter }: FilterableNode,
  patternsModule: string,
): Promise<string | undefined> {
  const compile = await loadPatterns(patternsModule);
  return vscode.window.showInputBox({
    title: l10n.t('Filter Keys of {0}', name),
    prompt: l10n.t(
      'Text, key:PC*, /regex/, expired:yes, time:03:32..03:33; - in front of one negates',
    ),
    value: filter?.text ?? '',
    validateInput: (text) => {
      if (text.trim() === '') return undefined; // no filter
      try {
        parseFilter(text, compile);
        return undefined;
      } catch (error) {
        if (!(error instanceof FilterError)) throw error;
        return filterSentence(error, (message, ...args) => l10n.t(message, ...args));
      }
    },
  });
}

/** The store or partition that a row is, or is below. */
function filterableOf(node: StateNode | undefined): FilterableNode | undefined {
  for (let row = node; row !== undefined; row = row.parent) {
    if (row.kind === 'store' || row.kind === 'partition') return row;
  }
  return undefined;
}

/** The row whose filter is to be cleared. */
function filterOwner(node: StateNode): FilterableNode | undefined {
  const row = filterableOf(node);
  return row?.kind === 'partition' ? (filteredBy(row) ?? row) : row;
}

/** The store or partition of a row, else one that the person picks. */
async function filterable(
  target: unknown,
  host: FilterCommandsHost,
): Promise<FilterableNode | undefined> {
  const row = filterableOf(nodeOf(target) ?? host.view.selection[0]);
  if (row !== undefined) return row;
  const placeHolder = l10n.t('Filter the keys of which partition?');
  const chosen = await pickStore(host, stores, placeHolder);
  return chosen && filterableOf(host.tree.find(chosen.path));
}

/** The partitions that a key is looked for in: of a partition all of its store, without a row all there are. */
function partitionsFor(node: StateNode | undefined, tree: StateTree): PartitionNode[] {
  const row = filterableOf(node) ?? node;
  const from = row?.kind === 'partition' ? (storeOf(row) ?? row) : row;
  return tree.partitionsBelow(from);
}
