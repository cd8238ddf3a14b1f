import {
  aggregatorOfName,
  printable,
  type FilteredPartition,
  type StorePartition,
} from '../../quixstreams/index';
import type { Translate } from '../translate';
import type { NodeTexts } from './nodeTexts';
import type { PartitionNode, StateNode, StoreNode } from './treeNodes';

/** Rows that can have a filter; it holds for all message keys below. */
export type FilterableNode = StoreNode | PartitionNode;

/** The store that a partition is of. */
export function storeOf({ parent }: PartitionNode): StoreNode | undefined {
  const above = parent?.kind === 'stream' ? parent.parent : parent;
  return above?.kind === 'store' ? above : undefined;
}

/** The row whose filter holds for a partition: itself, or its store. */
export function filteredBy(partition: PartitionNode): FilterableNode | undefined {
  return [partition, storeOf(partition)].find((node) => node?.filter !== undefined);
}

/** What the filter of a partition's rows lets through; undefined where all is shown. */
export function filteredOf(
  partition: PartitionNode,
  store: StorePartition,
): FilteredPartition | undefined {
  const filter = filteredBy(partition)?.filter;
  return filter && store.filtered(filter, aggregatorOfName(partition.storeName));
}

/** What a row says, with the filter that it has. */
export function withFilter(node: StateNode, texts: NodeTexts, t: Translate): NodeTexts {
  if (node.kind !== 'store' && node.kind !== 'partition') return texts;
  if (node.filter === undefined) return texts;
  const filter = t('filter: {0}', printable(node.filter.text));
  return {
    ...texts,
    description: texts.description === '' ? filter : `${texts.description} · ${filter}`,
    spoken: `${texts.spoken}, ${filter}`,
    contextValue: `${texts.contextValue} filtered`,
  };
}

/** `12 found, 40% searched`: how far a filtered list has come, where it is not sought. */
export function searchedText(found: string, percent: number, t: Translate): string {
  return t('{0} found, {1}% searched', found, String(percent));
}
