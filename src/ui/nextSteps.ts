import path from 'node:path';
import * as vscode from 'vscode';
import { messageFor, type Application, type NextStep } from '../app/index';
import { commandIds, settingIds } from './contributions';
import type { Notice } from './registerCommand';

/** What an error is about, for the buttons of its message. */
export interface ErrorContext {
  /** as people call it: `f-in[0]`, an app's name */
  readonly subject: string;
  readonly app?: Application;
  readonly path?: string;
  readonly tryAgain?: () => unknown;
  readonly useLocalBroker?: () => unknown;
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
  if (typeof step === 'object') {
    const { usePort } = step;
    return {
      title: l10n.t('Use Port {0}', usePort),
      run: async () => {
        const { Global } = vscode.ConfigurationTarget;
        await vscode.workspace
          .getConfiguration()
          .update(settingIds.localBrokerPort, usePort, Global);
        await tryAgain?.();
      },
    };
  }
  switch (step) {
    case 'tryAgain':
      return tryAgain && { title: l10n.t('Try Again'), run: tryAgain };
    case 'useLocalBroker':
      return useLocalBroker && { title: l10n.t('Use Local Broker'), run: useLocalBroker };
    case 'openEnv':
      return (
        app && {
          title: l10n.t('Open .env'),
          run: () => vscode.window.showTextDocument(vscode.Uri.file(path.join(app.folder, '.env'))),
        }
      );
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
