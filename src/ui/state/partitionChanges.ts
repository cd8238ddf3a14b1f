import {
  metadataColumnFamily,
  type StateEntry,
  type StorePartition,
} from '../../quixstreams/index';
import type { PartitionRows } from './partitionRows';
import { takeEntry } from './partitionSources';
import {
  entryId,
  isShown,
  messageKeyId,
  type EntryNode,
  type EntryRows,
  type MessageKeyNode,
  type StateNode,
  type TopRows,
} from './treeNodes';

/** From here on, what is shown is read again as a whole: cheaper than looking at every key. */
const mostKeys = 2000;
/** State keys of a message key are counted up to here, as quixstreams does. */
const countedKeys = 100;

/**
 * What one read changes in the rows of a partition: only rows that are shown are read, and of those only the ones
 * whose keys were written. `publish` hands all of it on at once, so that one repaint carries it.
 */
export class PartitionChanges {
  readonly #repaint = new Set<StateNode>();
  readonly #reload = new Set<TopRows | EntryRows>();
  readonly #recount = new Set<MessageKeyNode>();

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
        if (list === undefined) continue;
        for (const key of rawKeys) await this.#listedKey(list, family, key, store);
      }
      const { metadata } = this.rows;
      if (metadata !== undefined && isShown(metadata)) this.repaint(metadata);
    }
    await this.#readLists(store);
  }

  anyStale(): boolean {
    return this.#lists().some((list) => list.stale && isListShown(list));
  }

  /** Reads again what changed while it was not shown and is shown now; without marks, nobody saw the change. */
  async readStale(store: StorePartition): Promise<void> {
    for (const list of this.#lists()) {
      if (!list.stale || !isListShown(list)) continue;
      await list.reload(store);
      this.repaint(list.owner);
    }
  }

  /** Every list of the partition that was loaded. */
  #lists(): (TopRows | EntryRows)[] {
    const { top, families, metadata } = this.rows;
    const lists: (TopRows | EntryRows | undefined)[] = [top, metadata?.entries];
    for (const row of top?.rows ?? []) if (row.kind === 'messageKey') lists.push(row.entries);
    for (const family of families) lists.push(family.entries);
    return lists.filter((list) => list !== undefined);
  }

  #familyList(family: string): EntryRows | undefined {
    if (family === metadataColumnFamily) return this.rows.metadata?.entries;
    return this.rows.families.find(({ name }) => name === family)?.entries;
  }

  /** Read again at the end of this change, or when it is shown. */
  #touch(list: TopRows | EntryRows): void {
    if (isListShown(list)) this.#reload.add(list);
    else list.stale = true;
  }

  async #defaultKey(rawKey: Uint8Array, store: StorePartition): Promise<void> {
    const { top, node } = this.rows;
    if (top === undefined) return;
    const prefix = store.kind === 'default' ? await store.prefixOf(rawKey) : undefined;
    if (prefix === undefined) {
      await this.#listedKey(top, 'default', rawKey, store);
      return;
    }
    const messageKey = top.find(messageKeyId(node.path, prefix));
    if (messageKey?.kind !== 'messageKey') {
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
    await this.#listedKey(entries, 'default', rawKey, store);
  }

  /** A key whose row, if it has one, is in `list`. */
  async #listedKey(
    list: TopRows | EntryRows,
    family: string,
    rawKey: Uint8Array,
    store: StorePartition,
  ): Promise<void> {
    const row = list.find(entryId(this.rows.node.path, family, rawKey));
    if (row === undefined || row.kind !== 'entry' || !isListShown(list)) {
      if (list.covers(rawKey)) this.#touch(list);
      return;
    }
    const entry = await store.get(family, rawKey);
    if (entry === undefined || row.mark?.change === 'deleted') this.#touch(list);
    else if (row.entry !== entry) this.#changed(row, row.entry, takeEntry(row, entry));
  }

  async #readLists(store: StorePartition): Promise<void> {
    for (const list of this.#reload) {
      const { owner } = list;
      const { added, changed, deleted } = await list.reload(store);
      for (const { node, before } of changed) {
        if (node.kind === 'messageKey') this.repaint(node);
        else if (before !== undefined) this.#changed(node, entryOf(before), true);
      }
      for (const node of added) {
        const to = node.kind === 'entry' ? this.rows.host.valueText(node.entry) : undefined;
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

  async #count(node: MessageKeyNode, store: StorePartition): Promise<void> {
    const { items, next } = await store.entriesOf(node.messageKey, { limit: countedKeys });
    const { count, countIsExact } = node.messageKey;
    const exact = next === undefined;
    if (items.length === count && exact === countIsExact) return;
    node.messageKey = { ...node.messageKey, count: items.length, countIsExact: exact };
    this.repaint(node);
    const { top } = this.rows;
    if (items.length > 0 || top === undefined) return;
    const { added, deleted } = await top.reload(store);
    for (const row of added) this.rows.host.mark(row, { change: 'new' });
    for (const row of deleted) this.#deleted(row, top);
    this.repaint(top.owner);
  }

  #changed(row: EntryNode, before: StateEntry | undefined, differs: boolean): void {
    if (!differs || before === undefined) return;
    const { host } = this.rows;
    host.mark(row, {
      change: 'changed',
      from: host.valueText(before),
      to: host.valueText(row.entry),
    });
    this.repaint(row);
  }

  #deleted(row: EntryNode | MessageKeyNode, list: TopRows | EntryRows): void {
    const { host } = this.rows;
    const from = row.kind === 'entry' ? host.valueText(row.entry) : undefined;
    host.mark(row, { change: 'deleted', from }, () => {
      if (dropRow(list, row)) host.changed([list.owner]);
    });
  }
}

function isListShown(list: TopRows | EntryRows): boolean {
  return list.owner.expanded && isShown(list.owner);
}

function entryOf(item: StateEntry | { kind: string; entry?: StateEntry }): StateEntry | undefined {
  return 'rawKey' in item ? item : item.entry;
}

function dropRow(list: TopRows | EntryRows, row: EntryNode | MessageKeyNode): boolean {
  return (list as TopRows).drop(row);
}
