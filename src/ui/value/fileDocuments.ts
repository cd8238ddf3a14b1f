import path from 'node:path';
import * as vscode from 'vscode';
import { bytesText } from '../../app/index';
import { decodeValue, printable, type StateValue } from '../../quixstreams/index';
import { isNetworkPath } from '../../statefolder/index';
import { commandIds, fileScheme } from '../contributions';
import { ReadOnlyFileSystem } from '../readOnlyFileSystem';
import { CommandNotice } from '../registerCommand';
import type { Translate } from '../translate';
import { formatProblem, formatWords } from './formatWords';
import type { OpenedAs } from './openedAs';
import { mostDecoded, type Shown, type ValueDecoder } from './valueDecoder';
import { extensions } from './valueDocumentUri';
import { parseShownAs, pathSegment, queryFields, shownAsQuery } from './valueUri';

const { l10n } = vscode;
const translate: Translate = (message, ...args) => l10n.t(message, ...args);

/** A person asked for it, so that it is decoded; of what is shown as it is stored the beginning will do. */
const extent = { decode: true, whole: false };

/**
 * The URI of a document that shows a plain file decoded:
 *
 *   quix-file:{path of the file}/{its name}.py?as=pickle
 */
export async function fileDocumentUri(
  file: string,
  openedAs: OpenedAs | undefined,
  value: StateValue,
  decoder: ValueDecoder,
): Promise<vscode.Uri> {
  const { language } = await decoder.show(value, openedAs, extent);
  const { path: filePath, authority } = vscode.Uri.file(file);
  const name = `${pathSegment(path.basename(file))}.${extensions[language]}`;
  return vscode.Uri.from({
    scheme: fileScheme,
    authority,
    path: `${filePath}/${name}`,
    query: shownAsQuery(openedAs ?? 'auto'),
  });
}

/** The file that a document shows; undefined for other URIs. */
export function fileOfDocument(uri: vscode.Uri): string | undefined {
  if (uri.scheme !== fileScheme) return undefined;
  const filePath = uri.path.slice(0, uri.path.lastIndexOf('/'));
  const { authority } = uri;
  return vscode.Uri.from({ scheme: 'file', authority, path: filePath }).fsPath;
}

/** What documents of files ask of the rest of the window. */
export interface FileDocumentsHost {
  /** whether a folder is one of the workspace's or one that a person opened */
  isKnown(path: string): boolean;
  readonly decoder: ValueDecoder;
}

interface Opened {
  readonly shown: Shown;
  readonly bytes: number;
  readonly modifiedMs: number;
}

/** Plain files of state folders, decoded, as read-only documents; read anew when somebody asks again. */
export class FileDocuments
  extends ReadOnlyFileSystem
  implements vscode.FileSystemProvider, vscode.CodeLensProvider, vscode.Disposable
{
  readonly #opened = new Map<string, Promise<Opened>>();
  readonly #files = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly #registrations: vscode.Disposable;
  readonly onDidChangeFile = this.#files.event;

  constructor(private readonly host: FileDocumentsHost) {
    super();
    this.#registrations = vscode.Disposable.from(
      vscode.workspace.registerFileSystemProvider(fileScheme, this, {
        isReadonly: true,
        isCaseSensitive: true,
      }),
      vscode.languages.registerCodeLensProvider({ scheme: fileScheme }, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#opened.delete(uri.toString())),
    );
  }

  /** A file's bytes. @throws CommandNotice where it is none, or too large */
  async read(file: string): Promise<StateValue> {
    const name = printable(path.basename(file));
    const refuse = (text: string) => new CommandNotice({ text, actions: [] });
    if (isNetworkPath(file) && !this.host.isKnown(file)) {
      throw refuse(l10n.t('{0} cannot be read.', name));
    }
    const uri = vscode.Uri.file(file);
    const { type, size } = await vscode.workspace.fs.stat(uri);
    const isLink = (type & vscode.FileType.SymbolicLink) !== 0;
    if ((type & vscode.FileType.File) === 0 || (isLink && !vscode.workspace.isTrusted)) {
      throw refuse(l10n.t('{0} is no file that can be opened.', name));
    }
    if (size > mostDecoded) {
      const most = bytesText(mostDecoded);
      throw refuse(l10n.t('{0} has {1}. Up to {2} are decoded.', name, bytesText(size), most));
    }
    return decodeValue(await vscode.workspace.fs.readFile(uri));
  }

  /** What the file is opened as in a document, if it is. */
  openedAs(file: string): OpenedAs | undefined {
    const { textDocuments } = vscode.workspace;
    const opened = textDocuments.findLast(({ uri }) => fileOfDocument(uri) === file);
    return opened && openedAsOf(opened.uri);
  }

  /** Opens a document, with the file as it is now. */
  async show(uri: vscode.Uri): Promise<void> {
    this.#opened.delete(uri.toString());
    this.#files.fire([{ type: vscode.FileChangeType.Changed, uri }]);
    await vscode.commands.executeCommand('vscode.open', uri);
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { shown, modifiedMs } = await this.#open(uri);
    return {
      type: vscode.FileType.File,
      ctime: 0,
      mtime: modifiedMs,
      size: shown.content.length,
      permissions: vscode.FilePermission.Readonly,
    };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return (await this.#open(uri)).shown.content;
  }

  async provideCodeLenses({ uri }: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const { shown, bytes } = await this.#open(uri);
    const name = printable(path.basename(fileOfDocument(uri) ?? ''));
    const words = shown.facts === undefined ? [] : [formatWords(shown.facts, translate)];
    const problem = formatProblem(shown.problem, openedAsOf(uri)?.format ?? 'auto', translate);
    const lens = (title: string, command = '') =>
      new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), { title, command, arguments: [uri] });
    return [
      lens([name, bytesText(bytes), ...words].join(' · ')),
      ...(problem === undefined ? [] : [lens(problem)]),
      lens(l10n.t('Open As...'), commandIds.openAs),
    ];
  }

  dispose(): void {
    this.#registrations.dispose();
    this.#files.dispose();
    this.#opened.clear();
  }

  #open(uri: vscode.Uri): Promise<Opened> {
    const id = uri.toString();
    const known = this.#opened.get(id);
    if (known !== undefined) return known;
    const opened = this.#decode(uri);
    this.#opened.set(id, opened);
    opened.catch(() => this.#opened.delete(id));
    return opened;
  }

  async #decode(uri: vscode.Uri): Promise<Opened> {
    const file = fileOfDocument(uri);
    const openedAs = openedAsOf(uri);
    const isElsewhere = (read: string) => isNetworkPath(read) && !this.host.isKnown(read);
    if (file === undefined || isElsewhere(openedAs?.schema ?? '')) {
      throw vscode.FileSystemError.FileNotFound(uri);
    }
    try {
      const value = await this.read(file);
      const shown = await this.host.decoder.show(value, openedAs, extent);
      return { shown, bytes: value.bytes.length, modifiedMs: Date.now() };
    } catch (error) {
      if (error instanceof CommandNotice) {
        throw vscode.FileSystemError.Unavailable(error.notice.text);
      }
      throw error;
    }
  }
}

function openedAsOf(uri: vscode.Uri): OpenedAs | undefined {
  const fields = queryFields(uri.query);
  const as = fields && parseShownAs(fields);
  return typeof as === 'object' ? as : undefined;
}
