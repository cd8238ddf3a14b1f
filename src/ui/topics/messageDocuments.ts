import * as vscode from 'vscode';
import { timeText, type Kafka, type LastMessages } from '../../app/index';
import { printable } from '../../quixstreams/index';
import { messagesScheme } from '../contributions';
import { cancellable } from '../progress';
import { ReadOnlyFileSystem } from '../readOnlyFileSystem';
import { CommandNotice } from '../registerCommand';
import { messageUriParts, parseMessageQuery, rangeWords, type MessageRange } from './messageRange';
import { foundWords, messageText } from './messageText';
import { localBroker, type UsedBroker } from './usedBroker';

/** How many messages are shown where nothing else is said, and at most. */
export const usualCount = 100;
const mostCount = 100_000;
/** Older asks for so many times as many. */
const olderFactor = 10;
/** How long VS Code may take to show a text that changed. */
const shownMs = 2000;

/** A document of messages as it is shown. */
interface MessageDocument {
  readonly range: MessageRange;
  /** how many were asked for */
  count: number;
  text: Uint8Array;
  /** what the text is, for its lens */
  words: string;
  /** whether there may be older messages to show */
  hasOlder: boolean;
  modifiedMs: number;
}

/** Messages as read-only files, a line each, the newest last; the scheme's file system. They are read when asked for. */
export class MessageDocuments
  extends ReadOnlyFileSystem
  implements vscode.FileSystemProvider, vscode.Disposable
{
  readonly #documents = new Map<string, MessageDocument>();
  readonly #watched = new Map<string, number>();
  readonly #files = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly #lenses = new vscode.EventEmitter<void>();
  readonly #registrations: vscode.Disposable;
  readonly onDidChangeFile = this.#files.event;
  /** What the lenses of an open document say has changed. */
  readonly onDidChangeLenses = this.#lenses.event;

  constructor(private readonly used: UsedBroker) {
    super();
    this.#registrations = vscode.Disposable.from(
      this.#files,
      this.#lenses,
      vscode.workspace.registerFileSystemProvider(messagesScheme, this, {
        isReadonly: true,
        isCaseSensitive: true,
      }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#forget(uri)),
    );
  }

  /** What a URI's document shows; undefined before it is read. */
  document(uri: vscode.Uri): Readonly<MessageDocument> | undefined {
    return this.#documents.get(uri.toString());
  }

  /** Reads messages and shows them. @throws NoBrokerError, CommandNotice, vscode.CancellationError */
  async show(range: MessageRange, count: number = usualCount): Promise<vscode.TextEditor> {
    const uri = vscode.Uri.from({ scheme: messagesScheme, ...messageUriParts(range) });
    const text = await this.#load(uri, range, count);
    const document = await vscode.workspace.openTextDocument(uri);
    await shows(document, text);
    const last = document.lineAt(Math.max(0, document.lineCount - 2));
    // The one that failed is selected; of many the newest is in sight.
    const selection =
      range.offset === undefined
        ? new vscode.Range(last.range.start, last.range.start)
        : last.range;
    return vscode.window.showTextDocument(document, { preview: true, selection });
  }

  /** Reads the messages of an open document anew. */
  async refresh(uri: vscode.Uri): Promise<void> {
    const shown = this.#documents.get(uri.toString());
    const range = shown?.range ?? parseMessageQuery(uri.query);
    if (range !== undefined) await this.#load(uri, range, shown?.count ?? usualCount);
  }

  /** Shows more of the messages before those that an open document shows; gives whether there are any. */
  async showOlder(uri: vscode.Uri): Promise<boolean> {
    const shown = this.#documents.get(uri.toString());
    if (shown?.hasOlder !== true) return false;
    await this.#load(uri, shown.range, Math.min(shown.count * olderFactor, mostCount));
    return true;
  }

  watch(uri: vscode.Uri): vscode.Disposable {
    const id = uri.toString();
    this.#watched.set(id, (this.#watched.get(id) ?? 0) + 1);
    return new vscode.Disposable(() => {
      const left = (this.#watched.get(id) ?? 1) - 1;
      if (left > 0) {
        this.#watched.set(id, left);
        return;
      }
      this.#watched.delete(id);
      const isOpen = vscode.workspace.textDocuments.some((open) => open.uri.toString() === id);
      if (!isOpen) this.#documents.delete(id);
    });
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { text, modifiedMs } = await this.#existing(uri);
    return {
      type: vscode.FileType.File,
      ctime: 0,
      mtime: modifiedMs,
      size: text.length,
      permissions: vscode.FilePermission.Readonly,
    };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return (await this.#existing(uri)).text;
  }

  dispose(): void {
    this.#registrations.dispose();
    this.#documents.clear();
  }

  /** After the window was reloaded VS Code asks for what was open: that starts no broker and reaches no other. */
  async #existing(uri: vscode.Uri): Promise<MessageDocument> {
    const known = this.#documents.get(uri.toString());
    if (known !== undefined) return known;
    const range = parseMessageQuery(uri.query);
    if (range === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    if (this.used.address !== undefined && this.used.broker === range.broker) {
      const found = await this.used.ask(range.broker, undefined, (kafka) =>
        read(kafka, range, usualCount),
      );
      return this.#take(uri, range, usualCount, found);
    }
    const words = vscode.l10n.t('not read yet');
    const unread = { range, count: usualCount, words, hasOlder: false, modifiedMs: Date.now() };
    const made = { ...unread, text: new Uint8Array() };
    this.#documents.set(uri.toString(), made);
    return made;
  }

  /** Reads and tells VS Code; gives the text. */
  async #load(uri: vscode.Uri, range: MessageRange, count: number): Promise<string> {
    const title = vscode.l10n.t('Reading messages of {0}', printable(range.topic));
    const found = await cancellable(title, (signal) =>
      this.used.ask(range.broker, signal, (kafka) => read(kafka, range, count, signal)),
    );
    const { text } = this.#take(uri, range, count, found);
    this.#files.fire([{ type: vscode.FileChangeType.Changed, uri }]);
    this.#lenses.fire();
    return Buffer.from(text).toString('utf8');
  }

  #take(uri: vscode.Uri, range: MessageRange, count: number, found: LastMessages): MessageDocument {
    const { t } = vscode.l10n;
    const id = uri.toString();
    const before = this.#documents.get(id)?.modifiedMs ?? 0;
    const text = messageText(found.messages);
    const modifiedMs = Math.max(Date.now(), before + 1);
    const taken: MessageDocument = {
      range,
      count,
      text: Buffer.from(text.text),
      words: `${foundWords(text, found, t)} · ${t('read at {0}', timeText(modifiedMs))}`,
      hasOlder:
        range.offset === undefined &&
        count < mostCount &&
        found.messages.length >= count &&
        text.leftOut === 0,
      modifiedMs,
    };
    this.#documents.set(id, taken);
    return taken;
  }

  /** A document whose language changes is closed and opened, but stays watched. */
  #forget(uri: vscode.Uri): void {
    const id = uri.toString();
    if (!this.#watched.has(id)) this.#documents.delete(id);
  }
}

/** Reads what a range names. @throws NoBrokerError, CommandNotice where there is no such topic or message */
async function read(
  kafka: Kafka,
  range: MessageRange,
  count: number,
  signal?: AbortSignal,
): Promise<LastMessages> {
  const { broker, topic, partition, key, offset } = range;
  const { l10n } = vscode;
  if (!(await kafka.topics(signal)).some(({ name }) => name === topic)) {
    const place = broker === localBroker ? l10n.t('The local broker') : printable(broker);
    const text = l10n.t('{0} has no topic {1}.', place, printable(topic));
    throw new CommandNotice({ text, actions: [] });
  }
  if (offset !== undefined) {
    const message = await kafka.message(topic, partition ?? 0, BigInt(offset), signal);
    if (message === undefined) {
      const text = l10n.t('{0} is not in the topic any more.', rangeWords(range));
      throw new CommandNotice({ text, actions: [] });
    }
    return { messages: [message], scanned: 1, complete: true };
  }
  if (key === undefined) return kafka.lastMessages(topic, { partition, count, signal });
  const bytes = Buffer.from(key, 'hex');
  const found = await kafka.lastMessages(topic, { partition, key: bytes, count, signal });
  const inner = jsonString(bytes);
  // A store keeps keys that are no bytes in the app as JSON; the message has the text alone.
  return found.messages.length > 0 || inner === undefined
    ? found
    : kafka.lastMessages(topic, { partition, key: inner, count, signal });
}

/** The text of a JSON string; undefined for all else. */
function jsonString(bytes: Buffer): Buffer | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'string' ? Buffer.from(value) : undefined;
  } catch {
    return undefined;
  }
}

/** Resolves when a document has a text, or at last when VS Code takes too long. */
async function shows(document: vscode.TextDocument, text: string): Promise<void> {
  if (document.getText() === text) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      subscription.dispose();
      resolve();
    };
    const timer = setTimeout(done, shownMs);
    const subscription = vscode.workspace.onDidChangeTextDocument((change) => {
      if (change.document === document && document.getText() === text) done();
    });
  });
}
