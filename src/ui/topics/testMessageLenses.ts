import * as vscode from 'vscode';
import { commandIds } from '../contributions';
import { isTestMessages, type TestMessages } from './testMessages';

/** Above test messages: what was sent, and what can be done with them; the editor's title has the actions, too. */
export class TestMessageLenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly onDidChangeCodeLenses: vscode.Event<void>;
  readonly #registration: vscode.Disposable;

  constructor(private readonly tests: TestMessages) {
    this.onDidChangeCodeLenses = tests.onDidSend;
    const selector = { scheme: 'file', pattern: '**/*.messages.jsonl' };
    this.#registration = vscode.languages.registerCodeLensProvider(selector, this);
  }

  provideCodeLenses({ uri }: vscode.TextDocument): vscode.CodeLens[] {
    if (!isTestMessages(uri) || !vscode.workspace.isTrusted) return [];
    const { l10n } = vscode;
    const lens = (title: string, command = '') =>
      new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), { title, command, arguments: [uri] });
    const said = this.tests.lastSent(uri);
    return [
      lens(l10n.t('Send Messages'), commandIds.sendMessages),
      lens(l10n.t('Send at a Rate...'), commandIds.sendAtARate),
      lens(l10n.t('Replay File...'), commandIds.replayFile),
      ...(said === undefined ? [] : [lens(said)]),
    ];
  }

  dispose(): void {
    this.#registration.dispose();
  }
}
