import * as vscode from 'vscode';
import { printable } from '../../quixstreams/index';
import type { Used } from './appRun';

/** What a run uses, and what was given to it that its code overrules. */
export function usedFacts(uses: readonly Used[]): [string, string][] {
  const names = {
    broker: vscode.l10n.t('Broker'),
    group: vscode.l10n.t('Consumer group'),
    stateFolder: vscode.l10n.t('State folder'),
  };
  return uses.map(({ what, used, given }) => [
    names[what],
    given === undefined
      ? printable(used)
      : vscode.l10n.t('{0} (in code; overrules {1})', printable(used), printable(given)),
  ]);
}
