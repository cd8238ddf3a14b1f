import * as vscode from 'vscode';
import type { Application } from '../app/index';

/** The folder of the workspace that an app is in. */
export function workspaceFolderOf(app: Application): vscode.WorkspaceFolder | undefined {
  return vscode.workspace.getWorkspaceFolder(vscode.Uri.file(app.mainFile));
}
