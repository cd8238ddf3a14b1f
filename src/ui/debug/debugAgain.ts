import * as vscode from 'vscode';
import type { RunOptions } from '../run/runOptions';
import { anywayKey, markOf, unresolved } from './debugConfiguration';

/** Starts a session with a configuration as it is written, and what the person chose since. */
export async function startDebugging(
  folder: vscode.WorkspaceFolder | undefined,
  configuration: vscode.DebugConfiguration,
  { configuration: changed, useLocalBroker, anyway }: RunOptions,
): Promise<void> {
  await vscode.debug.startDebugging(folder, {
    ...configuration,
    ...changed,
    ...(useLocalBroker === true ? { broker: 'local' } : {}),
    ...(anyway === undefined ? {} : { [anywayKey]: anyway }),
  });
}

/** Debugs what a session of ours debugged. */
export async function debugAgain(
  { configuration, workspaceFolder }: vscode.DebugSession,
  options: RunOptions,
): Promise<void> {
  const mark = markOf(configuration);
  if (mark === undefined) return;
  await startDebugging(workspaceFolder, unresolved(configuration, mark), options);
}
