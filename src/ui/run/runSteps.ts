import * as vscode from 'vscode';
import { LockedError, SeveralPartitionsError, type Application } from '../../app/index';
import { printable } from '../../quixstreams/index';
import { noticeFor } from '../nextSteps';
import { CommandNotice, type Commands, type Notice } from '../registerCommand';
import type { AppRun } from './appRun';
import type { AppRuns } from './appRuns';
import type { RunOptions } from './runOptions';
import { installQuixStreams } from './installation';
import { runConfigurationOf } from './launchConfigurations';
import type { RunPreparation } from './prepareRun';
import { chooseInterpreter } from './pythonExtension';

/** What a person can do next when an app does not run, be it under the debugger or not. */
export class RunSteps {
  constructor(
    private readonly commands: Commands,
    private readonly preparation: RunPreparation,
    private readonly runs: AppRuns,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /**
   * Tries to run an app; what goes wrong becomes a message with its next steps, each of which may try `again`.
   * @throws CommandNotice, vscode.CancellationError
   */
  async attempt(
    app: Application,
    options: RunOptions,
    run: () => Promise<void>,
    again: (options: RunOptions) => Promise<void>,
  ): Promise<void> {
    try {
      await run();
    } catch (error) {
      if (error instanceof vscode.CancellationError || error instanceof CommandNotice) throw error;
      throw new CommandNotice(await this.noticeOf(error, app, options, again));
    }
  }

  /** What is said of an error in running an app, with its next steps. */
  async noticeOf(
    error: unknown,
    app: Application,
    options: RunOptions,
    again: (options: RunOptions) => Promise<void>,
  ): Promise<Notice> {
    const retry = (other: RunOptions) => () =>
      this.commands.attempt(() => again({ ...options, ...other }));
    const attempt = (work: () => Promise<void>) => () =>
      this.commands.attempt(() => this.attempt(app, options, work, again));
    const holder = await this.#holderOf(error);
    return noticeFor(
      error,
      {
        subject: printable(app.name),
        app,
        tryAgain: retry({}),
        useLocalBroker: retry({ useLocalBroker: true }),
        runAnyway: retry({ anyway: [...(options.anyway ?? []), kindOf(error)] }),
        install: attempt(async () => {
          await installQuixStreams(app);
          await again(options);
        }),
        selectInterpreter: attempt(async () => {
          const chosen = await chooseInterpreter();
          if (chosen !== undefined) await this.preparation.chooseInterpreter(app, chosen);
          await again(options);
        }),
        useAnotherGroup: attempt(async () => {
          const consumerGroup = await askForGroup();
          const before = options.configuration ?? runConfigurationOf(app);
          const configuration = { ...before, consumerGroup };
          await again({ ...options, configuration });
        }),
        ...(holder && {
          stopApp: attempt(async () => {
            if (await this.runs.stop(holder.app)) await again(options);
          }),
        }),
      },
      this.log,
    );
  }

  /** Our run that holds a lock that is wanted. */
  async #holderOf(error: unknown): Promise<AppRun | undefined> {
    const locked = error instanceof SeveralPartitionsError ? error.errors[0] : error;
    if (!(locked instanceof LockedError) || locked.pid === undefined) return undefined;
    return this.runs.runOfProcess(locked.pid);
  }
}

/** What a person who runs an app anyway has seen. */
function kindOf(error: unknown): string {
  const one: unknown = error instanceof SeveralPartitionsError ? error.errors[0] : error;
  return one instanceof Error ? one.name : '';
}

/** @throws vscode.CancellationError when the person gives none */
async function askForGroup(): Promise<string> {
  const group = await vscode.window.showInputBox({
    title: vscode.l10n.t('Use Another Group'),
    prompt: vscode.l10n.t('Consumer group. Its state and its offsets begin anew.'),
    validateInput: (text) =>
      /^[\w.-]{1,249}$/.test(text)
        ? undefined
        : vscode.l10n.t('Letters, digits, dots, hyphens and underscores.'),
  });
  if (group === undefined) throw new vscode.CancellationError();
  return group;
}
