import type { Page, PageOptions, StorePartition } from '../../quixstreams/index';
import { compareBytes, CorruptionError } from '../../rocksdb/index';
import type { MoreNode, NoticeNode, StateNode } from './treeNodes';

/** Rows of a page; the row after them loads as many more. */
export const pageSize = 100;

/** How one kind of rows is read and kept. */
export interface RowSource<Item, Node> {
  page(partition: StorePartition, options: PageOptions): Promise<Page<Item>>;
  idOf(item: Item): string;
  /** where the row stands, for rows that are gone from disk but still shown */
  sortKey(node: Node): Uint8Array;
  make(item: Item): Node;
  itemOf(node: Node): Item | undefined;
  /** Takes the item as it is now; whether its row reads differently. */
  take(node: Node, item: Item): boolean;
}

/** A row and what it showed before. */
export interface Changed<Item, Node> {
  readonly node: Node;
  readonly before: Item | undefined;
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
  /** changed on disk while it was not shown */
  stale = false;
  #next: Uint8Array | undefined;
  readonly #byId = new Map<string, Node>();
  readonly #ghosts = new Set<Node>();

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

  /** Loads the next page after what is loaded. */
  async loadMore(partition: StorePartition, signal?: AbortSignal): Promise<void> {
    const page = await this.#read(partition, pageSize, this.#next, signal);
    for (const item of page.items) {
      const id = this.source.idOf(item);
      if (this.#byId.has(id)) continue;
      const node = this.source.make(item);
      this.#byId.set(id, node);
      this.rows.push(node);
    }
    this.#next = page.next;
  }

  /** Reads again what is loaded; rows that are still there stay the same objects. */
  async reload(partition: StorePartition, signal?: AbortSignal): Promise<RowChanges<Item, Node>> {
    this.stale = false;
    const page = await this.#read(
      partition,
      Math.max(pageSize, this.rows.length),
      undefined,
      signal,
    );
    const added: Node[] = [];
    const changed: Changed<Item, Node>[] = [];
    const kept = new Map<string, Node>();
    for (const item of page.items) {
      const id = this.source.idOf(item);
      const old = this.#byId.get(id);
      const node = old ?? this.source.make(item);
      if (old === undefined || this.#ghosts.delete(node)) added.push(node);
      const before = this.source.itemOf(node);
      if (old !== undefined && this.source.take(node, item)) changed.push({ node, before });
      kept.set(id, node);
    }
    const deleted: Node[] = [];
    const rows = [...kept.values()];
    for (const node of this.rows) {
      if (kept.get(node.id) !== undefined) continue;
      const key = this.source.sortKey(node);
      if (page.next !== undefined && compareBytes(key, page.next) >= 0) continue; // pushed out of the page
      if (!this.#ghosts.has(node)) {
        this.#ghosts.add(node);
        deleted.push(node);
      }
      kept.set(node.id, node);
      const after = rows.findIndex((other) => compareBytes(this.source.sortKey(other), key) > 0);
      rows.splice(after < 0 ? rows.length : after, 0, node);
    }
    this.#next = page.next;
    this.rows = rows;
    this.#byId.clear();
    for (const node of rows) this.#byId.set(node.id, node);
    return { added, changed, deleted };
  }

  /** A row's key is gone from disk; it stays among the rows until `drop`. */
  bury(node: Node): void {
    this.#ghosts.add(node);
  }

  /** A buried row's key is on disk again; whether it was buried. */
  revive(node: Node): boolean {
    return this.#ghosts.delete(node);
  }

  /** Takes a deleted row away, unless its key came back meanwhile; whether it did. */
  drop(node: Node): boolean {
    if (!this.#ghosts.delete(node)) return false;
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
  ): Promise<Page<Item>> {
    this.failure = undefined;
    for (let size = limit; ; size = Math.floor(size / 2)) {
      try {
        return await this.source.page(partition, { from, limit: size, signal });
      } catch (error) {
        if (!(error instanceof CorruptionError)) throw error;
        this.failure = error;
        if (size <= 1) return { items: [], next: from };
      }
    }
  }
}
