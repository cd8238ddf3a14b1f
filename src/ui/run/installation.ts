import * as vscode from 'vscode';
import {
  InstallError,
  installCommands,
  type Application,
  type LaunchConfiguration,
} from '../../app/index';
import { printable } from '../../quixstreams/index';

/**
 * Makes `.venv` in an app's folder and installs what the app needs, in a terminal, with progress and Cancel.
 * @throws InstallError when a command fails, vscode.CancellationError
 */
export async function installQuixStreams(app: Application): Promise<void> {
  const title = vscode.l10n.t('Installing what {0} needs', printable(app.name));
  const location = vscode.ProgressLocation.Notification;
  await vscode.window.withProgress(
    { location, title, cancellable: true },
    async (progress, token) => {
      const abort = new AbortController();
      token.onCancellationRequested(() => abort.abort(new vscode.CancellationError()));
      const commands = await installCommands(app, abort.signal);
      for (const command of commands) {
        progress.report({ message: printable([command.command, ...command.args].join(' ')) });
        await runTask(title, command, abort.signal);
      }
    },
  );
}

/** A task shows in a terminal, and tells its exit code whatever the shell. */
export async function runTask(
  title: string,
  { command, args, cwd, env }: LaunchConfiguration,
  signal: AbortSignal,
): Promise<void> {
  const task = new vscode.Task(
    { type: 'process' },
    vscode.TaskScope.Workspace,
    title,
    'State Folder',
    new vscode.ProcessExecution(command, [...args], { cwd, env: { ...env } }),
  );
  task.presentationOptions = { reveal: vscode.TaskRevealKind.Always, showReuseMessage: false };
  const ended = new Promise<number | undefined>((resolve) => {
    const subscription = vscode.tasks.onDidEndTaskProcess((event) => {
      if (event.execution.task !== task) return;
      subscription.dispose();
      resolve(event.exitCode);
    });
  });
  signal.throwIfAborted();
  const execution = await vscode.tasks.executeTask(task);
  const terminate = () => execution.terminate();
  signal.addEventListener('abort', terminate);
  const exitCode = await ended.finally(() => signal.removeEventListener('abort', terminate));
  signal.throwIfAborted();
  if (exitCode !== 0) throw new InstallError([command, ...args].join(' '), exitCode);
}
