import * as vscode from 'vscode';
import { applicationOfFile, NoApplicationError, type Application } from '../app/index';
import { printable } from '../quixstreams/index';
import type { AppRuns } from './appRuns';
import type { BrokerHost } from './brokerHost';
import { commandIds } from './contributions';
import { nodeOf } from './entryCommands';
import { noticeFor } from './nextSteps';
import { cancellable } from './progress';
import { CommandNotice, type Commands } from './registerCommand';
import type { StateFolders } from './stateFolders';

/** What run commands work on. */
export interface RunCommandsHost {
  readonly runs: AppRuns;
  readonly broker: BrokerHost;
  readonly folders: StateFolders;
  readonly log: vscode.LogOutputChannel;
}

/** Run App with State, Stop App, and the commands of the local broker. */
export function registerRunCommands(commands: Commands, host: RunCommandsHost): vscode.Disposable {
  const { runs, broker } = host;
  return vscode.Disposable.from(
    commands.registerTrusted(commandIds.runAppWithState, async (target) => {
      const app = appOf(target) ?? (await chooseIdleApp(host));
      if (app !== undefined) await run(commands, host, app, false);
    }),
    commands.registerTrusted(commandIds.stopApp, async (target) => {
      const app = appOf(target) ?? (await pick(runs.running, vscode.l10n.t('Stop which app?')));
      if (app !== undefined) await runs.stop(app);
    }),
    commands.registerTrusted(commandIds.startLocalBroker, () =>
      cancellable(vscode.l10n.t('Starting the local broker'), () => broker.start()),
    ),
    commands.registerTrusted(commandIds.stopLocalBroker, () => broker.stop()),
    commands.register(commandIds.copyBrokerAddress, async () => {
      if (broker.address !== undefined) await vscode.env.clipboard.writeText(broker.address);
    }),
  );
}

async function run(
  commands: Commands,
  host: RunCommandsHost,
  app: Application,
  useLocalBroker: boolean,
): Promise<void> {
  try {
    await host.runs.run(app, useLocalBroker);
  } catch (error) {
    if (error instanceof vscode.CancellationError) throw error;
    const again = (local: boolean) => () =>
      run(commands, host, app, local).catch((failure: unknown) => {
        if (failure instanceof CommandNotice) void commands.notify(failure.notice);
      });
    const context = {
      subject: printable(app.name),
      app,
      tryAgain: again(useLocalBroker),
      useLocalBroker: again(true),
    };
    throw new CommandNotice(noticeFor(error, context, host.log));
  }
}

function appOf(target: unknown): Application | undefined {
  const node = nodeOf(target);
  return node?.kind === 'app' ? node.app : undefined;
}

/** The only app that we do not run, the one that the person chooses, else the file that is open. */
async function chooseIdleApp({ folders, runs }: RunCommandsHost): Promise<Application | undefined> {
  if (folders.apps.length === 0) await folders.scan();
  const idle = folders.apps.filter((app) => !runs.isRunning(app));
  if (idle.length > 0) return pick(idle, vscode.l10n.t('Run which app?'));
  const file = vscode.window.activeTextEditor?.document.uri;
  const open = file?.scheme === 'file' ? await applicationOfFile(file.fsPath) : undefined;
  if (open === undefined && folders.apps.length === 0) throw new NoApplicationError();
  return open === undefined || runs.isRunning(open) ? undefined : open;
}

async function pick(
  apps: readonly Application[],
  placeHolder: string,
): Promise<Application | undefined> {
  if (apps.length < 2) return apps[0];
  const items = apps.map((app) => ({
    label: printable(app.name),
    description: printable(vscode.workspace.asRelativePath(app.folder)),
    app,
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.app;
}
