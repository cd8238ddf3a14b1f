import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { commandIds, settingIds } from '../../../src/ui/contributions';
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
    assert.deepEqual(titles.slice(1), [
      'First 64.0 KB of 5.2 MB',
      'Show All',
      'Copy Value',
      'Open As...',
    ]);
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

/** Runs a command while what it asks is answered; gives what it said. */
async function answering(
  answers: Partial<Record<'showQuickPick' | 'showOpenDialog' | 'showErrorMessage', unknown[]>>,
  run: () => Thenable<unknown>,
): Promise<unknown[][]> {
  const asked: unknown[][] = [];
  const real = { ...vscode.window };
  for (const [method, given] of Object.entries(answers)) {
    const left = [...given];
    const standIn = (...args: unknown[]) => {
      asked.push(args);
      const answer = left.shift();
      const [items] = args;
      if (typeof answer !== 'string' || !Array.isArray(items)) return Promise.resolve(answer);
      const labelOf = (item: unknown) =>
        typeof item === 'string' ? item : (item as vscode.QuickPickItem).label;
      return Promise.resolve(items.find((item) => labelOf(item) === answer));
    };
    Object.assign(vscode.window, { [method]: standIn });
  }
  try {
    await run();
  } finally {
    for (const method of Object.keys(answers)) {
      Object.assign(vscode.window, { [method]: real[method as keyof typeof answers] });
    }
  }
  return asked;
}

/** A pickle of protocol 0 that Python wrote. */
function pickledByPython(name: string): Buffer {
  const file = path.join(root(), 'test/fixtures/formats/pickle.jsonl');
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const written = JSON.parse(line) as { name: string; bytes: string };
    if (written.name === name) return Buffer.from(written.bytes, 'base64');
  }
  throw new Error(`no ${name} in ${file}`);
}

describe('Open As...', () => {
  let added: AddedFolder;
  let rows: Row[];
  const choices = () => vscode.workspace.getConfiguration().get<unknown>(settingIds.openAs);
  const pickled = async () => {
    const { node } = await rowAt(added.path, 'pickle', 'orders[0]', 'raw');
    return rowsBelow(node);
  };
  const described = async (text: string) =>
    until(
      async () => (await pickled()).find(({ description }) => description === text),
      `a row says ${text}`,
    );
  const openAs = (row: Row, ...picks: string[]) =>
    answering({ showQuickPick: picks }, () =>
      vscode.commands.executeCommand(commandIds.openAs, row.node),
    );
  const activeText = async (text: string) =>
    until(() => {
      const document = vscode.window.activeTextEditor?.document;
      return document?.getText() === text ? document : undefined;
    }, JSON.stringify(text));

  before(async () => {
    added = await addFixture('08a-odd-content-open');
    await described("{'x': 1.5}");
    rows = await pickled();
  });
  after(async () => {
    await vscode.workspace.getConfiguration().update(settingIds.openAs, undefined, false);
    await added.remove();
  });

  it('is not needed for pickles: they are shown as Python writes them', async () => {
    const [, row] = rows;
    assert.ok(row);
    const document = await open(row);
    assert.ok(document.uri.path.endsWith('.py'));
    assert.equal(document.languageId, 'python');
    assert.equal(document.getText(), "{'x': 1.5}\n");
    const [origin, copy, openAsLens] = await lensTitles(document.uri);
    assert.match(origin ?? '', / · Pickle, protocol 4$/);
    assert.deepEqual([copy, openAsLens], ['Copy Value', 'Open As...']);
    await vscode.commands.executeCommand(commandIds.copyValue, row.node);
    assert.match(await vscode.env.clipboard.readText(), /^b'\\x80\\x04\\x95/);
  });

  it('has the language of what is shown, whatever the document is named', async () => {
    const [, row] = rows;
    assert.ok(row);
    const [uri] = (row.item.command?.arguments ?? []) as [vscode.Uri];
    const named = uri.with({ path: uri.path.replace(/\.py$/, '.txt') });
    await vscode.window.showTextDocument(named);
    await until(
      () => vscode.window.activeTextEditor?.document.languageId === 'python',
      'it is Python',
    );
  });

  it('marks what fits, and is kept for all values of the store until Auto is chosen', async () => {
    const [, row] = rows;
    assert.ok(row);
    const [asked] = await openAs(row, 'Base64');
    const [items] = asked as [vscode.QuickPickItem[]];
    const marked = items.filter(({ description }) => description?.includes('fits'));
    assert.deepEqual(
      marked.map(({ label }) => label),
      ['Hex', 'Base64', 'Pickle'],
    );
    const before = items.find(({ description }) => description?.includes('now'));
    assert.equal(before?.label, 'Auto');
    assert.deepEqual(choices(), { pickle: 'base64' });
    await activeText('gASVEQAAAAAAAAB9lIwBeJRHP/gAAAAAAABzLg==\n');
    await described('gAROLg==');
    await openAs(row, 'Auto');
    assert.deepEqual(choices(), {});
    await activeText("{'x': 1.5}\n");
    await described('None');
  });

  it('says why a format does not fit, and keeps nothing', async () => {
    const [, row] = rows;
    assert.ok(row);
    const asked = await answering(
      { showQuickPick: ['MessagePack'], showErrorMessage: [undefined] },
      () => vscode.commands.executeCommand(commandIds.openAs, row.node),
    );
    assert.match(String(asked[1]?.[0]), /^This is not MessagePack: .* at byte \d+\.$/);
    assert.deepEqual(choices(), {});
  });

  it('takes a schema from a file of the workspace, and keeps its path from there', async () => {
    const [row] = rows; // four bytes
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    assert.ok(row && folder);
    const schema = vscode.Uri.joinPath(folder, 'four.avsc');
    await writeFile(schema.fsPath, '{"type":"fixed","size":4,"name":"Four"}');
    await answering({ showQuickPick: ['Avro...'], showOpenDialog: [[schema]] }, () =>
      vscode.commands.executeCommand(commandIds.openAs, row.node),
    );
    assert.deepEqual(choices(), { pickle: { format: 'avro', schema: 'four.avsc' } });
    await activeText("b'\\x80\\x04N.'\n");
    // What does not fit is shown as what it is.
    await described("{'x': 1.5}");
    const proto = vscode.Uri.joinPath(folder, 'shop.proto');
    await writeFile(proto.fsPath, 'syntax = "proto3"; message A { } message B { }');
    const asked = await answering(
      {
        showQuickPick: ['Protobuf...', 'With a Schema File...', 'B'],
        showOpenDialog: [[proto]],
        showErrorMessage: [undefined],
      },
      () => vscode.commands.executeCommand(commandIds.openAs, row.node),
    );
    assert.deepEqual(asked[3]?.[0], ['A', 'B']);
    await openAs(row, 'Auto');
    assert.deepEqual(choices(), {});
  });

  it('changes the document that it is asked for', async () => {
    const [, row] = rows;
    assert.ok(row);
    const { uri } = await open(row);
    await vscode.window.showTextDocument(uri);
    const run = (label: string) =>
      answering({ showQuickPick: [label] }, () =>
        vscode.commands.executeCommand(commandIds.openAs, uri),
      );
    await run('Hex');
    const document = await until(() => {
      const active = vscode.window.activeTextEditor?.document;
      return active?.getText().startsWith('00000000  80 04') === true ? active : undefined;
    }, 'the hex dump');
    assert.equal(document.uri.toString(), uri.toString());
    await run('Auto');
    await activeText("{'x': 1.5}\n");
  });

  it('counts for one document where the value is none of the app', async () => {
    const partition = await rowAt(added.path, 'pickle', 'orders[0]', 'Metadata');
    const [offset] = await rowsBelow(partition.node);
    assert.ok(offset);
    await openAs(offset, 'Base64');
    const { uri } = await activeText('MTE=\n'); // 11
    assert.match(uri.query, /&as=base64&/);
    assert.deepEqual(choices(), {});
    const titles = await lensTitles(uri);
    assert.match(titles[0] ?? '', / · Base64$/);
  });

  it('is told by Show Whole Entry', async () => {
    const [, row] = rows;
    await vscode.commands.executeCommand(commandIds.showWholeEntry, row?.node);
    const { document } = await until(
      () =>
        vscode.window.visibleTextEditors.find(({ document: { uri } }) =>
          uri.path.endsWith('.entry.json'),
        ),
      'the entry is open',
    );
    const entry = JSON.parse(document.getText()) as Record<string, unknown>;
    assert.equal(entry['decodedAs'], 'Pickle, protocol 4');
    assert.equal(entry['decoded'], "{'x': 1.5}");
    assert.match(String(entry['value']), /^b'/);
  });

  it('opens plain files of the folder', async () => {
    const model = pickledByPython('bools');
    await writeFile(path.join(added.path, 'model1.dat'), model);
    await vscode.commands.executeCommand(commandIds.refresh);
    const row = await until(
      () => rowAt(added.path, 'model1.dat').catch(() => undefined),
      'the file has a row',
    );
    assert.equal(row.item.contextValue, 'file');
    await openAs(row, 'Auto');
    const { uri, languageId } = await activeText('[True, False]\n');
    assert.equal(uri.scheme, 'quix-file');
    assert.equal(languageId, 'python');
    const titles = await lensTitles(uri);
    assert.deepEqual(titles, [`model1.dat · ${model.length} B · Pickle`, 'Open As...']);
    await answering({ showQuickPick: ['Hex'] }, () =>
      vscode.commands.executeCommand(commandIds.openAs, uri),
    );
    await until(
      () => vscode.window.activeTextEditor?.document.uri.query === 'as=hex',
      'the hex dump',
    );
    assert.deepEqual(choices(), {});
    const file = vscode.Uri.file(path.join(added.path, 'model1.dat'));
    await writeFile(file.fsPath, Buffer.alloc(16_000_001));
    const [said] = await answering({ showErrorMessage: [undefined] }, () =>
      vscode.commands.executeCommand(commandIds.openAs, file),
    );
    assert.equal(said?.[0], 'model1.dat has 16.0 MB. Up to 16.0 MB are decoded.');
  });
});
