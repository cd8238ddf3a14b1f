import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import {
  addFolder,
  rowAt,
  rowsBelow,
  session,
  StateWriter,
  until,
  type AddedFolder,
} from './stateView';

describe('beside a writer', function () {
  this.timeout(90_000);
  let writer: StateWriter;
  let added: AddedFolder;
  let folder: string;

  before(async () => {
    const parent = await mkdtemp(path.join(os.tmpdir(), 'state-live-'));
    folder = path.join(parent, 'state');
    writer = await StateWriter.start(parent);
    await writer.checkpoint('commit 1');
    added = await addFolder(folder, parent);
    const { view } = await session();
    // Open on screen, as a person does: rows that are closed are not read.
    await view.reveal((await total()).node);
  });

  after(async () => {
    await writer.stop();
    await added.remove();
  });

  const partition = () => rowAt(folder, 'default', 'cpu-load[0]');
  const total = () => rowAt(folder, 'default', 'cpu-load[0]', 'PC1', 'total');

  it('a partition whose lock is held is live', async () => {
    await until(
      async () => (await partition()).description.startsWith('live · offset '),
      'the partition is live',
    );
    const { node, item } = await partition();
    assert.equal(item.contextValue, 'partition live');
    assert.deepEqual(
      item.iconPath,
      new vscode.ThemeIcon('pulse', new vscode.ThemeColor('charts.green')),
    );
    const { view } = await session();
    const { tooltip } = await view.resolveTreeItem(item, node);
    assert.ok(tooltip instanceof vscode.MarkdownString);
    assert.match(tooltip.value.replace(/&nbsp;/g, ' '), /process \d+ holds its lock/);
  });

  it('a row takes its new value, and is repainted alone with its partition', async () => {
    const { view } = await session();
    const fired: (string | undefined)[][] = [];
    const listening = view.onDidChangeTreeData((nodes) =>
      fired.push(nodes?.map(({ id }) => id) ?? [undefined]),
    );
    const before = await total();
    await writer.checkpoint('commit 41');
    await until(async () => (await total()).description === '41', 'the row says 41');
    const after = await total();
    await until(() => fired.some((ids) => ids.includes(after.item.id)), 'the row is repainted');
    listening.dispose();
    assert.equal(after.item.id, before.item.id);
    // Besides the value, rows that tell of the checkpoint: nothing else.
    const kinds = fired.flat().map((id) => id?.split(':')[0]);
    assert.deepEqual(
      kinds.filter((kind) => !['entry', 'partition', 'metadata'].includes(kind ?? 'all')),
      [],
    );
    assert.ok(after.node.kind === 'entry');
    assert.deepEqual(after.node.mark, { change: 'changed', from: '1', to: '41' });
    await until(async () => {
      const { node } = await total();
      return node.kind === 'entry' && node.mark === undefined;
    }, 'the mark goes');
  });

  it('an open value follows, in place', async () => {
    const [uri] = ((await total()).item.command?.arguments ?? []) as [vscode.Uri];
    await vscode.commands.executeCommand('vscode.open', uri);
    const editor = await until(
      () =>
        vscode.window.visibleTextEditors.find(
          ({ document }) => document.uri.toString() === uri.toString(),
        ),
      'the document is open',
    );
    for (const n of [42, 43, 44]) {
      await writer.checkpoint(`commit ${n}`);
      await until(() => editor.document.getText() === String(n), `the document says ${n}`);
    }
    assert.equal(editor.document.isDirty, false);
  });

  it('new and deleted keys come and go', async () => {
    await writer.checkpoint('set name "device"');
    const named = await until(
      async () => (await rowsBelow((await keyRow()).node)).find(({ label }) => label === 'name'),
      'the new key has a row',
    );
    assert.equal(named.description, '"device"');
    assert.ok(named.node.kind === 'entry' && named.node.mark?.change === 'new');
    assert.equal((await keyRow()).description, '2 keys');

    await writer.checkpoint('new PC2');
    await until(async () => {
      const rows = await rowsBelow((await partition()).node);
      return rows.some(({ label }) => label === 'PC2');
    }, 'the new message key has a row');

    await writer.checkpoint('delete name');
    await until(() => {
      const { node } = named;
      return node.kind === 'entry' && node.mark?.change === 'deleted';
    }, 'the deleted key is marked');
    await until(async () => (await keyRow()).description === '1 key', 'it is not counted');
    await until(async () => {
      const rows = await rowsBelow((await keyRow()).node);
      return !rows.some(({ label }) => label === 'name');
    }, 'its row goes');
  });

  it('an open value that is deleted stays, and its lens says so', async () => {
    await writer.checkpoint('set gone 7');
    const row = await until(
      async () => (await rowsBelow((await keyRow()).node)).find(({ label }) => label === 'gone'),
      'the key has a row',
    );
    const [uri] = (row.item.command?.arguments ?? []) as [vscode.Uri];
    await vscode.commands.executeCommand('vscode.open', uri);
    const document = await vscode.workspace.openTextDocument(uri);
    assert.equal(document.getText(), '7');
    await writer.checkpoint('delete gone');
    await until(async () => {
      const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        'vscode.executeCodeLensProvider',
        uri,
        10,
      );
      return /Deleted at changelog offset \d+/.test(lenses[0]?.command?.title ?? '');
    }, 'the lens says that it is deleted');
    assert.equal(document.getText(), '7');
  });

  async function keyRow() {
    return rowAt(folder, 'default', 'cpu-load[0]', 'PC1');
  }
});
