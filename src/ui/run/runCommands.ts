import * as vscode from 'vscode';
import { applicationOfFile, NoApplicationError, type Application } from '../../app/index';
import { printable } from '../../quixstreams/index';
import { commandIds } from '../contributions';
import { cancellable } from '../progress';
import type { Commands } from '../registerCommand';
import type { StateFolders } from '../state/stateFolders';
import { nodeOf } from '../value/entryCommands';
import { pickApp } from './pickApp';
import type { AppRuns } from './appRuns';
import type { RunOptions } from './runOptions';
import type { BrokerHost } from './brokerHost';
import type { RunSteps } from './runSteps';

/** What run commands work on. */
export interface RunCommandsHost {
  readonly runs: AppRuns;
  readonly broker: BrokerHost;
  readonly folders: StateFolders;
  readonly steps: RunSteps;
}

/** Run App with State, Stop App, Restart App, and the commands of the local broker. */
export function registerRunCommands(commands: Commands, host: RunCommandsHost): vscode.Disposable {
  const { runs, broker, steps } = host;
  const run = (app: Application, options: RunOptions): Promise<void> =>
    steps.attempt(
      app,
      options,
      () => runs.run(app, options),
      (other) => run(app, other),
    );
  return vscode.Disposable.from(
    commands.registerTrusted(commandIds.runAppWithState, async (target) => {
      const app = appOf(target) ?? (await chooseIdleApp(host));
      if (app !== undefined) await run(app, {});
    }),
    commands.registerTrusted(commandIds.stopApp, async (target) => {
      const app = appOf(target) ?? (await pickApp(runs.running, vscode.l10n.t('Stop which app?')));
      if (app !== undefined) await runs.stop(app);
    }),
    commands.registerTrusted(commandIds.restartApp, async (target) => {
      const app =
        appOf(target) ?? (await pickApp(runs.running, vscode.l10n.t('Restart which app?')));
      if (app === undefined) return;
      const { options, again } = runs.runOf(app) ?? {};
      await steps.attempt(
        app,
        options ?? {},
        () => runs.restart(app),
        again ?? ((other) => run(app, other)),
      );
    }),
    commands.registerTrusted(commandIds.startLocalBroker, () =>
      cancellable(vscode.l10n.t('Starting the local broker'), () => broker.start()),
    ),
    commands.registerTrusted(commandIds.stopLocalBroker, () => stopBroker(host)),
    commands.register(commandIds.copyBrokerAddress, async () => {
      if (broker.address !== undefined) await vscode.env.clipboard.writeText(broker.address);
    }),
    runs.onDidFail(({ run: { app, options, again }, error }) => {
      const notice = steps.noticeOf(error, app, options, again);
      void notice.then((shown) => commands.notify(shown));
    }),
  );
}

/** An app whose broker goes away hangs for minutes: our apps are stopped before it, if the person wants that. */
async function stopBroker({ runs, broker }: RunCommandsHost): Promise<void> {
  const users = runs.onLocalBroker;
  if (users.length > 0) {
    const { l10n } = vscode;
    const names = users.map(({ name }) => `"${printable(name)}"`).join(', ');
    const stopAll = l10n.t('Stop Apps and Broker');
    const text = l10n.t('The local broker is in use by {0}.', names);
    const chosen = await vscode.window.showWarningMessage(text, { modal: true }, stopAll);
    if (chosen !== stopAll) return;
    if (!(await runs.stopAll(users))) return;
  }
  await broker.stop();
}

function appOf(target: unknown): Application | undefined {
  const node = nodeOf(target);
  return node?.kind === 'app' ? node.app : undefined;
}

/** The only app that we do not run, the one that the person chooses, else the file that is open. */
async function chooseIdleApp({
  folders,
  runs,
}: Pick<RunCommandsHost, 'folders' | 'runs'>): Promise<Application | undefined> {
  if (folders.apps.length === 0) await folders.scan();
  const idle = folders.apps.filter((app) => !runs.isRunning(app));
  if (idle.length > 0) return pickApp(idle, vscode.l10n.t('Run which app?'));
  const file = vscode.window.activeTextEditor?.document.uri;
  const open = file?.scheme === 'file' ? await openApplication(file) : undefined;
  if (open === undefined && folders.apps.length === 0) throw new NoApplicationError();
  return open === undefined || runs.isRunning(open) ? undefined : open;
}

/** The file that is open, as an app. */
function openApplication(file: vscode.Uri): Promise<Application | undefined> {
  const folder = vscode.workspace.getWorkspaceFolder(file);
  return applicationOfFile(file.fsPath, folder?.uri.fsPath ?? file.fsPath);
}
