import * as vscode from 'vscode';
import type { StorePartition } from '../../quixstreams/index';
import { readDocumentEntry, type DocumentEntry } from './documentEntry';
import { valueDocumentText, wholeEntryText } from './documentText';
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

/** One open value: read when asked, followed while it is watched. */
export class ValueDocument implements PartitionListener {
  entry: DocumentEntry | undefined;
  changelogOffset: bigint | undefined;
  /** the offset at which the key was found to be gone; its last value stays */
  deletedAt: { readonly offset: bigint | undefined } | undefined;
  /** whether a large value is shown as a whole */
  all = false;
  modifiedMs = Date.now();
  #content: Uint8Array | undefined;
  #watches = 0;
  #unlisten: (() => void) | undefined;

  /** `changed` is told when text or lenses differ. */
  constructor(
    readonly uri: vscode.Uri,
    readonly address: ValueAddress & { readonly partitionPath: string },
    readonly names: PartitionNames,
    private readonly shared: SharedPartition,
    private readonly changed: (document: ValueDocument, change: 'text' | 'lenses') => void,
  ) {}

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
    if (this.#content === undefined) throw vscode.FileSystemError.FileNotFound(this.uri);
    return this.#content;
  }

  /** Reads the value. @throws the errors of rocksdb */
  async load(): Promise<void> {
    await this.shared.read((store) => this.#take(store));
  }

  showAll(): void {
    this.all = true;
    this.#render();
  }

  async updated({ written, gone }: PartitionUpdate): Promise<void> {
    if (gone) return;
    const { columnFamily, key } = this.address;
    // What a window has collected, and whether it is open, stands in other entries.
    const concerns =
      written === undefined ||
      this.entry?.window !== undefined ||
      (written.get(columnFamily) ?? []).some((other) => Buffer.compare(other, key) === 0);
    await this.shared.read(async (store) => {
      if (concerns) await this.#take(store);
      else if (store.changelogOffset !== this.changelogOffset) {
        this.changelogOffset = store.changelogOffset;
        if (this.address.as === 'entry') this.#render();
        this.changed(this, 'lenses');
      }
    });
  }

  /** The last value stays; the partition's row in the tree says what is wrong. */
  failed(): void {
    this.changed(this, 'lenses');
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
    this.#render();
    this.changed(this, 'lenses');
  }

  #render(): void {
    if (this.entry === undefined) return;
    const text =
      this.address.as === 'entry'
        ? wholeEntryText(this.entry, {
            ...this.names,
            path: this.address.partitionPath,
            changelogOffset: this.changelogOffset,
          })
        : valueDocumentText(this.entry, this.all);
    const content = new TextEncoder().encode(text);
    const before = this.#content;
    if (before !== undefined && Buffer.compare(before, content) === 0) return;
    this.#content = content;
    if (before === undefined) return;
    // VS Code reads again only what has another time of modification.
    this.modifiedMs = Math.max(Date.now(), this.modifiedMs + 1);
    this.changed(this, 'text');
  }
}
