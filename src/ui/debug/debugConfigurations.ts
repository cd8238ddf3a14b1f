import path from 'node:path';
import * as vscode from 'vscode';
import {
  checkDebugpy,
  findInterpreter,
  type Application,
  type Interpreter,
  type RunConfiguration,
} from '../../app/index';
import { printable } from '../../quixstreams/index';
import { debugType } from '../contributions';
import { noticeFor } from '../nextSteps';
import { CommandNotice, type Commands } from '../registerCommand';
import type { RunOptions } from '../run/runOptions';
import type { PreparedRun } from '../run/prepareRun';
import type { RunSteps } from '../run/runSteps';
import {
  anywayKey,
  debugpyType,
  launchOf,
  marked,
  markOf,
  pythonDebuggerId,
  terminalTells,
  unresolved,
  type Mark,
} from './debugConfiguration';
import { startDebugging } from './debugAgain';
import type { DebugApps } from './debugApps';
import type { DebugSessions } from './debugSessions';
import { installDebugpy } from './installDebugpy';

/** What the configurations of type `quix-streams` need. */
export interface DebugConfigurationsHost {
  readonly apps: DebugApps;
  readonly sessions: DebugSessions;
  readonly commands: Commands;
  readonly steps: RunSteps;
  readonly log: vscode.LogOutputChannel;
  /** Runs an app without a debugger. */
  run(app: Application, configuration: RunConfiguration): Promise<void>;
}

/** Offers configurations, and resolves them to what debugpy understands. */
export class DebugConfigurations implements vscode.DebugConfigurationProvider {
  constructor(private readonly host: DebugConfigurationsHost) {}

  /** One for each app of the folder: for a new launch.json, and for the list of what can be debugged. */
  async provideDebugConfigurations(
    folder: vscode.WorkspaceFolder | undefined,
  ): Promise<vscode.DebugConfiguration[]> {
    const apps = await this.host.apps.below(folder);
    return apps.map((app) => ({
      type: debugType,
      request: 'launch',
      name: app.name,
      program: folder === undefined ? app.mainFile : programOf(app, folder),
    }));
  }

  /** Before variables are replaced: F5 without a launch.json gets its app, and the Python Debugger takes over. */
  async resolveDebugConfiguration(
    _folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration | undefined> {
    if (configuration.subProcessId !== undefined) return configuration;
    let complete = configuration;
    if (isEmpty(configuration)) {
      const app = await this.host.commands.attempt(() => this.host.apps.choose());
      if (app === undefined) return undefined;
      complete = launchConfigurationOf(app as Application);
    }
    const anyway = (complete[anywayKey] ?? []) as readonly string[];
    const type = vscode.extensions.getExtension(pythonDebuggerId) ? debugpyType : debugType;
    return marked(complete, type, anyway);
  }

  /** Last: the run is prepared, and the configuration becomes debugpy's. */
  async resolveDebugConfigurationWithSubstitutedVariables(
    folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration | undefined> {
    const mark = markOf(configuration);
    if (mark === undefined) return configuration;
    if (configuration.request === 'attach') return this.#attach(folder, configuration, mark);
    const { apps, commands, sessions, steps } = this.host;
    const { attributes, anyway } = mark;
    const run = attributes as RunConfiguration;
    const again = (other: RunOptions) =>
      startDebugging(folder, unresolved(configuration, mark), other);
    let resolved: vscode.DebugConfiguration | undefined;
    await commands.attempt(async () => {
      const app = await apps.of(run.program, folder);
      if (app === undefined) return;
      if (configuration.noDebug === true) return this.host.run(app, run);
      const options: RunOptions = { configuration: run, anyway };
      const taken: { prepared?: PreparedRun } = {};
      const prepare = async () => {
        taken.prepared = await sessions.prepare(mark.id, app, options);
      };
      await steps.attempt(app, options, prepare, again);
      const { prepared } = taken;
      if (prepared === undefined) return;
      if (configuration.type === debugType) {
        await this.#needDebugpy(app, prepared.interpreter, again).catch((error: unknown) => {
          sessions.forget(mark.id);
          throw error;
        });
      }
      resolved = launchOf(configuration, attributes, prepared, tells(folder));
    });
    return resolved;
  }

  /** Attaches to where debugpy listens; to a process with the adapter of the app's interpreter. */
  async #attach(
    folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
    mark: Mark,
  ): Promise<vscode.DebugConfiguration | undefined> {
    if (configuration.processId === undefined) return { connect: listening, ...configuration };
    if (configuration.type !== debugType) return configuration;
    const { apps, commands, log } = this.host;
    let resolved: vscode.DebugConfiguration | undefined;
    await commands.attempt(async () => {
      const app = await apps.choose();
      if (app === undefined) return;
      const { python } = mark.attributes;
      const interpreter = await findInterpreter(app, {
        workspaceFolder: folder?.uri.fsPath ?? app.folder,
        preferred: python === undefined ? [] : [python],
        tell: (line) => log.info(printable(line)),
      });
      const again = () => startDebugging(folder, unresolved(configuration, mark), {});
      await this.#needDebugpy(app, interpreter, again);
      resolved = {
        ...configuration,
        python: interpreter.command,
        pythonArgs: [...interpreter.args],
      };
    });
    return resolved;
  }

  /** @throws CommandNotice, which offers to install it */
  async #needDebugpy(
    app: Application,
    interpreter: Interpreter,
    again: (options: RunOptions) => Promise<void>,
  ): Promise<void> {
    const { commands, log } = this.host;
    try {
      await checkDebugpy(interpreter, app.folder);
    } catch (error) {
      const install = () =>
        commands.attempt(async () => {
          await installDebugpy(app, interpreter);
          await again({});
        });
      throw new CommandNotice(
        noticeFor(error, { subject: printable(app.name), app, install }, log),
      );
    }
  }
}

/** Debugs an app without a configuration in launch.json. */
export function launchConfigurationOf(app: Application): vscode.DebugConfiguration {
  return { type: debugType, request: 'launch', name: app.name, program: app.mainFile };
}

/** Where `python -m debugpy --listen` listens in its documentation. */
const listening = { host: '127.0.0.1', port: 5678 };

function tells(folder: vscode.WorkspaceFolder | undefined): boolean {
  const integration = vscode.workspace
    .getConfiguration('terminal.integrated.shellIntegration', folder?.uri)
    .get<boolean>('enabled', true);
  return terminalTells(vscode.env.shell, integration);
}

/** VS Code asks with nothing at all where there is no launch.json. */
function isEmpty({ type, request, name }: Partial<vscode.DebugConfiguration>): boolean {
  return type === undefined && request === undefined && name === undefined;
}

function programOf(app: Application, folder: vscode.WorkspaceFolder): string {
  const relative = path.relative(folder.uri.fsPath, app.mainFile).split(path.sep).join('/');
  return `\${workspaceFolder}/${relative}`;
}
