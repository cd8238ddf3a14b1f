import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { commandIds, storeScheme } from '../../../src/ui/contributions';
import { addFixture, session, until, type AddedFolder } from './stateView';

/** The text of the document on a store that is on screen. */
function shownText(): string | undefined {
  const { document } = vscode.window.activeTextEditor ?? {};
  return document?.uri.scheme === storeScheme ? document.getText() : undefined;
}

describe('the files of a store', () => {
  let folder: AddedFolder;

  beforeEach(async () => {
    folder = await addFixture('11-damaged');
  });
  afterEach(() => folder.remove());

  const partition = (damage: string) => path.join(folder.path, 'damage', damage, 'orders/0');

  async function rowOf(damage: string) {
    const { tree } = await session();
    const row = tree.find(partition(damage));
    assert.ok(row?.kind === 'partition');
    return row;
  }

  it('are shown as a read-only document, which is told anew when it is asked for again', async () => {
    const row = await rowOf('sound');
    await vscode.commands.executeCommand(commandIds.showRocksdbFiles, row);
    const text = shownText() ?? '';
    assert.match(text, /^RocksDB 9\.8\.4 · /m);
    assert.match(text, /^ {2}default +L0 +000011\.sst +16\.1 KB +260 /m);
    assert.match(text, /^ {2}000013\.log +14\.4 KB .* all$/m);
    const { document } = vscode.window.activeTextEditor ?? {};
    assert.ok(document);
    assert.equal(path.posix.basename(document.uri.path), 'orders[0] RocksDB files.txt');
    assert.equal(vscode.workspace.fs.isWritableFileSystem(storeScheme), false);

    await writeFile(path.join(row.path, 'notes.txt'), 'x'.repeat(77));
    await vscode.commands.executeCommand(commandIds.showRocksdbFiles, row);
    await until(() => shownText()?.includes('notes.txt'), 'the new file is in the document');
    assert.match(shownText() ?? '', /^ {2}notes\.txt +77 B$/m);
  });

  it('are told anew where a window finds the document open', async () => {
    const { authority, path: at } = vscode.Uri.file(partition('sound'));
    const uri = vscode.Uri.from({
      scheme: storeScheme,
      authority,
      path: `${at}/orders[0] RocksDB files.txt`,
      query: 'inspect',
    });
    const document = await vscode.workspace.openTextDocument(uri);
    assert.match(document.getText(), /000011\.sst/);
  });

  it('are verified, with what is damaged in the details', async () => {
    await session();
    await vscode.commands.executeCommand('notifications.clearAll');
    await vscode.commands.executeCommand(commandIds.verifyStore, await rowOf('sst-index-flip'));
    // The message's first button: Show Details.
    await until(async () => {
      await vscode.commands.executeCommand('notification.acceptPrimaryAction');
      return shownText();
    }, 'the details are shown');
    const text = shownText() ?? '';
    assert.match(text, /^damaged: 000011\.sst at byte 14922: block checksum mismatch$/m);
    assert.match(text, /^ {2}Keys that may be missing or old: from "k00"\|"s00" to "k12"\|"s19"$/m);
    assert.match(text, /^ {2}RocksDB refuses to open the store\. Quix Streams then destroys it/m);
  });

  it('and all else of a state folder are shown with what they take up', async () => {
    const { tree } = await session();
    const row = tree.find(folder.path);
    assert.ok(row?.kind === 'group');
    await vscode.commands.executeCommand(commandIds.showDiskUsage, row);
    const lines = (shownText() ?? '').split('\n');
    assert.match(lines[0] ?? '', /: 1\.8 MB$/);
    assert.ok(lines.some((line) => /^damage +1\.8 MB +100 % +█{24}$/.test(line)));
    assert.ok(lines.some((line) => /^tables +\S+ KB +\d+ % +█+$/.test(line)));
    await vscode.commands.executeCommand(commandIds.showDiskUsage, await rowOf('sound'));
    await until(() => shownText()?.includes('orders[0]'), 'the partition alone is shown');
  });

  it('are checked with all of their state folder', async () => {
    const { tree } = await session();
    const row = tree.find(folder.path);
    assert.ok(row?.kind === 'group');
    await vscode.commands.executeCommand(commandIds.checkStateFolder, row);
    await until(() => shownText()?.includes('[store-damaged]'), 'what is found is shown');
    const text = shownText() ?? '';
    assert.match(text, /: 28 stores · \d+ errors · /);
    assert.match(text, /^error: damage\/sst-index-flip\/orders\/0 \[store-damaged\]$/m);
    assert.match(
      text,
      /^ {2}RocksDB refuses to open this store: .* Quix Streams then destroys it/m,
    );
  });
});
