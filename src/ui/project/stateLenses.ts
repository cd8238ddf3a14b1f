import * as vscode from 'vscode';
import { isStateOn, type StatefulDeployment } from '../../app/index';
import { commandIds, type CommandId } from '../contributions';
import { quixYamlSelector, rangeOf, type QuixYamlDocuments } from './quixYamlDocuments';
import type { DeploymentReference } from './stateCommands';
import { stateWords } from './stateWords';

const { l10n } = vscode;

/** Above each deployment of a quix.yaml: whether it has state, and what can be done about it. */
export class StateLenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.#changed.event;
  readonly #subscriptions: vscode.Disposable;

  constructor(private readonly documents: QuixYamlDocuments) {
    this.#subscriptions = vscode.Disposable.from(
      this.#changed,
      vscode.languages.registerCodeLensProvider(quixYamlSelector, this),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#changed.fire()),
    );
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const { deployments } = await this.documents.read(document);
    return deployments.flatMap((deployment) => {
      const range = rangeOf(document, { start: deployment.span.start, end: deployment.span.start });
      const words = new vscode.CodeLens(range, { title: stateWords(deployment), command: '' });
      if (!vscode.workspace.isTrusted) return [words];
      const actions = actionsFor(deployment).map(([title, command]) => {
        const { index, name } = deployment;
        const reference: DeploymentReference = { index, name };
        return new vscode.CodeLens(range, {
          title,
          command,
          arguments: [document.uri, reference],
        });
      });
      return [words, ...actions];
    });
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }
}

/** Titles as those of the commands in package.nls.json. */
function actionsFor(deployment: StatefulDeployment): [string, CommandId][] {
  const on = isStateOn(deployment);
  const enable: [string, CommandId] = [l10n.t('Enable State'), commandIds.enableState];
  if (on === false) return [enable];
  const change: [string, CommandId] = [l10n.t('Change State Size...'), commandIds.changeStateSize];
  const disable: [string, CommandId] = [l10n.t('Disable State'), commandIds.disableState];
  return on === true ? [change, disable] : [enable, disable];
}
