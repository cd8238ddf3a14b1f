import * as vscode from 'vscode';
import type { Application } from '../../app/index';
import { commandIds, debugType } from '../contributions';
import type { Commands } from '../registerCommand';
import type { AppRuns } from '../run/appRuns';
import { runConfigurationOf } from '../run/launchConfigurations';
import type { RunPreparation } from '../run/prepareRun';
import type { RunSteps } from '../run/runSteps';
import type { StateFolders } from '../state/stateFolders';
import { workspaceFolderOf } from '../workspaceFolder';
import { nodeOf } from '../value/entryCommands';
import { DebugAdapters } from './debugAdapters';
import { debugAgain } from './debugAgain';
import { DebugApps } from './debugApps';
import { debugpyType } from './debugConfiguration';
import { DebugConfigurations, launchConfigurationOf } from './debugConfigurations';
import { DebugSessions } from './debugSessions';
import { DebugTerminals } from './debugTerminals';

/** What debugging works on. */
export interface DebuggingHost {
  readonly folders: StateFolders;
  readonly preparation: RunPreparation;
  readonly runs: AppRuns;
  readonly steps: RunSteps;
  readonly log: vscode.LogOutputChannel;
}

/** Debug App with State, and the debug type `quix-streams`. */
export function registerDebugging(
  commands: Commands,
  { folders, preparation, runs, steps, log }: DebuggingHost,
): vscode.Disposable {
  const apps = new DebugApps(folders);
  const terminals = new DebugTerminals();
  const sessions = new DebugSessions(
    {
      prepare: (app, options) => preparation.prepare(app, options),
      adopt: (session, prepared, options) =>
        runs.adopt(session, prepared, options, (other) => debugAgain(session, other)),
    },
    terminals,
  );
  const run = (app: Application, options: Parameters<AppRuns['run']>[1]): Promise<void> =>
    steps.attempt(
      app,
      options ?? {},
      () => runs.run(app, options),
      (other) => run(app, other),
    );
  const configurations = new DebugConfigurations({
    apps,
    sessions,
    commands,
    steps,
    log,
    run: (app, configuration) => run(app, { configuration }),
  });
  const { Initial, Dynamic } = vscode.DebugConfigurationProviderTriggerKind;
  const { debug } = vscode;
  return vscode.Disposable.from(
    terminals,
    sessions,
    debug.registerDebugConfigurationProvider(debugType, configurations, Initial),
    debug.registerDebugConfigurationProvider(debugType, dynamic(configurations), Dynamic),
    debug.registerDebugConfigurationProvider(debugpyType, last(configurations)),
    debug.registerDebugAdapterDescriptorFactory(debugType, new DebugAdapters()),
    debug.registerDebugAdapterTrackerFactory(debugType, sessions),
    debug.registerDebugAdapterTrackerFactory(debugpyType, sessions),
    commands.registerTrusted(commandIds.debugAppWithState, async (target) => {
      const node = nodeOf(target);
      const app = node?.kind === 'app' ? node.app : await apps.choose();
      if (app !== undefined) await start(app);
    }),
  );
}

/** Debugs an app as launch.json says, if it says so. */
async function start(app: Application): Promise<void> {
  const folder = workspaceFolderOf(app);
  const configuration = { ...launchConfigurationOf(app), ...runConfigurationOf(app) };
  await vscode.debug.startDebugging(folder, configuration);
}

/** A provider that only offers: resolving is asked of each that is registered. */
function dynamic(provider: DebugConfigurations): vscode.DebugConfigurationProvider {
  return { provideDebugConfigurations: (folder) => provider.provideDebugConfigurations(folder) };
}

/** For configurations that became those of the Python Debugger. */
function last(provider: DebugConfigurations): vscode.DebugConfigurationProvider {
  return {
    resolveDebugConfigurationWithSubstitutedVariables: (folder, configuration) =>
      provider.resolveDebugConfigurationWithSubstitutedVariables(folder, configuration),
  };
}
