import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commandIds } from '../../../src/ui/contributions';

const extensionId = 'state-folder.state-folder';

describe('the extension in its host', () => {
  it('is activated by its view', async () => {
    const extension = vscode.extensions.getExtension(extensionId);
    assert.ok(extension, 'VS Code does not know the extension');
    await vscode.commands.executeCommand('workbench.view.extension.stateFolder');
    const deadline = Date.now() + 20_000;
    while (!extension.isActive && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.ok(extension.isActive);
    await extension.activate(); // rejects where that failed
  });

  it('has every command that package.json names', async () => {
    await vscode.extensions.getExtension(extensionId)?.activate();
    const known = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      Object.values(commandIds).filter((id) => !known.has(id)),
      [],
    );
  });

  it('runs in the workspace it was given', () => {
    assert.equal(vscode.workspace.workspaceFolders?.[0]?.name, '12-real-app');
  });
});
