import * as vscode from 'vscode';
import { stateCompletions, type StateKey } from '../../app/index';
import { quixYamlSelector, rangeOf, type QuixYamlDocuments } from './quixYamlDocuments';
import { factsMarkdown, factsOf } from './stateWords';

/** What may be written for `state` in quix.yaml, and what it means. */
export class StateHelp
  implements vscode.CompletionItemProvider, vscode.HoverProvider, vscode.Disposable
{
  readonly #registrations: vscode.Disposable;

  constructor(private readonly documents: QuixYamlDocuments) {
    this.#registrations = vscode.Disposable.from(
      vscode.languages.registerCompletionItemProvider(quixYamlSelector, this, ' ', '{'),
      vscode.languages.registerHoverProvider(quixYamlSelector, this),
    );
  }

  async provideCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.CompletionItem[]> {
    const found = await stateCompletions(document.getText(), document.offsetAt(position));
    const { Property, Value } = vscode.CompletionItemKind;
    return (found?.items ?? []).map(({ label, about, isKey, insert }, i) => {
      const item = new vscode.CompletionItem(label, isKey ? Property : Value);
      item.insertText = isKey ? new vscode.SnippetString(insert) : insert;
      item.range = found && rangeOf(document, found.span);
      item.detail = factsOf(about)[0] ?? '';
      item.documentation = factsMarkdown(about);
      item.sortText = String(i).padStart(2, '0');
      return item;
    });
  }

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.Hover | undefined> {
    const at = document.offsetAt(position);
    const { deployments } = await this.documents.read(document);
    for (const { state } of deployments) {
      if (state === undefined) continue;
      const places: [StateKey | 'state', { readonly start: number; readonly end: number }][] = [
        ['state', state.key],
        ...Object.entries(state.values ?? {}).flatMap(([key, { key: name, span }]) =>
          [name, span].map((place): [StateKey, typeof place] => [key as StateKey, place]),
        ),
      ];
      const place = places.find(([, { start, end }]) => at >= start && at <= end);
      if (place === undefined) continue;
      return new vscode.Hover(factsMarkdown(place[0]), rangeOf(document, place[1]));
    }
    return undefined;
  }

  dispose(): void {
    this.#registrations.dispose();
  }
}
