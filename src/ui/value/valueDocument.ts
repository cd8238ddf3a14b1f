import * as vscode from 'vscode';
import type { StorePartition } from '../../quixstreams/index';
import { readDocumentEntry, type DocumentEntry } from './documentEntry';
import { wholeEntryText, type DecodedEntry } from './documentText';
import { formatWords, type ShownFacts } from './formatWords';
import type { OpenedAs } from './openedAs';
import { openedAsOf, type FormatsOfStores } from './rowValues';
import type { Shown, ValueDecoder } from './valueDecoder';
import { valueOf } from './valueOfEntry';
import type {
  PartitionListener,
  PartitionUpdate,
  SharedPartition,
} from '../state/sharedPartitions';
import type { ValueAddress } from './valueUri';

/** `default` and `f-in[0]`, escaped. */
export interface PartitionNames {
  readonly store: string;
  readonly partition: string;
}

/** What a document needs to show its value. */
export interface DocumentHost {
  readonly decoder: Pick<ValueDecoder, 'show' | 'line'>;
  readonly formats: FormatsOfStores;
  /** told when text or lenses differ */
  changed(document: ValueDocument, change: 'text' | 'lenses'): void;
}

/** Of Show Whole Entry: the longest line of what a value was decoded into. */
const longestDecoded = 1_000_000;

/** One open value: read when asked, followed while it is watched. */
export class ValueDocument implements PartitionListener {
  entry: DocumentEntry | undefined;
  changelogOffset: bigint | undefined;
  /** the offset at which the key was found to be gone; its last value stays */
  deletedAt: { readonly offset: bigint | undefined } | undefined;
  /** whether a large value is shown as a whole */
  all = false;
  modifiedMs = Date.now();
  /** how the value is shown; undefined until it is, and of documents of whole entries */
  shown: Omit<Shown, 'content'> | undefined;
  #content: Uint8Array | undefined;
  #rendering: Promise<void> = Promise.resolve();
  #nextRendering: Promise<void> | undefined;
  #watches = 0;
  #unlisten: (() => void) | undefined;

  constructor(
    readonly uri: vscode.Uri,
    readonly address: ValueAddress & { readonly partitionPath: string },
    readonly names: PartitionNames,
    private readonly shared: SharedPartition,
    private readonly host: DocumentHost,
  ) {}

  /** What the value is opened as; undefined: Auto. */
  get openedAs(): OpenedAs | undefined {
    const { as, partitionPath } = this.address;
    if (typeof as === 'object') return as;
    if (this.entry === undefined) return undefined;
    const where = { partition: partitionPath, store: this.names.store };
    return openedAsOf(this.entry, where, this.host.formats);
  }

  /** Follows the value until the result is disposed. */
  watch(): vscode.Disposable {
    this.#watches++;
    this.#unlisten ??= this.shared.listen(this);
    let watching = true;
    // What changed while nobody watched is not in the editor yet.
    if (this.#content !== undefined) void this.load().catch(() => undefined);
    this.shared.shown();
    return new vscode.Disposable(() => {
      if (!watching) return;
      watching = false;
      this.#watches--;
      if (this.#watches > 0) return;
      this.#unlisten?.();
      this.#unlisten = undefined;
    });
  }

  get isWatched(): boolean {
    return this.#watches > 0;
  }

  isShown(): boolean {
    return this.isWatched;
  }

  /** The text as UTF-8; read from disk unless a watch keeps it up to date. */
  async content(): Promise<Uint8Array> {
    if (this.#content === undefined || !this.isWatched) await this.load();
    await this.#rendering;
    if (this.#content === undefined) throw vscode.FileSystemError.FileNotFound(this.uri);
    return this.#content;
  }

  /** Reads the value. @throws the errors of rocksdb */
  async load(): Promise<void> {
    await this.shared.read((store) => this.#take(store));
    await this.render();
  }

  /** Shows all of a large value, and decodes what is not decoded by itself. */
  async showAll(): Promise<void> {
    this.all = true;
    await this.render();
  }

  async updated({ written, gone }: PartitionUpdate): Promise<void> {
    if (gone) return;
    const { columnFamily, key } = this.address;
    // What a window has collected, and whether it is open, stands in other entries.
    const concerns =
      written === undefined ||
      this.entry?.window !== undefined ||
      (written.get(columnFamily) ?? []).some((other) => Buffer.compare(other, key) === 0);
    const offset = this.changelogOffset;
    await this.shared.read(async (store) => {
      if (concerns) await this.#take(store);
      else this.changelogOffset = store.changelogOffset;
    });
    const isNewOffset = offset !== this.changelogOffset;
    // Not waited for: others that show the partition need not wait until a value is decoded.
    if (concerns || (isNewOffset && this.address.as === 'entry')) void this.render();
    else if (isNewOffset) this.host.changed(this, 'lenses');
  }

  /** The last value stays; the partition's row in the tree says what is wrong. */
  failed(): void {
    this.host.changed(this, 'lenses');
  }

  async #take(store: StorePartition): Promise<void> {
    const entry = await readDocumentEntry(store, this.address, this.names.store);
    this.changelogOffset = store.changelogOffset;
    if (entry === undefined) {
      if (this.entry !== undefined) this.deletedAt ??= { offset: store.changelogOffset };
    } else {
      this.entry = entry;
      this.deletedAt = undefined;
    }
  }

  /** Shows the value as it is now, one rendering at a time: while one goes on, one more waits for it. */
  render(): Promise<void> {
    if (this.#nextRendering !== undefined) return this.#nextRendering;
    const next = this.#rendering.then(() => {
      this.#nextRendering = undefined;
      return this.#render();
    });
    this.#nextRendering = next;
    this.#rendering = next.catch(() => undefined);
    return next;
  }

  async #render(): Promise<void> {
    const { entry } = this;
    if (entry === undefined) return;
    const content =
      this.address.as === 'entry' ? await this.#wholeEntry(entry) : await this.#value(entry);
    this.#show(content);
    this.host.changed(this, 'lenses');
  }

  async #value(entry: DocumentEntry): Promise<Uint8Array> {
    const extent = { decode: this.all, whole: this.all };
    const { content, ...shown } = await this.host.decoder.show(
      valueOf(entry),
      this.openedAs,
      extent,
    );
    this.shown = shown;
    return content;
  }

  async #wholeEntry(entry: DocumentEntry): Promise<Uint8Array> {
    const { decoder } = this.host;
    const line = await decoder.line(valueOf(entry), this.openedAs, longestDecoded);
    const text = wholeEntryText(
      entry,
      { ...this.names, path: this.address.partitionPath, changelogOffset: this.changelogOffset },
      line && { as: wordsOf(line.facts), text: line.text },
    );
    return new TextEncoder().encode(text);
  }

  #show(content: Uint8Array): void {
    const before = this.#content;
    if (before !== undefined && Buffer.compare(before, content) === 0) return;
    this.#content = content;
    if (before === undefined) return;
    // VS Code reads again only what has another time of modification.
    this.modifiedMs = Math.max(Date.now(), this.modifiedMs + 1);
    this.host.changed(this, 'text');
  }
}

function wordsOf(facts: ShownFacts): DecodedEntry['as'] {
  return formatWords(facts, (message, ...args) => vscode.l10n.t(message, ...args));
}
