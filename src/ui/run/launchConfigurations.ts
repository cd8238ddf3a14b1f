import path from 'node:path';
import * as vscode from 'vscode';
import type { Application, RunConfiguration } from '../../app/index';
import { debugType } from '../contributions';
import { workspaceFolderOf } from '../workspaceFolder';

/**
 * The first `quix-streams` configuration of launch.json that runs this app; undefined where there is none. Of VS Code's
 * variables, those of folders and of the environment are replaced: the others belong to a debug session.
 */
export function runConfigurationOf(app: Application): RunConfiguration | undefined {
  const folder = workspaceFolderOf(app);
  const written = vscode.workspace
    .getConfiguration('launch', folder?.uri)
    .get<unknown>('configurations');
  const configurations = Array.isArray(written) ? (written as vscode.DebugConfiguration[]) : [];
  for (const configuration of configurations) {
    if (configuration.type !== debugType || configuration.request !== 'launch') continue;
    const resolved = resolveVariables(configuration, folder) as RunConfiguration;
    const program = resolved.program;
    if (typeof program !== 'string') continue;
    const root = folder?.uri.fsPath ?? app.folder;
    if (path.resolve(root, program) === app.mainFile) return resolved;
  }
  return undefined;
}

function resolveVariables(value: unknown, folder: vscode.WorkspaceFolder | undefined): unknown {
  if (typeof value === 'string') {
    return value.replace(
      /\$\{(workspaceFolder|workspaceFolderBasename|env:(\w+))\}/g,
      (all, name: string, variable?: string) => {
        if (variable !== undefined) return process.env[variable] ?? '';
        if (folder === undefined) return all;
        return name === 'workspaceFolder' ? folder.uri.fsPath : path.basename(folder.uri.fsPath);
      },
    );
  }
  if (Array.isArray(value)) return value.map((item) => resolveVariables(item, folder));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, resolveVariables(item, folder)]),
    );
  }
  return value;
}
