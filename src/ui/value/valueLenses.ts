import { bytesText, countText } from '../../app/index';
import * as vscode from 'vscode';
import { keyText } from '../../quixstreams/index';
import { commandIds, valueScheme } from '../contributions';
import { documentLabel } from './documentEntry';
import { mostShownBytes, shownBytes } from './documentText';
import type { Translate } from '../translate';
import { formatProblem, formatWords } from './formatWords';
import { isPlainFormat } from './plainViews';
import type { ValueDocument } from './valueDocument';
import type { ValueDocuments } from './valueDocuments';

const { l10n } = vscode;

/** Above a value: where it comes from, how much of it is shown, and what can be done with it. */
export class ValueLenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly onDidChangeCodeLenses: vscode.Event<void>;
  readonly #registration: vscode.Disposable;

  constructor(
    private readonly documents: ValueDocuments,
    private readonly live: (partition: string) => Promise<unknown>,
  ) {
    this.onDidChangeCodeLenses = documents.onDidChangeLenses;
    this.#registration = vscode.languages.registerCodeLensProvider({ scheme: valueScheme }, this);
  }

  async provideCodeLenses({ uri }: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const document = this.documents.document(uri);
    if (document?.entry === undefined) return [];
    const { entry, all, shown } = document;
    const live = (await this.live(document.address.partitionPath)) !== undefined;
    const lenses = [text(this.#origin(document, live))];
    const total = entry.value.bytes.length;
    const beginning = shownBytes(total, all);
    if (shown?.problem !== undefined) lenses.push(text(problemText(document)));
    if (beginning < total && isStored(shown)) {
      lenses.push(text(l10n.t('First {0} of {1}', bytesText(beginning), bytesText(total))));
      if (!all) {
        const most = total > mostShownBytes ? ` (${bytesText(mostShownBytes)})` : '';
        lenses.push(action(l10n.t('Show All') + most, commandIds.showAll, uri));
      }
    } else if (shown?.undecoded === true) {
      lenses.push(text(l10n.t('Not decoded: {0}', bytesText(total))));
      lenses.push(action(l10n.t('Decode'), commandIds.showAll, uri));
    }
    if (entry.firstValues !== undefined) {
      lenses.push(text(l10n.t('First {0} values', countText(entry.firstValues))));
    }
    lenses.push(action(l10n.t('Copy Value'), commandIds.copyValue, uri));
    lenses.push(action(l10n.t('Open As...'), commandIds.openAs, uri));
    return lenses;
  }

  dispose(): void {
    this.#registration.dispose();
  }

  #origin(document: ValueDocument, live: boolean): string {
    const { entry, address, names, changelogOffset, deletedAt, shown } = document;
    const parts: string[] = [];
    if (entry?.messageKey !== undefined) parts.push(keyText(entry.messageKey));
    if (entry !== undefined) parts.push(documentLabel(entry));
    parts.push(...new Set([names.store, names.partition]));
    if (address.columnFamily !== 'default') parts.push(address.columnFamily);
    if (deletedAt !== undefined) {
      const { offset } = deletedAt;
      parts.push(
        offset === undefined
          ? l10n.t('Deleted')
          : l10n.t('Deleted at changelog offset {0}', String(offset)),
      );
    } else if (changelogOffset !== undefined) {
      parts.push(l10n.t('changelog offset {0}', String(changelogOffset)));
    }
    if (shown?.facts !== undefined) parts.push(formatWords(shown.facts, translate));
    if (live) parts.push(l10n.t('live'));
    return parts.join(' · ');
  }
}

const translate: Translate = (message, ...args) => l10n.t(message, ...args);

/** Whether a document has the value as it is stored, of a large one the beginning. */
function isStored(shown: ValueDocument['shown']): boolean {
  return shown !== undefined && (shown.facts === undefined || isPlainFormat(shown.facts.format));
}

function problemText({ shown, openedAs }: ValueDocument): string {
  return formatProblem(shown?.problem, openedAs?.format ?? 'auto', translate) ?? '';
}

const firstLine = new vscode.Range(0, 0, 0, 0);

function text(title: string): vscode.CodeLens {
  return new vscode.CodeLens(firstLine, { title, command: '' });
}

function action(title: string, command: string, uri: vscode.Uri): vscode.CodeLens {
  return new vscode.CodeLens(firstLine, { title, command, arguments: [uri] });
}
