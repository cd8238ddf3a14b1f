import {
  aggregatorOfName,
  type StateEntry,
  type StorePartition,
  type TimestampedEntry,
} from '../../quixstreams/index';
import { filteredOf } from './nodeFilters';
import { PagedRows, type RowSource, type Taken } from './pagedRows';
import { entrySource } from './partitionSources';
import {
  isOtherValue,
  keptJoinEntry,
  keptWindow,
  shownWindow,
  type ShownJoinEntry,
  type ShownWindow,
} from './shownValues';
import {
  joinEntryId,
  windowId,
  type JoinEntryNode,
  type MessageKeyNode,
  type RowList,
  type WindowNode,
} from './treeNodes';

/** Rows of what a message key has, in a store of this kind. */
export function messageKeyRows(owner: MessageKeyNode, { kind, windows }: StorePartition): RowList {
  switch (kind) {
    case 'windowed':
      return new PagedRows(owner, windowSource(owner, windows === 'count'));
    case 'timestamped':
    case 'lookupBuffer':
      return new PagedRows(owner, joinEntrySource(owner));
    default:
      return new PagedRows(owner, {
        ...entrySource(owner, owner.partition, 'default'),
        page: async (store, options) => {
          const { items, next } = await (filteredOf(owner.partition, store) ?? store).entriesOf(
            owner.messageKey,
            options,
          );
          return { items: items.map((entry: StateEntry) => ({ kind: 'entry', entry })), next };
        },
      });
  }
}

function windowSource(owner: MessageKeyNode, byCount: boolean): RowSource<ShownWindow, WindowNode> {
  const { partition } = owner;
  const aggregator = aggregatorOfName(partition.storeName);
  const idOf = ({ window }: ShownWindow) => windowId(partition.path, window.rawKey, window.index);
  return {
    idOf,
    // Windows by count are in one entry: its key does not tell which of them it is.
    idOfKey: (rawKey) => (byCount ? undefined : windowId(partition.path, rawKey, undefined)),
    page: async (store, options) => {
      const { items, next } = await (filteredOf(partition, store) ?? store).windowsOf(
        owner.messageKey,
        { ...options, aggregator },
      );
      const shown: ShownWindow[] = [];
      for (const window of items) shown.push(await shownWindow(store, owner.messageKey, window));
      return { items: shown, next };
    },
    reread: async (store, { window }) => {
      const now = await store.windowAt(window, aggregator);
      return now && shownWindow(store, owner.messageKey, now);
    },
    sortKey: ({ window: { rawKey, index } }) => (index === undefined ? rawKey : pageKey(index)),
    make: (item) => ({
      id: idOf(item),
      parent: owner,
      expanded: false,
      opensAtFirst: false,
      partition,
      messageKey: owner.messageKey.key,
      mark: undefined,
      ...keptWindow(item),
    }),
    itemOf: ({ window, values }) => ({ kind: 'window', window, values }),
    take: takeWindow,
  };
}

/** As the pages of windows by count have it. */
function pageKey(index: number): Uint8Array {
  const key = Buffer.alloc(4);
  key.writeUInt32BE(index);
  return key;
}

function takeWindow(node: WindowNode, item: ShownWindow): Taken {
  const { window, size, digest } = node;
  Object.assign(node, keptWindow(item));
  const before = { ...window.value, size, digest };
  const now = { ...node.window.value, size: node.size, digest: node.digest };
  const { collected } = node.window;
  const isOther =
    isOtherValue(before, now) ||
    window.collected?.count !== collected?.count ||
    window.collected?.from !== collected?.from ||
    window.collected?.countIsExact !== collected?.countIsExact;
  if (isOther) return 'changed';
  return window.open === node.window.open ? 'same' : 'repaint';
}

function joinEntrySource(owner: MessageKeyNode): RowSource<ShownJoinEntry, JoinEntryNode> {
  const { partition } = owner;
  const idOf = ({ joined }: ShownJoinEntry) => joinEntryId(partition.path, joined.rawKey);
  const shown = (joined: TimestampedEntry): ShownJoinEntry => ({ kind: 'joinEntry', joined });
  return {
    idOf,
    idOfKey: (rawKey) => joinEntryId(partition.path, rawKey),
    page: async (store, options) => {
      const { items, next } = await (filteredOf(partition, store) ?? store).timestampedOf(
        owner.messageKey,
        options,
      );
      return { items: items.map(shown), next };
    },
    reread: async (store, { joined: { rawKey } }) => {
      const { items } = await store.timestampedOf(owner.messageKey, { from: rawKey, limit: 1 });
      const [first] = items;
      return first && Buffer.compare(first.rawKey, rawKey) === 0 ? shown(first) : undefined;
    },
    sortKey: ({ joined }) => joined.rawKey,
    make: (item) => ({
      id: idOf(item),
      parent: owner,
      expanded: false,
      opensAtFirst: false,
      partition,
      messageKey: owner.messageKey.key,
      mark: undefined,
      ...keptJoinEntry(item),
    }),
    itemOf: ({ joined }) => shown(joined),
    take: takeJoinEntry,
  };
}

function takeJoinEntry(node: JoinEntryNode, item: ShownJoinEntry): Taken {
  const { joined, size, digest } = node;
  Object.assign(node, keptJoinEntry(item));
  const before = { ...joined.value, size, digest };
  const now = { ...node.joined.value, size: node.size, digest: node.digest };
  if (isOtherValue(before, now)) return 'changed';
  const { nth, eligible } = node.joined;
  return joined.nth === nth && joined.eligible === eligible ? 'same' : 'repaint';
}
