import * as vscode from 'vscode';
import {
  changeState,
  quixYamlFindings,
  quixYamlFindingSentence,
  StateEditError,
  type QuixYamlFinding,
  type StateChange,
} from '../../app/index';
import { printable } from '../../quixstreams/index';
import { isQuixYaml, quixYamlSelector, rangeOf, type QuixYamlDocuments } from './quixYamlDocuments';

const { l10n, workspace } = vscode;

/** Whoever types is let finish a word. */
const quietMs = 250;

/** What is wrong with `state` in the quix.yaml files that are open, and what would cure it. */
export class StateDiagnostics implements vscode.CodeActionProvider, vscode.Disposable {
  readonly #shown = vscode.languages.createDiagnosticCollection('state-folder');
  readonly #waiting = new Map<vscode.TextDocument, NodeJS.Timeout>();
  readonly #subscriptions: vscode.Disposable;

  constructor(
    private readonly documents: QuixYamlDocuments,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.#subscriptions = vscode.Disposable.from(
      this.#shown,
      workspace.onDidOpenTextDocument((document) => this.#look(document)),
      workspace.onDidChangeTextDocument(({ document }) => this.#lookSoon(document)),
      workspace.onDidCloseTextDocument((document) => this.#forget(document)),
      vscode.languages.registerCodeActionsProvider(quixYamlSelector, this, {
        providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
      }),
    );
    for (const document of workspace.textDocuments) this.#look(document);
  }

  async provideCodeActions(
    document: vscode.TextDocument,
    range: vscode.Range,
    context: vscode.CodeActionContext,
  ): Promise<vscode.CodeAction[]> {
    if (!workspace.isTrusted) return [];
    const file = await this.documents.read(document);
    const actions: vscode.CodeAction[] = [];
    for (const finding of quixYamlFindings(file)) {
      const { fix, deployment } = finding;
      if (fix === undefined || rangeOf(document, finding.span).intersection(range) === undefined) {
        continue;
      }
      const edit = new vscode.WorkspaceEdit();
      try {
        for (const change of await changeState(file, deployment, fix)) {
          edit.replace(document.uri, rangeOf(document, change), change.text);
        }
      } catch (error) {
        if (error instanceof StateEditError) continue;
        throw error;
      }
      const action = new vscode.CodeAction(titleOf(fix), vscode.CodeActionKind.QuickFix);
      action.diagnostics = context.diagnostics.filter((one) => isOf(one, finding, document));
      action.edit = edit;
      action.isPreferred = true;
      actions.push(action);
    }
    return actions;
  }

  dispose(): void {
    for (const timer of this.#waiting.values()) clearTimeout(timer);
    this.#subscriptions.dispose();
  }

  #lookSoon(document: vscode.TextDocument): void {
    if (!isQuixYaml(document)) return;
    clearTimeout(this.#waiting.get(document));
    this.#waiting.set(
      document,
      setTimeout(() => this.#look(document), quietMs),
    );
  }

  #look(document: vscode.TextDocument): void {
    this.#waiting.delete(document);
    if (!isQuixYaml(document)) return;
    this.#show(document).catch((error: unknown) =>
      this.log.error('a quix.yaml cannot be checked', error instanceof Error ? error.name : ''),
    );
  }

  async #show(document: vscode.TextDocument): Promise<void> {
    const { version } = document;
    const findings = quixYamlFindings(await this.documents.read(document));
    if (document.isClosed || document.version !== version) return;
    this.#shown.set(
      document.uri,
      findings.map((finding) => diagnosticOf(finding, document)),
    );
  }

  #forget(document: vscode.TextDocument): void {
    clearTimeout(this.#waiting.get(document));
    this.#waiting.delete(document);
    this.#shown.delete(document.uri);
  }
}

function diagnosticOf(finding: QuixYamlFinding, document: vscode.TextDocument): vscode.Diagnostic {
  const { Error, Warning } = vscode.DiagnosticSeverity;
  const diagnostic = new vscode.Diagnostic(
    rangeOf(document, finding.span),
    printable(quixYamlFindingSentence(finding)),
    finding.severity === 'error' ? Error : Warning,
  );
  diagnostic.source = 'State Folder';
  diagnostic.code = { value: finding.code, target: vscode.Uri.parse(finding.docs) };
  return diagnostic;
}

function isOf(
  { code, range }: vscode.Diagnostic,
  finding: QuixYamlFinding,
  document: vscode.TextDocument,
): boolean {
  const value = typeof code === 'object' ? code.value : code;
  return value === finding.code && range.isEqual(rangeOf(document, finding.span));
}

function titleOf(fix: StateChange): string {
  const [setting = ['', '']] = Object.entries(fix);
  return l10n.t('Write "{0}: {1}"', setting[0], String(setting[1]));
}
