import * as vscode from 'vscode';
import { commandIds, messagesScheme } from '../contributions';
import type { MessageDocuments } from './messageDocuments';
import { rangeWords } from './messageRange';

/** Above messages: whose they are, how many, and what can be done; the editor's title has the actions, too. */
export class MessageLenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly onDidChangeCodeLenses: vscode.Event<void>;
  readonly #registration: vscode.Disposable;

  constructor(private readonly documents: MessageDocuments) {
    this.onDidChangeCodeLenses = documents.onDidChangeLenses;
    const selector = { scheme: messagesScheme };
    this.#registration = vscode.languages.registerCodeLensProvider(selector, this);
  }

  provideCodeLenses({ uri }: vscode.TextDocument): vscode.CodeLens[] {
    const document = this.documents.document(uri);
    if (document === undefined) return [];
    const { l10n } = vscode;
    const lens = (title: string, command = '') =>
      new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), { title, command, arguments: [uri] });
    return [
      lens(`${rangeWords(document.range)} · ${document.words}`),
      lens(l10n.t('Refresh'), commandIds.refreshMessages),
      ...(document.hasOlder ? [lens(l10n.t('Older'), commandIds.showOlderMessages)] : []),
    ];
  }

  dispose(): void {
    this.#registration.dispose();
  }
}
