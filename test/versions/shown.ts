import assert from 'node:assert/strict';
import path from 'node:path';
import type { DecodedKey, StorePartition } from '../../src/quixstreams/index';
import { PartitionReader } from '../../src/statefolder/index';
import { storeOf } from '../../src/ui/state/nodeFilters';
import type {
  EntryNode,
  JoinEntryNode,
  MessageKeyNode,
  PartitionNode,
  StateNode,
  WindowNode,
} from '../../src/ui/state/treeNodes';
import { readDocumentEntry } from '../../src/ui/value/documentEntry';
import { TreeHarness } from '../ui/state/treeHarness';
import * as rowWords from './rowWords';

/** What is read of a store: texts by what they are of, the same as judge.py prints. */
export type Facts = Map<string, string>;

export interface ReadStore {
  readonly kind: string;
  readonly facts: Facts;
}

export interface ShownStore extends ReadStore {
  /** rows of its message keys and below them */
  rows: number;
  /** how often Load 100 More was clicked */
  more: number;
}

/**
 * What the State view shows of a consumer group's folder, by store: `default/orders/0`. It comes from what the rows say
 * where they say it whole, else from what they keep; what a window has collected from the window's document.
 */
export async function shownBy(group: string): Promise<Map<string, ShownStore>> {
  const tree = new TreeHarness(group, (partition) => new InSmallPages(partition, {}));
  try {
    await tree.scan();
    const stores = new Map<string, ShownStore>();
    for (const partition of await partitionsBelow(tree, undefined)) {
      const name = path.relative(group, partition.path).split(path.sep).join('/');
      stores.set(name, await new ShownPartition(tree, partition).read());
    }
    return new Map([...stores].sort(([a], [b]) => (a < b ? -1 : 1)));
  } finally {
    await tree.close();
  }
}

/** So small that most message keys take several pages. */
const pageSize = 7;

/** Gives rows fewer than they ask for, as it may: most of them come by Load 100 More. */
class InSmallPages extends PartitionReader {
  readonly #small = new WeakSet<StorePartition>();

  override read<T>(use: (store: StorePartition) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return super.read((store) => {
      if (!this.#small.has(store)) makeSmall(store);
      this.#small.add(store);
      return use(store);
    }, signal);
  }
}

function makeSmall(store: StorePartition): void {
  const rows = store.rows.bind(store);
  const entries = store.entriesOf.bind(store);
  const windows = store.windowsOf.bind(store);
  const timestamped = store.timestampedOf.bind(store);
  store.rows = (page) => rows({ ...page, limit: pageSize });
  store.entriesOf = (key, page) => entries(key, { ...page, limit: pageSize });
  store.windowsOf = (key, page) => windows(key, { ...page, limit: pageSize });
  store.timestampedOf = (key, page) => timestamped(key, { ...page, limit: pageSize });
}

async function partitionsBelow(
  tree: TreeHarness,
  node: StateNode | undefined,
): Promise<PartitionNode[]> {
  const found: PartitionNode[] = [];
  for (const row of await tree.tree.children(node)) {
    if (row.kind !== 'partition') found.push(...(await partitionsBelow(tree, row)));
    else if (!row.partition.halfMade) found.push(row);
  }
  return found;
}

class ShownPartition {
  readonly #facts: Facts = new Map();
  #rows = 0;
  #more = 0;

  constructor(
    private readonly tree: TreeHarness,
    private readonly partition: PartitionNode,
  ) {}

  async read(): Promise<ShownStore> {
    const rows = await this.#rowsBelow(this.partition);
    if (rows.some(({ kind }) => kind === 'messageKey')) {
      const store = storeOf(this.partition);
      const windows = store && rowWords.windowsIn(this.tree.writer.texts(store).description);
      if (windows !== undefined) this.#put('windows', windows);
    }
    for (const row of rows) await this.#readTop(row);
    const kind = this.partition.info?.kind;
    assert.ok(kind, `${this.partition.path}: ${String(this.partition.error)}`);
    return { kind, facts: this.#facts, rows: this.#rows, more: this.#more };
  }

  async #readTop(row: StateNode): Promise<void> {
    switch (row.kind) {
      case 'messageKey':
        this.#rows++;
        return this.#readKey(row);
      case 'entry':
        this.#rows++;
        return this.#put(`without a message key: ${hex(row.entry.rawKey)}`, 'entry');
      case 'metadata':
      case 'internals':
        return; // judge.py reads what they are for
      default:
        return this.#put(`a row of kind ${row.kind}`, this.tree.writer.texts(row).label);
    }
  }

  async #readKey(node: MessageKeyNode): Promise<void> {
    const { prefix, key } = node.messageKey;
    this.#put(`${hex(prefix)} key`, keyFact(key));
    const rows = await this.#rowsBelow(node);
    this.#rows += rows.length;
    const { description } = this.tree.writer.texts(node);
    const said = rowWords.amountIn(description);
    const isRight = said?.isExact ? said.count === rows.length : said && said.count < rows.length;
    if (isRight !== true) this.#put(`${hex(prefix)} amount`, description);
    const joined: JoinEntryNode[] = [];
    for (const [number, row] of rows.entries()) {
      if (row.kind === 'entry') this.#readEntry(hex(prefix), row);
      else if (row.kind === 'window') await this.#readWindow(`${hex(prefix)} ${number}`, row);
      else if (row.kind === 'joinEntry') joined.push(row);
      else this.#put(`${hex(prefix)} a row of kind ${row.kind}`, this.tree.writer.texts(row).label);
    }
    if (this.partition.info?.kind === 'lookupBuffer') this.#readBuffer(hex(prefix), joined);
    else if (this.partition.info?.kind === 'timestamped') this.#readJoined(hex(prefix), joined);
  }

  #readEntry(prefix: string, node: EntryNode): void {
    assert.equal(node.size, node.entry.value.bytes.length, 'the row keeps its value whole');
    const { key, value, expiresAtMs } = node.entry;
    const what = `${prefix} ${'json' in key ? key.json : `bytes ${hex(key.bytes)}`}`;
    const { description } = this.tree.writer.texts(node);
    const [, words = '', expiry] =
      /^(.*?)(?: · (expired|expires [-\d]+ [:\d]+Z))?$/.exec(description) ?? [];
    const shown = rowWords.valueIn(words, value);
    this.#put(what, value.format === 'json' ? `json ${shown}` : `bytes ${hex(value.bytes)}`);
    if (expiresAtMs === undefined) {
      if (expiry !== undefined) this.#put(`${what} expiry`, expiry);
      return;
    }
    this.#put(`${what} expires`, expiresAtMs === null ? 'never' : `${expiresAtMs}`);
    this.#put(`${what} expired`, `${expiry === 'expired'}`);
    if (expiry === 'expired') return;
    const isRight =
      expiresAtMs === null
        ? expiry === undefined
        : rowWords.isSecondOf(expiry?.replace('expires ', '') ?? '', expiresAtMs);
    if (!isRight) this.#put(`${what} expiry`, `${expiry}`);
  }

  async #readWindow(numbered: string, node: WindowNode): Promise<void> {
    const { window } = node;
    assert.equal(node.size, window.value.bytes.length, 'the row keeps its value whole');
    const { label, description } = this.tree.writer.texts(node);
    const what = `${numbered} ${rowWords.rangeIn(label)}`;
    const said = rowWords.windowIn(description, window);
    this.#put(what, 'window');
    for (const [name, result] of said.results) this.#put(`${what} result ${name}`, result);
    if (said.collected !== undefined) {
      const collected = await this.#collected(node);
      this.#put(`${what} collected`, collected);
      if (!rowWords.isCollected(said.collected, collected)) {
        this.#put(`${what} collected as the row says`, said.collected);
      }
    }
    if (said.open !== undefined) this.#put(`${what} open`, said.open);
    if (said.messages !== undefined) this.#put(`${what} messages`, said.messages);
    if (window.newest !== undefined) this.#put(`${what} newest`, `${window.newest}`);
  }

  /** The list of collected values in a window's document. */
  async #collected({ window }: WindowNode): Promise<string> {
    const { path: folder, storeName } = this.partition;
    const address = { columnFamily: 'default', key: window.rawKey, index: window.index };
    const document = await this.tree.partitions
      .at(folder)
      .read((store) => readDocumentEntry(store, address, storeName));
    assert.ok(document && document.firstValues === undefined);
    const json = rowWords.textOf(document.value);
    if (window.aggregations.length === 0) return json;
    const head = `{"aggregated":${rowWords.textOf(window.value)},"collected":`;
    return json.startsWith(head) ? json.slice(head.length, -1) : json;
  }

  #readJoined(prefix: string, nodes: readonly JoinEntryNode[]): void {
    let latest = 'null';
    for (const node of nodes) {
      assert.equal(node.size, node.joined.value.bytes.length, 'the row keeps its value whole');
      const { label, words, eligible } = this.#joinedWords(node);
      const what = `${prefix} ${rowWords.momentIn(label)}`;
      const value = rowWords.valueIn(words, node.joined.value);
      this.#put(what, value);
      this.#put(`${what} eligible`, `${eligible}`);
      if (eligible) latest = value;
    }
    this.#put(`${prefix} latest`, latest);
  }

  #readBuffer(prefix: string, nodes: readonly JoinEntryNode[]): void {
    this.#put(`${prefix} count`, `${nodes.length}`);
    for (const [number, node] of nodes.entries()) {
      const { record } = node.joined;
      if (!record) continue; // its facts are missing
      const what = `${prefix} ${number}`;
      const { label, words, eligible } = this.#joinedWords(node);
      const { value, headers, topic, offset, timestamp, received } = record;
      this.#put(what, rowWords.valueIn(words, { bytes: value, format: 'json' }));
      this.#put(`${what} headers`, Buffer.from(headers).toString('utf8'));
      this.#put(`${what} from`, `${topic} ${offset} ${timestamp} ${received}`);
      const isRight = eligible && rowWords.momentIn(label).startsWith(`${received} `);
      if (!isRight) this.#put(`${what} row`, label);
    }
  }

  #joinedWords(node: JoinEntryNode): { label: string; words: string; eligible: boolean } {
    const { label, description } = this.tree.writer.texts(node);
    const words = description.replace(/ · older than the oldest kept$/, '');
    return { label, words, eligible: words === description };
  }

  /** All rows below a row, loaded to the last one. */
  async #rowsBelow(node: StateNode): Promise<readonly StateNode[]> {
    for (;;) {
      const rows = await this.tree.tree.children(node);
      assert.equal(this.partition.error, undefined);
      const more = rows.find(({ kind }) => kind === 'more');
      if (more?.kind !== 'more') return rows;
      await this.tree.tree.loadMore(more);
      this.#more++;
    }
  }

  /** What comes twice is shown twice, which it must not. */
  #put(what: string, value: string): void {
    this.#facts.set(this.#facts.has(what) ? `twice: ${what}` : what, value);
  }
}

function keyFact(key: DecodedKey): string {
  return 'json' in key ? `json ${key.json}` : `bytes ${hex(key.bytes)}`;
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
