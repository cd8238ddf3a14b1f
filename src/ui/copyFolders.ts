import path from 'node:path';
import * as vscode from 'vscode';
import { printable } from '../quixstreams/index';
import { withoutLinks } from './registerCommand';

/** Copies folders into one that the person chooses, and says where; nothing there is overwritten. */
export async function copyFolders(folders: readonly string[]): Promise<void> {
  const [into] =
    (await vscode.window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      title: vscode.l10n.t('Copy {0}', folders.map(printable).join(', ')),
      openLabel: vscode.l10n.t('Copy Here'),
    })) ?? [];
  if (into === undefined) return;
  const { fs } = vscode.workspace;
  const title = vscode.l10n.t('Copying');
  const location = vscode.ProgressLocation.Notification;
  await vscode.window.withProgress({ location, title }, async () => {
    for (const folder of folders) {
      const name = folder.split(path.sep).slice(-4).join('-');
      const target = vscode.Uri.joinPath(into, name);
      await fs.copy(vscode.Uri.file(folder), target, { overwrite: false });
    }
  });
  void vscode.window.showInformationMessage(
    withoutLinks(vscode.l10n.t('Copied to {0}.', printable(into.fsPath))),
  );
}
