// A debug configuration on its way from launch.json to debugpy:
//
//   launch.json        type quix-streams: program, stateDir, broker, … as package.json describes them
//   resolved, first    type debugpy where the Python Debugger is installed, which then adds what it wants; the attributes
//                      as they were written are kept below `__stateFolder`
//   resolved, last     VS Code replaced its variables; python, env, cwd, … are those of the prepared run
//   a child process    debugpy asks for a session for each: a copy of the last with `subProcessId`
//                      (debugpy/adapter/clients.py, notify_of_subprocess)

import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type * as vscode from 'vscode';
import type { RunConfiguration } from '../../app/index';
import { debugType } from '../contributions';
import type { PreparedRun } from '../run/prepareRun';

/** Type of the Python Debugger's configurations. */
export const debugpyType = 'debugpy';
export const pythonDebuggerId = 'ms-python.debugpy';

/** Attributes of a configuration: the run's, and what else debugpy understands. */
export type Attributes = RunConfiguration & Readonly<Record<string, unknown>>;

/** What makes a configuration ours, of whatever type. */
export interface Mark {
  readonly id: string;
  /** as they were written, for the Python Debugger fills in some */
  readonly attributes: Attributes;
  /** the person has seen what is wrong with the state folder */
  readonly anyway: readonly string[];
}

const markKey = '__stateFolder';
/** Set on a configuration that is tried again with what is wrong with its state seen: names of errors. */
export const anywayKey = '__stateFolderAnyway';

/** A configuration of launch.json, or of F5, as VS Code resolves on. */
export function marked(
  configuration: vscode.DebugConfiguration,
  type: string,
  anyway: readonly string[],
): vscode.DebugConfiguration {
  const attributes = Object.fromEntries(
    Object.entries(configuration).filter(([name]) => !['type', 'request', 'name'].includes(name)),
  );
  const mark: Mark = { id: randomUUID(), attributes, anyway };
  return { ...configuration, type, [markKey]: mark };
}

/** The mark of a configuration of ours; undefined for all others, and for those of child processes. */
export function markOf(configuration: vscode.DebugConfiguration): Mark | undefined {
  if (configuration.subProcessId !== undefined) return undefined;
  const mark = configuration[markKey] as Partial<Mark> | undefined;
  return typeof mark?.id === 'string' ? (mark as Mark) : undefined;
}

/** What VS Code starts anew with, as it was written. */
export function unresolved(
  configuration: vscode.DebugConfiguration,
  { attributes }: Mark,
): vscode.DebugConfiguration {
  const { request, name } = configuration;
  return { ...attributes, type: debugType, request, name };
}

/** Shells whose integration VS Code starts by itself, and by which it tells what a command prints. */
const tellingShell = /^(bash|zsh|fish|pwsh|powershell)(\.exe)?$/i;

/** Whether what an app prints in an integrated terminal can be read there. */
export function terminalTells(shell: string, integration: boolean): boolean {
  return integration && tellingShell.test(path.basename(shell.replaceAll('\\', '/')));
}

/**
 * What debugpy gets for a prepared run. Stop ends the app as Ctrl+C does (`onTerminate`), so that its last checkpoint is
 * written; a terminal lets it ask with input() and pdb. Where the terminal does not tell what the app prints, debugpy
 * takes that over and passes it on (`redirectOutput`): the app then writes to a pipe.
 */
export function launchOf(
  configuration: vscode.DebugConfiguration,
  attributes: Attributes,
  { app, interpreter, launch }: PreparedRun,
  terminalTells: boolean,
): vscode.DebugConfiguration {
  const [program, ...args] = launch.args.slice(interpreter.args.length);
  const removed = Object.entries(attributes.env ?? {}).filter(([, value]) => value === null);
  const terminal = attributes.console ?? 'integratedTerminal';
  return {
    ...configuration,
    program,
    args,
    python: launch.command,
    pythonArgs: [...interpreter.args],
    debugAdapterPython: launch.command,
    debugLauncherPython: launch.command,
    cwd: launch.cwd,
    env: { ...launch.env, ...Object.fromEntries(removed) },
    console: terminal,
    consoleTitle: attributes.consoleName ?? app.name,
    internalConsoleOptions: attributes.internalConsoleOptions ?? 'neverOpen',
    redirectOutput:
      attributes.redirectOutput === true || terminal !== 'integratedTerminal' || !terminalTells,
    onTerminate: 'KeyboardInterrupt',
  };
}
