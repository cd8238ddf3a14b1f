import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { commandIds } from '../../../src/ui/contributions';
import { addFixture, root, rowAt, rowsBelow, until, type AddedFolder, type Row } from './stateView';

interface Expected {
  stores: {
    path: string;
    column_families: { default?: { entries: [string, string][] } };
  }[];
}

async function open(row: Row): Promise<vscode.TextDocument> {
  const [uri] = (row.item.command?.arguments ?? []) as [vscode.Uri];
  return vscode.workspace.openTextDocument(uri);
}

function lensTitles(uri: vscode.Uri): Thenable<string[]> {
  return vscode.commands
    .executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 10)
    .then((lenses) => lenses.map(({ command }) => command?.title ?? ''));
}

describe('value documents', () => {
  let added: AddedFolder;
  let huge: AddedFolder;
  before(async () => {
    added = await addFixture('01-default-wal-open');
    huge = await addFixture('08b-huge-and-many');
  });
  after(async () => {
    await added.remove();
    await huge.remove();
  });

  it('are the stored values, exactly', async () => {
    const fixture = path.join(root(), 'test/fixtures/01-default-wal-open/expected.json');
    const { stores } = JSON.parse(readFileSync(fixture, 'utf8')) as Expected;
    const payments = stores.find((store) => store.path.endsWith('payments/1'));
    const stored = new Map(payments?.column_families.default?.entries ?? []);
    const partition = await rowAt(added.path, 'default', 'payments', 'payments[1]');
    let compared = 0;
    for (const row of await rowsBelow(partition.node)) {
      for (const entry of row.node.kind === 'messageKey' ? await rowsBelow(row.node) : [row]) {
        if (entry.node.kind !== 'entry') continue;
        const { rawKey, value } = entry.node.entry;
        const hex = Buffer.from(rawKey).toString('hex');
        const document = await open(entry);
        const bytes = Buffer.from(stored.get(hex) ?? '', 'hex');
        if (value.format === 'json') {
          assert.equal(document.languageId, 'json');
          // White space outside of strings is all that differs.
          const compact = (text: string) =>
            text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, (_, string?: string) => string ?? '');
          assert.equal(compact(document.getText()), compact(bytes.toString('utf8')));
        } else {
          assert.equal(value.format, 'bytes');
          const dump = document.getText().split('\n');
          const shown = dump.map((line) => line.slice(10, 59).replaceAll(' ', '')).join('');
          assert.equal(shown, bytes.toString('hex'));
        }
        compared++;
      }
    }
    assert.equal(compared, stored.size);
  });

  it('say above the text where it comes from', async () => {
    const partition = await rowAt(added.path, 'default', 'payments', 'payments[0]');
    const [key] = await rowsBelow(partition.node);
    const [entry] = await rowsBelow(key?.node);
    assert.ok(entry);
    const { uri } = await open(entry);
    assert.equal(uri.scheme, 'quix-state');
    assert.match(uri.query, /^cf=default&key=[0-9a-f]+&as=auto&at=now$/);
    const [origin, copy] = await lensTitles(uri);
    assert.match(origin ?? '', / · h0 · default · payments\[0\] · changelog offset \d+/);
    assert.equal(copy, 'Copy Value');
  });

  it('are read-only', async () => {
    const partition = await rowAt(added.path, 'default', 'payments', 'payments[0]');
    const [key] = await rowsBelow(partition.node);
    const [entry] = await rowsBelow(key?.node);
    assert.ok(entry);
    const { uri } = await open(entry);
    assert.equal(vscode.workspace.fs.isWritableFileSystem('quix-state'), false);
    const { permissions } = await vscode.workspace.fs.stat(uri);
    assert.equal(permissions, vscode.FilePermission.Readonly);
    await assert.rejects(async () => vscode.workspace.fs.writeFile(uri, new Uint8Array()));
    await assert.rejects(async () =>
      vscode.workspace.fs.readFile(uri.with({ query: uri.query.replace('key=', 'key=00') })),
    );
  });

  it('show the beginning of a large value, and all of it when asked', async () => {
    const row = await rowAt(huge.path, 'huge', 'orders[0]', 'k', 'five-mb');
    const { uri } = await open(row);
    assert.ok(uri.path.endsWith('five-mb.txt'));
    const length = async () => (await vscode.workspace.fs.readFile(uri)).length;
    assert.equal(await length(), 64_000);
    const titles = await lensTitles(uri);
    assert.deepEqual(titles.slice(1), ['First 64.0 KB of 5.2 MB', 'Show All', 'Copy Value']);
    await vscode.commands.executeCommand(commandIds.showAll, uri);
    assert.equal(await length(), 5_242_882);
  });

  it('are copied as they are stored; bytes as a Python literal', async () => {
    const row = await rowAt(huge.path, 'huge', 'orders[0]', 'k', 'before');
    await vscode.commands.executeCommand(commandIds.copyValue, row.node);
    assert.equal(await vscode.env.clipboard.readText(), '1');
    await vscode.commands.executeCommand(commandIds.copyKey, row.node);
    assert.equal(await vscode.env.clipboard.readText(), 'before');
    await vscode.commands.executeCommand(commandIds.copyPath, row.node);
    assert.equal(await vscode.env.clipboard.readText(), path.join(huge.path, 'odd/huge/orders/0'));
    const [group] = await rowsBelow();
    const [store] = await rowsBelow(group?.node);
    const [partition] = await rowsBelow(store?.node);
    const [messageKey] = await rowsBelow(partition?.node);
    const raw = (await rowsBelow(messageKey?.node)).find(({ label }) => label === 'raw');
    await vscode.commands.executeCommand(commandIds.copyValue, raw?.node);
    assert.equal(await vscode.env.clipboard.readText(), "b'\\x00\\x01\\xffbin'");
  });

  it('are shown with their facts by Show Whole Entry', async () => {
    const row = await rowAt(huge.path, 'huge', 'orders[0]', 'k', 'before');
    await vscode.commands.executeCommand(commandIds.showWholeEntry, row.node);
    const editor = await until(
      () =>
        vscode.window.visibleTextEditors.find(({ document }) =>
          document.uri.path.endsWith('before.entry.json'),
        ),
      'the entry is open',
    );
    const entry = JSON.parse(editor.document.getText()) as Record<string, unknown>;
    assert.equal(entry['stateKey'], 'before');
    assert.equal(entry['value'], 1);
    assert.equal(entry['partition'], 'orders[0]');
  });
});
