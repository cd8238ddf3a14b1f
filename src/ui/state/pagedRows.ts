import type { FilteredOptions, Page, StorePartition } from '../../quixstreams/index';
import { compareBytes, CorruptionError } from '../../rocksdb/index';
import type { MoreNode, NoticeNode, StateNode } from './treeNodes';

/** Rows of a page; the row after them loads as many more. */
export const pageSize = 100;

/** What a row makes of its item as it is now: it reads as before, reads differently, or has another value. */
export type Taken = 'same' | 'repaint' | 'changed';

/** A page of rows, and how many entries were looked at for it, where only some are shown. */
export interface RowPage<Item> extends Page<Item> {
  readonly searched?: number;
}

/** How one kind of rows is read and kept. */
export interface RowSource<Item, Node> {
  page(partition: StorePartition, options: FilteredOptions): Promise<RowPage<Item>>;
  idOf(item: Item): string;
  /** id of the row of a raw key; undefined where keys do not tell */
  idOfKey(rawKey: Uint8Array): string | undefined;
  /** a row's item as it is now; undefined when it is gone */
  reread(partition: StorePartition, node: Node): Promise<Item | undefined>;
  /** where the row stands, for rows that are gone from disk but still shown */
  sortKey(node: Node): Uint8Array;
  make(item: Item): Node;
  itemOf(node: Node): Item | undefined;
  /** Takes the item as it is now. */
  take(node: Node, item: Item): Taken;
}

/** A row and what it showed before. */
export interface Changed<Item, Node> {
  readonly node: Node;
  readonly before: Item | undefined;
  readonly taken: Exclude<Taken, 'same'>;
}

export interface RowChanges<Item, Node> {
  readonly added: readonly Node[];
  readonly changed: readonly Changed<Item, Node>[];
  /** gone from disk; they stay among the rows until `drop` */
  readonly deleted: readonly Node[];
}

/** Rows of a list that is read a page at a time, in key order. */
export class PagedRows<Item, Node extends StateNode> {
  rows: Node[] = [];
  more: MoreNode | undefined;
  /** why the list ends before its end */
  notice: NoticeNode | undefined;
  failure: unknown;
  /** all there are, estimated where counting would read them */
  total: { readonly count: number; readonly exact: boolean } | undefined;
  /** entries that were looked at, where only some are shown */
  searched = 0;
  /** how much that is of all there are, in percent; undefined where it is not to be told */
  searchedPercent: number | undefined;
  /** changed on disk while it was not shown */
  stale = false;
  #next: Uint8Array | undefined;
  readonly #byId = new Map<string, Node>();
  readonly #ghosts = new Set<Node>();
  /** Rows that are not loaded by pages yet, but were asked for. */
  readonly #included = new Set<Node>();

  constructor(
    readonly owner: StateNode,
    private readonly source: RowSource<Item, Node>,
  ) {}

  get complete(): boolean {
    return this.#next === undefined && this.failure === undefined;
  }

  find(id: string): Node | undefined {
    return this.#byId.get(id);
  }

  /** Whether a key belongs among the loaded rows, rather than after them. */
  covers(rawKey: Uint8Array): boolean {
    return this.#next === undefined || compareBytes(rawKey, this.#next) < 0;
  }

  /** The row of a written key; else whether it belongs among the loaded rows or behind them. */
  place(rawKey: Uint8Array): Node | 'among' | 'behind' {
    const id = this.source.idOfKey(rawKey);
    if (id === undefined) return 'among';
    return this.#byId.get(id) ?? (this.covers(rawKey) ? 'among' : 'behind');
  }

  /** Reads one row again; what changed, if anything did, or `gone`. */
  async reread(
    partition: StorePartition,
    node: Node,
  ): Promise<Changed<Item, Node> | 'same' | 'gone'> {
    const item = await this.source.reread(partition, node);
    if (item === undefined) return 'gone';
    const before = this.source.itemOf(node);
    const taken = this.source.take(node, item);
    return taken === 'same' ? taken : { node, before, taken };
  }

  /** Loads the next page after what is loaded. */
  async loadMore(partition: StorePartition, signal?: AbortSignal): Promise<void> {
    const page = await this.#read(partition, pageSize, this.#next, signal);
    for (const item of page.items) {
      const id = this.source.idOf(item);
      const known = this.#byId.get(id);
      if (known !== undefined) {
        this.#included.delete(known);
        continue;
      }
      const node = this.source.make(item);
      this.#byId.set(id, node);
      if (this.#included.size === 0) this.rows.push(node);
      else this.#place(this.rows, node);
    }
    this.#next = page.next;
    this.searched += page.searched ?? 0;
  }

  /** Puts in a row where it belongs, be that behind the loaded ones, where it stays; one that is gone is back. */
  include(item: Item): Node {
    const id = this.source.idOf(item);
    const known = this.#byId.get(id);
    if (known !== undefined) {
      this.#ghosts.delete(known);
      return known;
    }
    const node = this.source.make(item);
    this.#byId.set(id, node);
    this.#place(this.rows, node);
    if (!this.covers(this.source.sortKey(node))) this.#included.add(node);
    return node;
  }

  /** Whether a row stands behind the loaded ones. */
  isIncluded(node: Node): boolean {
    return this.#included.has(node);
  }

  /** A row's key is gone from disk, or does not pass any more; it stays among the rows until `drop`. */
  bury(node: Node): void {
    this.#ghosts.add(node);
  }

  /** Puts a row among others by its key. */
  #place(rows: Node[], node: Node): void {
    const key = this.source.sortKey(node);
    const after = rows.findIndex((other) => compareBytes(this.source.sortKey(other), key) > 0);
    rows.splice(after < 0 ? rows.length : after, 0, node);
  }

  /** Reads again what is loaded; rows that are still there stay the same objects. */
  async reload(partition: StorePartition, signal?: AbortSignal): Promise<RowChanges<Item, Node>> {
    this.stale = false;
    const page = await this.#read(
      partition,
      Math.max(pageSize, this.rows.length),
      undefined,
      signal,
      this.#next ?? 'end',
    );
    this.searched = page.searched ?? 0;
    const added: Node[] = [];
    const changed: Changed<Item, Node>[] = [];
    const kept = new Map<string, Node>();
    for (const item of page.items) {
      const id = this.source.idOf(item);
      const old = this.#byId.get(id);
      const node = old ?? this.source.make(item);
      if (old === undefined || this.#ghosts.delete(node)) added.push(node);
      const before = this.source.itemOf(node);
      const taken = old === undefined ? 'same' : this.source.take(node, item);
      if (taken !== 'same') changed.push({ node, before, taken });
      kept.set(id, node);
    }
    const deleted: Node[] = [];
    const rows = [...kept.values()];
    for (const node of this.rows) {
      if (kept.get(node.id) !== undefined) continue;
      const key = this.source.sortKey(node);
      if (page.next !== undefined && compareBytes(key, page.next) >= 0) {
        if (!this.#included.has(node)) continue; // pushed out of the page
      } else if (!this.#ghosts.has(node)) {
        this.#ghosts.add(node);
        deleted.push(node);
      }
      kept.set(node.id, node);
      this.#place(rows, node);
    }
    this.#next = page.next;
    this.rows = rows;
    this.#byId.clear();
    for (const node of rows) this.#byId.set(node.id, node);
    return { added, changed, deleted };
  }

  /** Takes a deleted row away, unless its key came back meanwhile; whether it did. */
  drop(node: Node): boolean {
    if (!this.#ghosts.delete(node)) return false;
    this.#included.delete(node);
    this.#byId.delete(node.id);
    this.rows = this.rows.filter((other) => other !== node);
    return true;
  }

  /** Rows that are on disk. */
  get count(): number {
    return this.rows.length - this.#ghosts.size;
  }

  /** A page; where a damaged file ends the reading, the sound rows before it. */
  async #read(
    partition: StorePartition,
    limit: number,
    from: Uint8Array | undefined,
    signal: AbortSignal | undefined,
    until?: FilteredOptions['until'],
  ): Promise<RowPage<Item>> {
    this.failure = undefined;
    for (let size = limit; ; size = Math.floor(size / 2)) {
      try {
        return await this.source.page(partition, { from, limit: size, signal, until });
      } catch (error) {
        if (!(error instanceof CorruptionError)) throw error;
        this.failure = error;
        if (size <= 1) return { items: [], next: from };
      }
    }
  }
}
