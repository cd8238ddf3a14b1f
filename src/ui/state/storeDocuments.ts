import * as vscode from 'vscode';
import { FilesError, type FilesAnswer, type FilesQuestion } from '../../app/index';
import { printable } from '../../quixstreams/index';
import { isNetworkPath } from '../../statefolder/index';
import { storeScheme } from '../contributions';
import { ReadOnlyFileSystem } from '../readOnlyFileSystem';
import { pathSegment } from '../value/valueUri';

type Task = FilesQuestion['task'];
const tasks: readonly Task[] = ['verify', 'inspect', 'usage', 'check'];

/** What documents on stores ask of the rest of the window. */
export interface StoreDocumentsHost {
  /** whether a folder is one of the workspace's or one that a person opened */
  isKnown(path: string): boolean;
  ask(
    question: Pick<FilesQuestion, 'task' | 'directory'>,
    signal: AbortSignal,
  ): Promise<FilesAnswer>;
}

/**
 * The URI of a document on the store at `directory`; `name` is what people call it:
 *
 *   quix-store:{path of the store}/{name}.txt?verify
 */
export function storeUri(task: Task, directory: string, name: string): vscode.Uri {
  const { path, authority } = vscode.Uri.file(directory);
  const file = `${pathSegment(name)}.txt`;
  return vscode.Uri.from({ scheme: storeScheme, authority, path: `${path}/${file}`, query: task });
}

/** What is asked by a document's URI; undefined for other URIs. */
function questionOf(uri: vscode.Uri): Pick<FilesQuestion, 'task' | 'directory'> | undefined {
  const { authority, query } = uri;
  const task = tasks.find((one) => one === query);
  if (task === undefined) return undefined;
  const path = uri.path.slice(0, uri.path.lastIndexOf('/'));
  return { task, directory: vscode.Uri.from({ scheme: 'file', authority, path }).fsPath };
}

interface Shown {
  readonly bytes: Uint8Array;
  /** ms since epoch */
  readonly modifiedMs: number;
}

/** What was told of the files of stores, as read-only documents; asked anew where a window finds one open. */
export class StoreDocuments
  extends ReadOnlyFileSystem
  implements vscode.FileSystemProvider, vscode.Disposable
{
  readonly #shown = new Map<string, Shown | Promise<Shown>>();
  readonly #files = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly #registrations: vscode.Disposable;
  readonly #closed = new AbortController();
  readonly onDidChangeFile = this.#files.event;

  constructor(private readonly host: StoreDocumentsHost) {
    super();
    this.#registrations = vscode.Disposable.from(
      vscode.workspace.registerFileSystemProvider(storeScheme, this, {
        isReadonly: true,
        isCaseSensitive: true,
      }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#shown.delete(uri.toString())),
    );
  }

  /** Opens the document, or shows the open one with the new text. */
  async show(uri: vscode.Uri, text: string): Promise<void> {
    const before = await this.#shown.get(uri.toString());
    this.#shown.set(uri.toString(), shownNow(text, before));
    this.#files.fire([{ type: vscode.FileChangeType.Changed, uri }]);
    await vscode.window.showTextDocument(uri, { preview: true });
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { bytes, modifiedMs } = await this.#content(uri);
    return {
      type: vscode.FileType.File,
      ctime: 0,
      mtime: modifiedMs,
      size: bytes.length,
      permissions: vscode.FilePermission.Readonly,
    };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return (await this.#content(uri)).bytes;
  }

  dispose(): void {
    this.#registrations.dispose();
    this.#files.dispose();
    this.#closed.abort();
    this.#shown.clear();
  }

  #content(uri: vscode.Uri): Shown | Promise<Shown> {
    const known = this.#shown.get(uri.toString());
    if (known !== undefined) return known;
    const question = questionOf(uri);
    const { directory = '' } = question ?? {};
    const allowed = !isNetworkPath(directory) || this.host.isKnown(directory);
    if (question === undefined || !allowed) throw vscode.FileSystemError.FileNotFound(uri);
    const asked = this.host.ask(question, this.#closed.signal).then(
      ({ text }) => shownNow(text, undefined),
      (error: unknown) => {
        this.#shown.delete(uri.toString());
        if (!(error instanceof FilesError)) throw error;
        throw vscode.FileSystemError.Unavailable(printable(error.message));
      },
    );
    this.#shown.set(uri.toString(), asked);
    return asked;
  }
}

/** VS Code reads a document again only where its time is a later one. */
function shownNow(text: string, before: Shown | undefined): Shown {
  const modifiedMs = Math.max(Date.now(), (before?.modifiedMs ?? 0) + 1);
  return { bytes: Buffer.from(text), modifiedMs };
}
