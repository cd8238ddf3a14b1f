import {
  metadataColumnFamily,
  type FilteredPartition,
  type StorePartition,
} from '../../quixstreams/index';
import { filteredOf } from './nodeFilters';
import type { Changed, RowChanges } from './pagedRows';
import type { PartitionRows } from './partitionRows';
import {
  isShown,
  messageKeyId,
  type ListedNode,
  type MessageKeyNode,
  type RowItem,
  type RowList,
  type StateNode,
} from './treeNodes';

/** From here on, what is shown is read again as a whole: cheaper than looking at every key. */
const mostKeys = 2000;
/** As many rows of a list are read again one by one, of more the list is. */
const mostReread = 100;

/**
 * What one read changes in the rows of a partition: only rows that are shown are read, and of those only the ones
 * whose keys were written. `publish` hands all of it on at once, so that one repaint carries it.
 */
export class PartitionChanges {
  readonly #repaint = new Set<StateNode>();
  readonly #reload = new Set<RowList>();
  readonly #recount = new Set<MessageKeyNode>();
  /** what their message key's bookkeeping says of them may have changed */
  readonly #follow = new Set<RowList>();

  constructor(private readonly rows: PartitionRows) {}

  repaint(node: StateNode): void {
    this.#repaint.add(node);
  }

  publish(): void {
    if (this.#repaint.size > 0) this.rows.host.changed([...this.#repaint]);
  }

  /** Takes over what was written since the last read; undefined: nobody knows what. */
  async readWritten(
    written: ReadonlyMap<string, readonly Uint8Array[]> | undefined,
    store: StorePartition,
  ): Promise<void> {
    const keys = [...(written?.values() ?? [])].reduce((sum, some) => sum + some.length, 0);
    if (written === undefined || keys > mostKeys) {
      for (const list of this.#lists()) this.#touch(list);
    } else {
      for (const [family, rawKeys] of written) {
        if (family === 'default') {
          for (const key of rawKeys) await this.#defaultKey(key, store);
          continue;
        }
        const list = this.#familyList(family);
        for (const key of rawKeys) {
          await this.#noteBookkeeping(family, key, store);
          if (list !== undefined) await this.#listedKey(list, key, store);
        }
      }
      const { metadata } = this.rows;
      if (metadata !== undefined && isShown(metadata)) this.repaint(metadata);
    }
    await this.#readFollowing(store);
    await this.#readLists(store);
  }

  anyStale(): boolean {
    return this.#lists().some((list) => list.stale && isListShown(list));
  }

  /** Reads again what changed while it was not shown and is shown now; without marks, nobody saw the change. */
  async readStale(store: StorePartition): Promise<void> {
    for (const list of this.#lists()) {
      if (!list.stale || !isListShown(list)) continue;
      if ((await this.#reloaded(list, store)) !== undefined) this.repaint(list.owner);
    }
  }

  /** Every list of the partition that was loaded. */
  #lists(): RowList[] {
    const { top, families, metadata } = this.rows;
    const lists = [top, metadata?.entries, ...this.#keyLists()];
    for (const family of families) lists.push(family.entries);
    return lists.filter((list) => list !== undefined);
  }

  #keyLists(): RowList[] {
    const rows = this.rows.top?.rows ?? [];
    return rows.flatMap((row) => (row.kind === 'messageKey' && row.entries ? [row.entries] : []));
  }

  #familyList(family: string): RowList | undefined {
    if (family === metadataColumnFamily) return this.rows.metadata?.entries;
    return this.rows.families.find(({ name }) => name === family)?.entries;
  }

  #messageKey(prefix: Uint8Array): MessageKeyNode | undefined {
    const row = this.rows.top?.find(messageKeyId(this.rows.node.path, prefix));
    return row?.kind === 'messageKey' ? row : undefined;
  }

  /** Read again at the end of this change, or when it is shown. */
  #touch(list: RowList): void {
    if (isListShown(list)) this.#reload.add(list);
    else list.stale = true;
  }

  async #defaultKey(rawKey: Uint8Array, store: StorePartition): Promise<void> {
    const { top } = this.rows;
    if (top === undefined) return;
    for (const { range, entries } of this.rows.families) {
      if (range === undefined || !isWithin(rawKey, range)) continue;
      if (entries !== undefined) await this.#listedKey(entries, rawKey, store);
      return;
    }
    const prefix = await store.prefixOf(rawKey);
    const filtered = filteredOf(this.rows.node, store);
    if (filtered !== undefined) {
      await this.#filteredKey(rawKey, prefix, filtered, store);
      return;
    }
    if (prefix === undefined) {
      await this.#listedKey(top, rawKey, store);
      return;
    }
    const messageKey = this.#messageKey(prefix);
    if (messageKey === undefined) {
      if (top.covers(rawKey)) this.#touch(top);
      return;
    }
    const { entries } = messageKey;
    if (entries === undefined || !isListShown(entries)) {
      if (entries !== undefined) entries.stale = true;
      if (isShown(messageKey)) this.#recount.add(messageKey);
      else top.stale = true;
      return;
    }
    await this.#listedKey(entries, rawKey, store);
  }

  /** Where only some keys are shown: a written one is tested again, without searching for all of them again. */
  async #filteredKey(
    rawKey: Uint8Array,
    prefix: Uint8Array | undefined,
    filtered: FilteredPartition,
    store: StorePartition,
  ): Promise<void> {
    const { top, host } = this.rows;
    if (top === undefined) return;
    const entry = await store.get('default', rawKey);
    const passes = entry !== undefined && filtered.passes(entry);
    const messageKey = prefix && this.#messageKey(prefix);
    if (messageKey !== undefined && messageKey.mark?.change !== 'deleted') {
      this.#recount.add(messageKey);
      const { entries } = messageKey;
      if (entries === undefined) return;
      const row = entries.place(rawKey);
      if (passes && typeof row === 'object') await this.#listedKey(entries, rawKey, store);
      else if (passes || row !== 'behind') this.#touch(entries);
      return;
    }
    const row = prefix === undefined ? top.place(rawKey) : 'among';
    if (typeof row === 'object') {
      if (passes) await this.#listedKey(top, rawKey, store);
      else this.#deleted(row, top);
    } else if (passes && top.covers(rawKey)) {
      const found = await filtered.rowOf(entry);
      const added = top.include(found);
      const to = added.kind === 'messageKey' ? undefined : host.valueText(added);
      host.mark(added, { change: 'new', to });
      this.repaint(top.owner);
    }
  }

  /**
   * What windows and values by time are read by, besides their own entries: the newest event time of their message
   * key says which windows are open, its minimum which values are joined, and collected values belong to windows.
   */
  async #noteBookkeeping(family: string, rawKey: Uint8Array, store: StorePartition): Promise<void> {
    if (store.kind === 'default' || this.#keyLists().length === 0) return;
    if (family === metadataColumnFamily) {
      const meaning = (await store.get(family, rawKey))?.meaning;
      if (meaning?.kind !== 'fact' || meaning.fact !== 'latestTimestamp') return;
      for (const list of this.#keyLists()) this.#follow.add(list);
      return;
    }
    if (!this.#keyLists().some(({ owner }) => beginsWith(rawKey, owner))) return;
    const prefix = (await store.prefixOf(rawKey, family)) ?? new Uint8Array(0);
    const list = this.#messageKey(prefix)?.entries;
    if (list !== undefined) this.#follow.add(list);
  }

  /** A key whose row, if it has one, is in `list`. */
  async #listedKey(list: RowList, rawKey: Uint8Array, store: StorePartition): Promise<void> {
    const row = list.place(rawKey);
    if (row === 'behind') return;
    if (row === 'among' || !isListShown(list) || row.mark?.change === 'deleted') this.#touch(list);
    else await this.#reread(list, row, store);
  }

  async #reread(list: RowList, row: ListedNode, store: StorePartition): Promise<void> {
    const now = await list.reread(store, row);
    if (now === 'gone') this.#touch(list);
    else if (now !== 'same') this.#changed(now);
  }

  /** A window that is past its end stays so; all others may read differently now. */
  async #readFollowing(store: StorePartition): Promise<void> {
    for (const list of this.#follow) {
      const rows = list.rows.filter((row) => row.kind !== 'window' || row.window.open !== false);
      if (this.#reload.has(list) || rows.length === 0) continue;
      if (!isListShown(list) || rows.length > mostReread) this.#touch(list);
      else for (const row of rows) await this.#reread(list, row, store);
    }
  }

  async #readLists(store: StorePartition): Promise<void> {
    for (const list of this.#reload) {
      const { owner } = list;
      const reloaded = await this.#reloaded(list, store);
      if (reloaded === undefined) continue;
      const { added, changed, deleted } = reloaded;
      for (const change of changed) this.#changed(change);
      for (const node of added) {
        const to = node.kind === 'messageKey' ? undefined : this.rows.host.valueText(node);
        this.rows.host.mark(node, { change: 'new', to });
      }
      for (const node of deleted) this.#deleted(node, list);
      if (added.length > 0 || deleted.length > 0) {
        this.repaint(owner);
        if (owner.kind === 'messageKey') this.#recount.add(owner);
      }
    }
    for (const messageKey of this.#recount) await this.#count(messageKey, store);
  }

  /** Reads a list again; undefined where the filter ended meanwhile: what that one found is not shown any more. */
  async #reloaded(
    list: RowList,
    store: StorePartition,
  ): Promise<RowChanges<RowItem, ListedNode> | undefined> {
    const { searching } = this.rows;
    try {
      return await list.reload(store, searching);
    } catch (error) {
      if (!searching.aborted) throw error;
      list.stale = true;
      return undefined;
    }
  }

  async #count(node: MessageKeyNode, store: StorePartition): Promise<void> {
    const filtered = filteredOf(this.rows.node, store);
    const counted = filtered?.count(node.messageKey) ?? store.countOf(node.messageKey);
    const { count, exact } = await counted;
    const before = node.messageKey;
    if (count === before.count && exact === before.countIsExact) return;
    node.messageKey = { ...before, count, countIsExact: exact };
    this.repaint(node);
    const { top } = this.rows;
    if (count > 0 || top === undefined) return;
    if (filtered !== undefined || top.isIncluded(node)) {
      this.#deleted(node, top);
      return;
    }
    const { added, deleted } = (await this.#reloaded(top, store)) ?? { added: [], deleted: [] };
    for (const row of added) this.rows.host.mark(row, { change: 'new' });
    for (const row of deleted) this.#deleted(row, top);
    this.repaint(top.owner);
  }

  #changed({ node, before, taken }: Changed<RowItem, ListedNode>): void {
    const { host } = this.rows;
    this.repaint(node);
    if (taken === 'repaint' || node.kind === 'messageKey') return;
    if (before === undefined || before.kind === 'messageKey') return;
    host.mark(node, { change: 'changed', from: host.valueText(before), to: host.valueText(node) });
  }

  #deleted(row: ListedNode, list: RowList): void {
    const { host } = this.rows;
    const from = row.kind === 'messageKey' ? undefined : host.valueText(row);
    list.bury(row);
    host.mark(row, { change: 'deleted', from }, () => {
      if (list.drop(row)) host.changed([list.owner]);
    });
  }
}

function isWithin(key: Uint8Array, { from, to }: { from: Uint8Array; to: Uint8Array }): boolean {
  return Buffer.compare(key, from) >= 0 && Buffer.compare(key, to) < 0;
}

/** Whether a raw key may be of a message key, which is cheaper to see than whose it is. */
function beginsWith(rawKey: Uint8Array, owner: StateNode): boolean {
  if (owner.kind !== 'messageKey') return false;
  const { prefix } = owner.messageKey;
  return Buffer.compare(rawKey.subarray(0, prefix.length), prefix) === 0;
}

function isListShown(list: RowList): boolean {
  return list.owner.expanded && isShown(list.owner);
}
