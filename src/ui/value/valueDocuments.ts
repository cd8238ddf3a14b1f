import path from 'node:path';
import * as vscode from 'vscode';
import { printable } from '../../quixstreams/index';
import { isNetworkPath } from '../../statefolder/index';
import { ChangeScheduler, machineClock } from '../state/changeScheduler';
import { valueScheme } from '../contributions';
import type { SharedPartitions } from '../state/sharedPartitions';
import { ReadOnlyFileSystem } from '../readOnlyFileSystem';
import { ValueDocument, type PartitionNames } from './valueDocument';
import type { StoreFormats } from './storeFormats';
import type { ValueDecoder } from './valueDecoder';
import { extensions, valueAddress } from './valueDocumentUri';

/** Texts follow the disk this often at most. */
const textIntervalMs = 250;
/** VS Code asks for lenses anew at each change, and shows none while that goes on. */
const lensIntervalMs = 1000;

/** What value documents ask of the rest of the window. */
export interface DocumentsHost {
  /** whether a folder is one of the workspace's or one that a person opened */
  isKnown(path: string): boolean;
  /** what the tree calls the partition at `path`, where it has a row */
  namesOf(path: string): PartitionNames | undefined;
  /** a sentence for an error in reading the partition at `path` */
  sentence(error: unknown, partition: string): string;
  readonly decoder: ValueDecoder;
  readonly formats: StoreFormats;
}

/** Values as read-only files that follow the disk; the scheme's file system. */
export class ValueDocuments
  extends ReadOnlyFileSystem
  implements vscode.FileSystemProvider, vscode.Disposable
{
  readonly #documents = new Map<string, ValueDocument>();
  readonly #files = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly #lenses = new vscode.EventEmitter<void>();
  readonly #texts = new ChangeScheduler<ValueDocument>(
    (changed) => {
      const type = vscode.FileChangeType.Changed;
      this.#files.fire(changed.map(({ uri }) => ({ type, uri })));
    },
    machineClock,
    textIntervalMs,
  );
  readonly #lensChanges = new ChangeScheduler<ValueDocument>(
    () => this.#lenses.fire(),
    machineClock,
    lensIntervalMs,
  );
  readonly #registrations: vscode.Disposable;
  readonly onDidChangeFile = this.#files.event;
  /** What the lenses of an open document say has changed. */
  readonly onDidChangeLenses = this.#lenses.event;

  constructor(
    private readonly partitions: SharedPartitions,
    private readonly host: DocumentsHost,
  ) {
    super();
    this.#registrations = vscode.Disposable.from(
      vscode.workspace.registerFileSystemProvider(valueScheme, this, {
        isReadonly: true,
        isCaseSensitive: true,
      }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        const document = this.#documents.get(uri.toString());
        if (document?.isWatched === false) this.#documents.delete(uri.toString());
      }),
      vscode.workspace.onDidOpenTextDocument((opened) => {
        const document = this.#documents.get(opened.uri.toString());
        if (document !== undefined) this.#setLanguage(document, opened);
      }),
      host.formats.onDidChange(() => {
        for (const document of this.#documents.values()) void document.render();
      }),
    );
  }

  /** The document of a value's URI; undefined for other URIs. */
  document(uri: vscode.Uri): ValueDocument | undefined {
    const id = uri.toString();
    const known = this.#documents.get(id);
    if (known !== undefined) return known;
    const address = valueAddress(uri);
    if (address === undefined) return undefined;
    const { partitionPath } = address;
    const { schema } = typeof address.as === 'object' ? address.as : {};
    for (const read of [partitionPath, schema ?? '']) {
      if (isNetworkPath(read) && !this.host.isKnown(read)) return undefined;
    }
    const made = new ValueDocument(
      uri,
      address,
      this.namesAt(partitionPath),
      this.partitions.at(partitionPath),
      {
        decoder: this.host.decoder,
        formats: this.host.formats,
        changed: (changed, change) => this.#changed(changed, change),
      },
    );
    this.#documents.set(id, made);
    return made;
  }

  /** What people call the partition at `path`. */
  namesAt(path: string): PartitionNames {
    return this.host.namesOf(path) ?? namesOf(path);
  }

  watch(uri: vscode.Uri): vscode.Disposable {
    return this.document(uri)?.watch() ?? new vscode.Disposable(() => undefined);
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const document = this.#existing(uri);
    const { length } = await this.#content(document);
    return {
      type: vscode.FileType.File,
      ctime: 0,
      mtime: document.modifiedMs,
      size: length,
      permissions: vscode.FilePermission.Readonly,
    };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return this.#content(this.#existing(uri));
  }

  dispose(): void {
    this.#registrations.dispose();
    this.#texts.dispose();
    this.#lensChanges.dispose();
    this.#files.dispose();
    this.#lenses.dispose();
    this.#documents.clear();
  }

  #changed(document: ValueDocument, change: 'text' | 'lenses'): void {
    (change === 'text' ? this.#texts : this.#lensChanges).changed([document]);
    const id = document.uri.toString();
    const opened = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === id);
    if (opened !== undefined) this.#setLanguage(document, opened);
  }

  /** Text that was decoded is in another language than the document's name says. What a person chose stays. */
  #setLanguage({ shown, address }: ValueDocument, opened: vscode.TextDocument): void {
    if (shown === undefined || address.as === 'entry') return;
    const { languageId } = opened;
    const isOurs = languageId in extensions;
    if (!isOurs || languageId === shown.language) return;
    void vscode.languages.setTextDocumentLanguage(opened, shown.language);
  }

  #existing(uri: vscode.Uri): ValueDocument {
    const document = this.document(uri);
    if (document === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    return document;
  }

  async #content(document: ValueDocument): Promise<Uint8Array> {
    try {
      return await document.content();
    } catch (error) {
      if (error instanceof vscode.FileSystemError) throw error;
      const sentence = this.host.sentence(error, document.address.partitionPath);
      throw vscode.FileSystemError.Unavailable(sentence);
    }
  }
}

/** `default` and `f-in[0]` of `…/default/f-in/0`. */
function namesOf(partition: string): PartitionNames {
  const parts = partition.split(path.sep);
  const [store = '', stream = '', number = ''] = parts.slice(-3);
  return { store: printable(store), partition: printable(`${stream}[${number}]`) };
}
