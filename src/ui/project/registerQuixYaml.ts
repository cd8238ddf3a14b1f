import * as vscode from 'vscode';
import type { Commands } from '../registerCommand';
import { QuixYamlDocuments } from './quixYamlDocuments';
import { registerStateCommands } from './stateCommands';
import { StateDiagnostics } from './stateDiagnostics';
import { StateHelp } from './stateHelp';
import { StateLenses } from './stateLenses';

/** All that the editor does for `state` in quix.yaml. */
export function registerQuixYaml(
  commands: Commands,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  const documents = new QuixYamlDocuments();
  return vscode.Disposable.from(
    registerStateCommands(commands, documents),
    new StateLenses(documents),
    new StateHelp(documents),
    new StateDiagnostics(documents, log),
  );
}
