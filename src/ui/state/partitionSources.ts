import { createHash } from 'node:crypto';
import {
  metadataColumnFamily,
  type MessageKey,
  type PartitionRow,
  type StateEntry,
  type StorePartition,
} from '../../quixstreams/index';
import { PagedRows, type RowSource } from './pagedRows';
import {
  entryId,
  messageKeyId,
  type ColumnFamilyNode,
  type EntryNode,
  type EntryRows,
  type MessageKeyNode,
  type PartitionInfo,
  type PartitionNode,
  type StateNode,
  type TopRows,
} from './treeNodes';

/** What a partition's row and tooltip say of its store. */
export function infoOf({ kind, changelogOffset, ttl, database }: StorePartition): PartitionInfo {
  const { columnFamilies, facts, warnings } = database;
  const { tables, walBytes, walDirectory, rocksdbVersion, lastWriteMs } = facts;
  return {
    kind,
    changelogOffset,
    ttl: ttl !== undefined,
    columnFamilies,
    tables,
    walBytes,
    walDirectory,
    rocksdbVersion,
    lastCheckpointMs: lastWriteMs,
    warnings,
  };
}

/** Rows of a default store's partition: message keys, and entries that have none. */
export function topRows(owner: PartitionNode, opensFirst: boolean): TopRows {
  const entries = entrySource(owner, owner);
  const idOf = (row: PartitionRow) =>
    row.kind === 'messageKey' ? messageKeyId(owner.path, row.prefix) : entries.idOf(row.entry);
  let opensNext = opensFirst;
  return new PagedRows<PartitionRow, EntryNode | MessageKeyNode>(owner, {
    idOf,
    page: (store, options) => store.rows(options),
    sortKey: (node) =>
      node.kind === 'entry' ? node.entry.rawKey : startOf(node.messageKey.prefix),
    make: (row) => {
      if (row.kind === 'entry') return entries.make(row.entry);
      const expanded = opensNext;
      opensNext = false;
      return {
        kind: 'messageKey',
        id: idOf(row),
        parent: owner,
        expanded,
        opensAtFirst: expanded,
        partition: owner,
        messageKey: row,
        mark: undefined,
        entries: undefined,
      };
    },
    itemOf: (node) =>
      node.kind === 'entry' ? { kind: 'entry', entry: node.entry } : node.messageKey,
    take: (node, row) => {
      if (node.kind === 'entry') return row.kind === 'entry' && entries.take(node, row.entry);
      return row.kind === 'messageKey' && takeMessageKey(node, row);
    },
  });
}

/** Whether the row reads differently with the message key as it is now. */
function takeMessageKey(node: MessageKeyNode, messageKey: MessageKey): boolean {
  const { count, countIsExact } = node.messageKey;
  node.messageKey = messageKey;
  return count !== messageKey.count || countIsExact !== messageKey.countIsExact;
}

/** The first key that a prefix's state keys can have. */
function startOf(prefix: Uint8Array): Uint8Array {
  return Buffer.concat([prefix, Buffer.from('|')]);
}

/** Rows of the entries of one message key. */
export function keyRows(owner: MessageKeyNode): EntryRows {
  return new PagedRows(owner, {
    ...entrySource(owner, owner.partition),
    page: (store, options) => store.entriesOf(owner.messageKey, options),
  });
}

/** Rows of all entries of a column family, raw. */
export function familyRows(
  owner: StateNode,
  partition: PartitionNode,
  columnFamily: string,
): EntryRows {
  return new PagedRows(owner, {
    ...entrySource(owner, partition),
    page: (store, options) => store.rawEntries(columnFamily, options),
  });
}

function entrySource(
  owner: StateNode,
  partition: PartitionNode,
): Omit<RowSource<StateEntry, EntryNode>, 'page'> {
  const idOf = (entry: StateEntry) => entryId(partition.path, entry.columnFamily, entry.rawKey);
  return {
    idOf,
    sortKey: (node) => node.entry.rawKey,
    make: (entry) => ({
      kind: 'entry',
      id: idOf(entry),
      parent: owner,
      expanded: false,
      opensAtFirst: false,
      partition,
      ...shortened(entry),
      mark: undefined,
    }),
    itemOf: (node) => node.entry,
    take: takeEntry,
  };
}

/** Whether the row reads differently with the entry as it is now. */
export function takeEntry(node: EntryNode, entry: StateEntry): boolean {
  const { entry: before, size, digest } = node;
  Object.assign(node, shortened(entry));
  return (
    before.expiresAtMs !== entry.expiresAtMs ||
    before.expired !== entry.expired ||
    size !== node.size ||
    digest !== node.digest ||
    Buffer.compare(before.value.bytes, node.entry.value.bytes) !== 0
  );
}

/** Bytes of a value that a row keeps. */
const keptBytes = 8192;

function shortened(entry: StateEntry): Pick<EntryNode, 'entry' | 'size' | 'digest'> {
  const { bytes, format } = entry.value;
  if (bytes.length <= keptBytes) return { entry, size: bytes.length, digest: undefined };
  const digest = createHash('sha1').update(bytes).digest('hex');
  const value = { bytes: bytes.slice(0, keptBytes), format };
  return { entry: { ...entry, value }, size: bytes.length, digest };
}

/** The column families beside the store's own keys and its metadata that hold something. */
export async function filledFamilies(
  store: StorePartition,
  partition: PartitionNode,
): Promise<ColumnFamilyNode[]> {
  const filled: ColumnFamilyNode[] = [];
  for (const name of store.database.columnFamilies) {
    if (name === 'default' || name === metadataColumnFamily) continue;
    const { items } = await store.rawEntries(name, { limit: 1 });
    if (items.length === 0) continue;
    filled.push({
      kind: 'columnFamily',
      id: `columnFamily:${partition.path}#${name}`,
      parent: partition,
      expanded: false,
      opensAtFirst: false,
      partition,
      name,
      entries: undefined,
    });
  }
  return filled;
}
