import * as vscode from 'vscode';
import { installDebugpyCommand, type Application, type Interpreter } from '../../app/index';
import { runTask } from '../run/installation';

/**
 * Installs debugpy in an app's interpreter, in a terminal, with Cancel.
 * @throws InstallError, vscode.CancellationError
 */
export async function installDebugpy(app: Application, interpreter: Interpreter): Promise<void> {
  const title = vscode.l10n.t('Installing debugpy');
  const location = vscode.ProgressLocation.Notification;
  await vscode.window.withProgress({ location, title, cancellable: true }, async (_, token) => {
    const abort = new AbortController();
    token.onCancellationRequested(() => abort.abort(new vscode.CancellationError()));
    const command = await installDebugpyCommand(interpreter, app.folder);
    await runTask(title, command, abort.signal);
  });
}
