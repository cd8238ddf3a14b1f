import type { MessageKey, StorePartition } from '../../quixstreams/index';
import { metadataColumnFamily } from '../../quixstreams/index';
import { messageKeyRows } from './messageKeyRows';
import { filteredBy, filteredOf, storeOf } from './nodeFilters';
import { pageSize } from './pagedRows';
import { PartitionChanges } from './partitionChanges';
import { rowsBelow, type NoticeWords, type PartitionParent } from './partitionChildren';
import { familyRows, filledFamilies, infoOf, topRows } from './partitionSources';
import type { PartitionListener, PartitionUpdate, SharedPartition } from './sharedPartitions';
import type { ShownValue } from './shownValues';
import {
  isShown,
  type ChangeMark,
  type ColumnFamilyNode,
  type InternalsNode,
  type ListedNode,
  type LiveReason,
  type MetadataNode,
  type MoreNode,
  type PartitionNode,
  type RowList,
  type StateNode,
  type StoreNode,
} from './treeNodes';

/** Entries that are searched for a page before somebody asks for more: some seconds. */
const searchedByItself = 2_000_000;

/** What the rows of a partition ask of the tree that holds them. */
export interface RowsHost extends NoticeWords {
  /** whether the view is on screen */
  isVisible(): boolean;
  /** rows to repaint, all that one read brought */
  changed(nodes: StateNode[]): void;
  /** marks a row for three seconds, then calls `ended` */
  mark(node: ListedNode, mark: ChangeMark, ended?: () => void): void;
  /** a value in one line */
  valueText(shown: ShownValue): string;
  /** why a partition counts as live, if it does */
  live(path: string): Promise<LiveReason | undefined>;
  /** other partitions are on screen than before */
  shownChanged(): void;
}

/** The rows of one partition: read when they are opened, kept as they are on disk while they are shown. */
export class PartitionRows implements PartitionListener {
  /** message keys and entries without one; all entries where no message keys are known; undefined until opened */
  top: RowList | undefined;
  families: ColumnFamilyNode[] = [];
  metadata: MetadataNode | undefined;
  internals: InternalsNode | undefined;
  readonly #unlisten: () => void;
  #last: Promise<void> = Promise.resolve();
  #filtering = new AbortController();

  constructor(
    readonly node: PartitionNode,
    private readonly shared: SharedPartition,
    readonly host: RowsHost,
  ) {
    this.#unlisten = shared.listen(this);
  }

  dispose(): void {
    this.#unlisten();
    this.#filtering.abort(new FilteredAnew());
  }

  /** Ends what is read for the filter that holds now, once another one does. */
  get searching(): AbortSignal {
    return this.#filtering.signal;
  }

  /** Reads what the partition's own row says; an error is kept in the node. */
  async readInfo(): Promise<void> {
    const live = this.host.live(this.node.path);
    await this.#reading((store) => {
      this.node.info = infoOf(store);
    });
    this.node.live = await live;
    this.host.shownChanged();
  }

  /** The rows below `parent`; what cannot be read is a row that says so. */
  async children(parent: PartitionParent): Promise<StateNode[]> {
    if (this.node.partition.halfMade) return [];
    const { error } = this.node;
    await this.#reading(async (store) => {
      this.node.info = infoOf(store);
      await this.#load(parent, store);
    });
    if (this.node.error !== error) this.host.changed([this.node]);
    return rowsBelow(parent, this);
  }

  async loadMore({ list }: MoreNode): Promise<void> {
    const pages = Math.floor(list.rows.length / pageSize) + 1;
    await this.#loadPage(list);
    if (filteredBy(this.node) !== undefined)
      void this.#searchOn(list, this.#filtering.signal, pages);
  }

  /** Reads its rows anew with the filter that holds now; what is searched for the one before ends. */
  filterChanged(): void {
    this.#filtering.abort(new FilteredAnew());
    this.#filtering = new AbortController();
    this.top = undefined;
    this.host.changed([this.node]);
  }

  /** The row of a message key that is there, be its page loaded or not; undefined where there are no such rows. */
  include(messageKey: MessageKey): ListedNode | undefined {
    if (this.top === undefined || !hasMessageKeys(this.node.info)) return undefined;
    const row = this.top.include(messageKey);
    this.host.changed([this.node]);
    return row;
  }

  isShown(): boolean {
    return this.host.isVisible() && isShown(this.node);
  }

  /** A row was opened: what changed below it while it was closed is read now. */
  async opened(): Promise<void> {
    this.shared.shown();
    const changes = new PartitionChanges(this);
    if (!changes.anyStale()) return;
    await this.#reading((store) => changes.readStale(store));
    changes.publish();
  }

  async updated(update: PartitionUpdate): Promise<void> {
    if (update.gone) return;
    const changes = new PartitionChanges(this);
    const { info, error } = this.node;
    await this.#reading(async (store) => {
      this.node.info = infoOf(store);
      if (this.top !== undefined && readsOtherwise(info, this.node.info)) {
        await this.#loadTop(store);
        changes.repaint(this.node);
      } else if (this.top !== undefined && this.#hasOtherFamilies(update.written)) {
        await this.#loadFamilies(store);
        changes.repaint(this.node);
      }
      await changes.readWritten(update.written, store);
    });
    if (this.node.error !== error || rowDiffers(info, this.node.info)) changes.repaint(this.node);
    const store = storeOf(this.node);
    if (store !== undefined && takeKind(store, this.node.info)) changes.repaint(store);
    changes.publish();
  }

  failed(error: unknown): void {
    this.node.error = error;
    this.host.changed([this.node]);
  }

  /** One read at a time, so that rows change in one order. An error is kept in the node. */
  #reading(run: (store: StorePartition) => void | Promise<void>): Promise<void> {
    this.#last = this.#last.then(async () => {
      try {
        // What is damaged is told, the rest is shown.
        this.node.error = await this.shared.read(async (store) => {
          await run(store);
          return store.damage[0]?.error;
        });
      } catch (error) {
        if (!(error instanceof FilteredAnew)) this.node.error = error;
      }
    });
    return this.#last;
  }

  async #load(parent: PartitionParent, store: StorePartition): Promise<void> {
    switch (parent.kind) {
      case 'partition':
        if (this.top === undefined) await this.#loadTop(store);
        return;
      case 'messageKey':
        parent.entries ??= await this.#firstPage(messageKeyRows(parent, store), store);
        return;
      case 'columnFamily':
        parent.entries ??= await this.#firstPage(
          familyRows(parent, this.node, parent.range ? 'default' : parent.name, parent.range),
          store,
        );
        return;
      case 'metadata':
        parent.entries ??= await this.#firstPage(
          familyRows(parent, this.node, metadataColumnFamily),
          store,
        );
        return;
      case 'internals':
    }
  }

  async #loadTop(store: StorePartition): Promise<void> {
    const { signal } = this.#filtering;
    const top = hasMessageKeys(store)
      ? topRows(this.node, this.node.opensAtFirst)
      : familyRows(this.node, this.node, 'default');
    await this.#firstPage(top, store);
    await this.#loadFamilies(store);
    if (signal.aborted) return;
    this.top = top;
    if (filteredBy(this.node) !== undefined) void this.#searchOn(top, signal);
  }

  /** What passes is found bit by bit: goes on until there is a page more, while others can read in between. */
  async #searchOn(list: RowList, signal: AbortSignal, pages = 1): Promise<void> {
    const most = list.searched + searchedByItself;
    const wanted = pages * pageSize;
    for (let before = -1; list.searched > before && list.searched < most;) {
      const isDone = list.complete || list.failure !== undefined || list.rows.length >= wanted;
      if (isDone || signal.aborted || !this.isShown()) return;
      before = list.searched;
      await this.#loadPage(list);
    }
  }

  async #loadPage(list: RowList): Promise<void> {
    await this.#reading(async (store) => {
      await list.loadMore(store, this.#filtering.signal);
      await this.#estimate(list, store);
    });
    this.host.changed([list.owner]);
  }

  /** The rows of column families other than the store's own keys; those that are known already stay. */
  async #loadFamilies(store: StorePartition): Promise<void> {
    const known = new Map(this.families.map((family) => [family.name, family]));
    const filled = await filledFamilies(store, this.node);
    this.families = filled.map((family) => known.get(family.name) ?? family);
    const { items } = await store.rawEntries(metadataColumnFamily, { limit: 1 });
    this.metadata = items.length === 0 ? undefined : (this.metadata ?? metadataNode(this.node));
    // What fits nothing is not said to be Quix Streams' own.
    const isKnown = hasMessageKeys(store) && this.families.length > 0;
    this.internals = isKnown ? (this.internals ?? internalsNode(this.node)) : undefined;
    if (this.internals !== undefined) this.internals.families = this.families;
    for (const family of this.families) family.parent = this.internals ?? this.node;
  }

  /** Whether column families were written that have no row: empty ones have none. */
  #hasOtherFamilies(written: PartitionUpdate['written']): boolean {
    if (written === undefined) return true;
    return [...written.keys()].some((name) => {
      if (name === 'default') return false;
      if (name === metadataColumnFamily) return this.metadata === undefined;
      return !this.families.some((family) => family.name === name);
    });
  }

  async #firstPage(list: RowList, store: StorePartition): Promise<RowList> {
    await list.loadMore(store, this.#filtering.signal);
    await this.#estimate(list, store);
    return list;
  }

  /** How many rows a list has that is not loaded to its end. */
  async #estimate(list: RowList, store: StorePartition): Promise<void> {
    if (list.complete) return;
    const { owner } = list;
    if (owner.kind === 'messageKey') {
      list.total = undefined;
      return;
    }
    if (owner.kind === 'columnFamily' && owner.range !== undefined) return;
    const family = familyOf(owner);
    const entries = await store.database.estimateEntries(family);
    const filtered = family === 'default' ? filteredOf(this.node, store) : undefined;
    if (filtered !== undefined) {
      const percent = Math.floor((100 * list.searched) / Math.max(entries, 1));
      list.searchedPercent = filtered.seeks ? undefined : Math.min(percent, 99);
      return;
    }
    let keys = 0;
    for (const row of list.rows) keys += row.kind === 'messageKey' ? row.messageKey.count : 1;
    const count = Math.round((entries * list.rows.length) / Math.max(keys, 1));
    list.total = { count: Math.max(count, list.rows.length + 1), exact: false };
  }
}

/** Whether a partition's row reads differently. */
function rowDiffers(a: PartitionNode['info'], b: PartitionNode['info']): boolean {
  return (
    a?.changelogOffset !== b?.changelogOffset ||
    !a?.ttl !== !b?.ttl ||
    a?.ttlMigration !== b?.ttlMigration ||
    a?.kind !== b?.kind ||
    a?.warnings.length !== b?.warnings.length
  );
}

/** Whether a store's row says more now: an empty one does not tell its windows. */
function takeKind(store: StoreNode, info: PartitionNode['info']): boolean {
  if (info === undefined || store.storeKind === undefined || store.windows !== undefined)
    return false;
  const isNews = info.windows !== undefined || info.kind !== store.storeKind;
  if (isNews) Object.assign(store, { storeKind: info.kind, windows: info.windows });
  return isNews;
}

/** Whether the rows below a partition are other ones: it turned out to be of another kind. */
function readsOtherwise(a: PartitionNode['info'], b: PartitionNode['info']): boolean {
  return a?.kind !== b?.kind || (a?.windows === 'count') !== (b?.windows === 'count');
}

const hasMessageKeys = (store: Pick<StorePartition, 'kind'> | undefined) =>
  store !== undefined && store.kind !== 'dictionary' && store.kind !== 'unknown';

/** The column family that the rows below a row are of. */
function familyOf(owner: StateNode): string {
  if (owner.kind === 'metadata') return metadataColumnFamily;
  return owner.kind === 'columnFamily' ? owner.name : 'default';
}

/** Why a search ended: its filter does not hold any more. */
class FilteredAnew extends Error {}

function metadataNode(partition: PartitionNode): MetadataNode {
  return {
    kind: 'metadata',
    id: `metadata:${partition.path}`,
    parent: partition,
    expanded: false,
    opensAtFirst: false,
    partition,
    entries: undefined,
  };
}

function internalsNode(partition: PartitionNode): InternalsNode {
  return {
    kind: 'internals',
    id: `internals:${partition.path}`,
    parent: partition,
    expanded: false,
    opensAtFirst: false,
    partition,
    families: [],
  };
}
