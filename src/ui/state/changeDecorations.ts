import * as vscode from 'vscode';
import { rowUri } from './treeItems';
import type { ListedNode } from './treeNodes';

const badges = { new: '+', changed: '~', deleted: '-' };
const colors = {
  new: 'gitDecoration.addedResourceForeground',
  changed: 'gitDecoration.modifiedResourceForeground',
  deleted: 'gitDecoration.deletedResourceForeground',
};

/** The marks of rows that just changed, as file decorations: VS Code shows them on parents too. */
export class ChangeDecorations implements vscode.FileDecorationProvider, vscode.Disposable {
  readonly #changes = new vscode.EventEmitter<vscode.Uri[]>();
  readonly #marked = new Map<string, ListedNode>();
  readonly #registration: vscode.Disposable;
  readonly onDidChangeFileDecorations = this.#changes.event;

  constructor() {
    this.#registration = vscode.window.registerFileDecorationProvider(this);
  }

  /** A row's mark came or went. */
  changed(node: ListedNode): void {
    const uri = rowUri(node);
    if (uri === undefined) return;
    if (node.mark === undefined) this.#marked.delete(uri.toString());
    else this.#marked.set(uri.toString(), node);
    this.#changes.fire([uri]);
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    const mark = this.#marked.get(uri.toString())?.mark;
    if (mark === undefined) return undefined;
    const { change, from, to } = mark;
    const decoration = new vscode.FileDecoration(
      badges[change],
      tooltip(change, from, to),
      new vscode.ThemeColor(colors[change]),
    );
    decoration.propagate = true;
    return decoration;
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changes.dispose();
  }
}

function tooltip(
  change: 'new' | 'changed' | 'deleted',
  from: string | undefined,
  to: string | undefined,
): string {
  switch (change) {
    case 'new':
      return to === undefined ? vscode.l10n.t('new') : vscode.l10n.t('new: {0}', to);
    case 'changed':
      return `${from ?? ''} -> ${to ?? ''}`;
    case 'deleted':
      return vscode.l10n.t('{0} -> deleted', from ?? '');
  }
}
