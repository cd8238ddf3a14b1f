import path from 'node:path';
import * as vscode from 'vscode';
import { messageFor, type Application, type NextStep } from '../app/index';
import { commandIds, settingIds } from './contributions';
import { copyFolders } from './copyFolders';
import type { Notice } from './registerCommand';
import { workspaceFolderOf } from './workspaceFolder';

/** What an error is about, for the buttons of its message. */
export interface ErrorContext {
  /** as people call it: `f-in[0]`, an app's name */
  readonly subject: string;
  readonly app?: Application;
  readonly path?: string;
  readonly tryAgain?: () => unknown;
  readonly useLocalBroker?: () => unknown;
  /** Run it although the person was warned. */
  readonly runAnyway?: () => unknown;
  readonly useAnotherGroup?: () => unknown;
  readonly install?: () => unknown;
  readonly selectInterpreter?: () => unknown;
  /** Stop our app that holds what is wanted, then run; undefined: it is not ours. */
  readonly stopApp?: () => unknown;
}

/** The sentence for an error with its next steps as buttons. */
export function noticeFor(
  error: unknown,
  context: ErrorContext,
  log: vscode.LogOutputChannel,
): Notice {
  const { text, nextSteps } = messageFor(error, context.subject);
  const actions = nextSteps.map((step) => action(step, context, log));
  return { text, actions: actions.filter((button) => button !== undefined) };
}

function action(
  step: NextStep,
  context: ErrorContext,
  log: vscode.LogOutputChannel,
): Notice['actions'][number] | undefined {
  const { l10n, commands, env } = vscode;
  const { app, path: subjectPath, tryAgain, useLocalBroker } = context;
  if (typeof step === 'object') return placeAction(step, tryAgain);
  switch (step) {
    case 'tryAgain':
      return tryAgain && { title: l10n.t('Try Again'), run: tryAgain };
    case 'install':
      return context.install && { title: l10n.t('Install'), run: context.install };
    case 'selectInterpreter':
      return (
        context.selectInterpreter && {
          title: l10n.t('Select Interpreter'),
          run: context.selectInterpreter,
        }
      );
    case 'runAnyway':
      return context.runAnyway && { title: l10n.t('Run Anyway'), run: context.runAnyway };
    case 'stopApp':
      return context.stopApp && { title: l10n.t('Stop App'), run: context.stopApp };
    case 'restart':
      return tryAgain && { title: l10n.t('Run App with State'), run: tryAgain };
    case 'useAnotherGroup':
      return (
        context.useAnotherGroup && {
          title: l10n.t('Use Another Group'),
          run: context.useAnotherGroup,
        }
      );
    case 'showFailedMessage':
      return {
        title: l10n.t('Show Failed Message'),
        run: () => commands.executeCommand(commandIds.showFailedMessage, app),
      };
    case 'useLocalBroker':
      return useLocalBroker && { title: l10n.t('Use Local Broker'), run: useLocalBroker };
    case 'openEnv':
      return app && { title: l10n.t('Open .env'), run: () => openEnv(app) };
    case 'copyPath':
      return subjectPath === undefined
        ? undefined
        : { title: l10n.t('Copy Path'), run: () => env.clipboard.writeText(subjectPath) };
    case 'chooseFolder':
      return {
        title: l10n.t('Choose Folder...'),
        run: () => commands.executeCommand(commandIds.openStateFolder),
      };
    case 'runApp':
      return {
        title: l10n.t('Run App with State'),
        run: () => commands.executeCommand(commandIds.runAppWithState),
      };
    case 'openSettings':
      return {
        title: l10n.t('Open Settings'),
        run: () =>
          commands.executeCommand('workbench.action.openSettings', settingIds.localBrokerPort),
      };
    case 'manageTrust':
      return {
        title: l10n.t('Manage Workspace Trust'),
        run: () => commands.executeCommand('workbench.trust.manage'),
      };
    case 'reportIssue':
      return {
        title: l10n.t('Report Issue'),
        run: () => commands.executeCommand('workbench.action.openIssueReporter'),
      };
    case 'showLog':
      return { title: l10n.t('Show Log'), run: () => log.show(true) };
  }
}

/** Opens the `.env` that the app reads; a new one beside its main file where there is none yet. */
async function openEnv(app: Application): Promise<void> {
  const root = workspaceFolderOf(app)?.uri.fsPath;
  const folders = [path.dirname(app.mainFile), app.folder, ...(root === undefined ? [] : [root])];
  const files = folders.map((folder) => vscode.Uri.file(path.join(folder, '.env')));
  for (const file of files) {
    const isThere = await vscode.workspace.fs.stat(file).then(
      () => true,
      () => false,
    );
    if (isThere) {
      await vscode.window.showTextDocument(file);
      return;
    }
  }
  const file = vscode.Uri.file(path.join(app.folder, '.env')).with({ scheme: 'untitled' });
  await vscode.window.showTextDocument(file);
}

type PlaceStep = Extract<NextStep, object>;

/** A step that names where it goes. */
function placeAction(
  step: PlaceStep,
  tryAgain: ErrorContext['tryAgain'],
): Notice['actions'][number] {
  const { l10n, commands, window, Uri } = vscode;
  if ('usePort' in step) {
    return {
      title: l10n.t('Use Port {0}', step.usePort),
      run: async () => {
        const { Global } = vscode.ConfigurationTarget;
        const configuration = vscode.workspace.getConfiguration();
        await configuration.update(settingIds.localBrokerPort, step.usePort, Global);
        await tryAgain?.();
      },
    };
  }
  if ('goTo' in step) {
    const { file, line } = step.goTo;
    const start = new vscode.Position(line - 1, 0);
    return {
      title: l10n.t('Go to Line'),
      run: () =>
        window.showTextDocument(Uri.file(file), { selection: new vscode.Range(start, start) }),
    };
  }
  if ('open' in step) {
    return { title: l10n.t('Open File'), run: () => window.showTextDocument(Uri.file(step.open)) };
  }
  if ('verify' in step) {
    return {
      title: l10n.t('Verify Store'),
      run: () => commands.executeCommand(commandIds.verifyStore, Uri.file(step.verify)),
    };
  }
  if ('copyFolder' in step) {
    return { title: l10n.t('Copy Folder...'), run: () => copyFolders(step.copyFolder) };
  }
  return {
    title: l10n.t('Reveal in File Manager'),
    run: () => commands.executeCommand('revealFileInOS', Uri.file(step.reveal)),
  };
}
