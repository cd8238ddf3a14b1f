import * as vscode from 'vscode';
import type { Application } from '../../app/index';
import { printable } from '../../quixstreams/index';

/** The only app, or the one that the person chooses; undefined where there is none, or they choose none. */
export async function pickApp(
  apps: readonly Application[],
  placeHolder: string,
): Promise<Application | undefined> {
  if (apps.length < 2) return apps[0];
  const items = apps.map((app) => ({
    label: printable(app.name),
    description: printable(vscode.workspace.asRelativePath(app.mainFile)),
    app,
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.app;
}
