import * as vscode from 'vscode';
import { readQuixYaml, type QuixYaml } from '../../app/index';

/** The files that these features are for. */
export const quixYamlSelector: vscode.DocumentSelector = ['quix.yaml', 'quix.yml'].map((name) => ({
  scheme: 'file',
  pattern: `**/${name}`,
}));

/** Whether it is a project's descriptor, by its name. */
export function isQuixYaml(document: vscode.TextDocument): boolean {
  return vscode.languages.match(quixYamlSelector, document) > 0;
}

/** Each quix.yaml that is open is read once for each of its versions, whoever asks. */
export class QuixYamlDocuments {
  readonly #read = new WeakMap<vscode.TextDocument, { version: number; file: Promise<QuixYaml> }>();

  /** The document as it is now. */
  read(document: vscode.TextDocument): Promise<QuixYaml> {
    const known = this.#read.get(document);
    if (known?.version === document.version) return known.file;
    const file = readQuixYaml(document.getText());
    this.#read.set(document, { version: document.version, file });
    return file;
  }
}

/** A span of a file in its document. */
export function rangeOf(
  document: vscode.TextDocument,
  { start, end }: { readonly start: number; readonly end: number },
): vscode.Range {
  return new vscode.Range(document.positionAt(start), document.positionAt(end));
}
