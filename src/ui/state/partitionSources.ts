import {
  bufferRanges,
  metadataColumnFamily,
  type MessageKey,
  type PartitionRow,
  type StorePartition,
} from '../../quixstreams/index';
import { filteredOf } from './nodeFilters';
import { PagedRows, type RowSource, type Taken } from './pagedRows';
import { isOtherValue, keptEntry, type ShownEntry } from './shownValues';
import {
  entryId,
  messageKeyId,
  type ColumnFamilyNode,
  type EntryNode,
  type MessageKeyNode,
  type PartitionInfo,
  type PartitionNode,
  type RowList,
  type StateNode,
} from './treeNodes';

/** What a partition's row and tooltip say of its store. */
export function infoOf(store: StorePartition): PartitionInfo {
  const { kind, windows, changelogOffset, ttl, ttlMigration, database } = store;
  const { columnFamilies, facts, warnings } = database;
  const { tables, walBytes, walDirectory, rocksdbVersion, lastWriteMs } = facts;
  return {
    kind,
    windows,
    changelogOffset,
    ttl,
    ttlMigration,
    columnFamilies,
    tables,
    walBytes,
    walDirectory,
    rocksdbVersion,
    lastCheckpointMs: lastWriteMs,
    warnings,
  };
}

/** Rows of a partition: message keys, and entries that have none. */
export function topRows(owner: PartitionNode, opensFirst: boolean): RowList {
  const entries = entrySource(owner, owner, 'default');
  const idOf = (row: PartitionRow) =>
    row.kind === 'messageKey' ? messageKeyId(owner.path, row.prefix) : entries.idOf(row);
  let opensNext = opensFirst;
  return new PagedRows<PartitionRow, EntryNode | MessageKeyNode>(owner, {
    idOf,
    idOfKey: entries.idOfKey,
    page: (store, options) => (filteredOf(owner, store) ?? store).rows(options),
    reread: async (store, node) =>
      node.kind === 'entry' ? entries.reread(store, node) : node.messageKey,
    sortKey: (node) =>
      node.kind === 'entry' ? node.entry.rawKey : startOf(node.messageKey.prefix),
    make: (row) => {
      if (row.kind === 'entry') return entries.make(row);
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
      if (node.kind === 'entry') return row.kind === 'entry' ? entries.take(node, row) : 'same';
      return row.kind === 'messageKey' ? takeMessageKey(node, row) : 'same';
    },
  });
}

function takeMessageKey(node: MessageKeyNode, messageKey: MessageKey): Taken {
  const { count, countIsExact } = node.messageKey;
  node.messageKey = messageKey;
  const isSame = count === messageKey.count && countIsExact === messageKey.countIsExact;
  return isSame ? 'same' : 'repaint';
}

/** The first key that a prefix's state keys can have. */
function startOf(prefix: Uint8Array): Uint8Array {
  return Buffer.concat([prefix, Buffer.from('|')]);
}

/** Rows of all entries of a column family, as they are stored. */
export function familyRows(
  owner: StateNode,
  partition: PartitionNode,
  columnFamily: string,
  range?: ColumnFamilyNode['range'],
): RowList {
  return new PagedRows(owner, {
    ...entrySource(owner, partition, columnFamily),
    page: async (store, options) => {
      const isOfKeys = columnFamily === 'default' && range === undefined;
      const filtered = isOfKeys ? filteredOf(partition, store) : undefined;
      const from = options.from ?? range?.from;
      const within = { ...options, from, to: range?.to };
      const page = await (filtered?.entries(options) ?? store.rawEntries(columnFamily, within));
      return { ...page, items: page.items.map((entry): ShownEntry => ({ kind: 'entry', entry })) };
    },
  });
}

/** Entries as rows, all but how a page of them is read. */
export function entrySource(
  owner: StateNode,
  partition: PartitionNode,
  columnFamily: string,
): Omit<RowSource<ShownEntry, EntryNode>, 'page'> {
  const idOfKey = (rawKey: Uint8Array) => entryId(partition.path, columnFamily, rawKey);
  return {
    idOf: ({ entry }) => idOfKey(entry.rawKey),
    idOfKey,
    reread: async (store, node) => {
      const entry = await store.get(columnFamily, node.entry.rawKey);
      return entry && { kind: 'entry', entry };
    },
    sortKey: (node) => node.entry.rawKey,
    make: (item) => ({
      id: idOfKey(item.entry.rawKey),
      parent: owner,
      expanded: false,
      opensAtFirst: false,
      partition,
      ...keptEntry(item),
      mark: undefined,
    }),
    itemOf: ({ entry }) => ({ kind: 'entry', entry }),
    take: takeEntry,
  };
}

function takeEntry(node: EntryNode, item: ShownEntry): Taken {
  const { entry, size, digest } = node;
  Object.assign(node, keptEntry(item));
  const before = { ...entry.value, size, digest };
  const now = { ...node.entry.value, size: node.size, digest: node.digest };
  const isSame =
    entry.expiresAtMs === node.entry.expiresAtMs &&
    entry.expired === node.entry.expired &&
    !isOtherValue(before, now);
  return isSame ? 'same' : 'changed';
}

/**
 * The column families beside the store's own keys and its metadata that hold something; of lookup buffers what they
 * keep among their keys, too.
 */
export async function filledFamilies(
  store: StorePartition,
  partition: PartitionNode,
): Promise<ColumnFamilyNode[]> {
  const filled: ColumnFamilyNode[] = [];
  for (const name of store.database.columnFamilies) {
    if (name === 'default' || name === metadataColumnFamily) continue;
    const { items } = await store.rawEntries(name, { limit: 1 });
    if (items.length > 0) filled.push(familyNode(partition, name, undefined));
  }
  if (store.kind !== 'lookupBuffer') return filled;
  for (const range of bufferRanges) {
    const { items } = await store.rawEntries('default', { ...range, limit: 1 });
    if (items.length > 0) filled.push(familyNode(partition, range.name, range));
  }
  return filled;
}

function familyNode(
  partition: PartitionNode,
  name: string,
  range: ColumnFamilyNode['range'],
): ColumnFamilyNode {
  return {
    kind: 'columnFamily',
    id: `columnFamily:${partition.path}#${name}`,
    parent: partition,
    expanded: false,
    opensAtFirst: false,
    partition,
    name,
    range,
    entries: undefined,
  };
}
