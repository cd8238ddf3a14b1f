import type { KeyFilter } from '../../quixstreams/index';
import { filteredBy } from './nodeFilters';
import type {
  ColumnFamilyNode,
  InternalsNode,
  MessageKeyNode,
  MetadataNode,
  NoticeNode,
  PartitionNode,
  RowList,
  StateNode,
} from './treeNodes';

/** Rows that have rows of the partition below them. */
export type PartitionParent =
  PartitionNode | MessageKeyNode | ColumnFamilyNode | MetadataNode | InternalsNode;

/** The words of rows that say what is wrong, or why there are none. */
export interface NoticeWords {
  /** what a row says when something cannot be read */
  sentence(error: unknown, partition: PartitionNode): string;
  /** that a filter lets nothing through */
  nothingPasses(filter: KeyFilter): string;
}

/** What is loaded of a partition's rows. */
export interface LoadedRows {
  readonly node: PartitionNode;
  readonly host: NoticeWords;
  readonly top: RowList | undefined;
  readonly families: readonly ColumnFamilyNode[];
  readonly metadata: MetadataNode | undefined;
  readonly internals: InternalsNode | undefined;
}

/** The rows below `parent`, in their order, with what is to be said among them. */
export function rowsBelow(parent: PartitionParent, loaded: LoadedRows): StateNode[] {
  switch (parent.kind) {
    case 'partition': {
      const { families, metadata, internals } = loaded;
      return [
        ...notices(loaded),
        ...listRows(loaded.top, loaded),
        ...nothingPasses(loaded),
        ...(internals === undefined ? families : []),
        ...(metadata === undefined ? [] : [metadata]),
        ...(internals === undefined ? [] : [internals]),
      ];
    }
    case 'messageKey':
    case 'columnFamily':
    case 'metadata':
      return listRows(parent.entries, loaded);
    case 'internals':
      return [...parent.families];
  }
}

/** Loaded rows, then one for those that are not. */
function listRows(list: RowList | undefined, { node, host }: LoadedRows): StateNode[] {
  if (list === undefined) return [];
  const rows: StateNode[] = [...list.rows];
  if (list.failure !== undefined) {
    const text = host.sentence(list.failure, node);
    rows.push(noticeNode(list.owner, `notice:${list.owner.id}#end`, text));
  } else if (!list.complete) {
    list.more ??= {
      kind: 'more',
      id: `more:${list.owner.id}`,
      parent: list.owner,
      expanded: false,
      opensAtFirst: false,
      list,
    };
    rows.push(list.more);
  }
  return rows;
}

function nothingPasses({ node, top, host }: LoadedRows): NoticeNode[] {
  const filter = filteredBy(node)?.filter;
  if (filter === undefined || top?.complete !== true || top.rows.length > 0) return [];
  return [noticeNode(node, `notice:${node.id}#filter`, host.nothingPasses(filter), false)];
}

function notices({ node, host }: LoadedRows): NoticeNode[] {
  const { error, info } = node;
  const problems = [...(error === undefined ? [] : [error]), ...(info?.warnings ?? [])];
  return problems.map((problem, i) =>
    noticeNode(node, `notice:${node.id}#${i}`, host.sentence(problem, node)),
  );
}

function noticeNode(parent: StateNode, id: string, text: string, warns = true): NoticeNode {
  return { kind: 'notice', id, parent, expanded: false, opensAtFirst: false, text, warns };
}
