import assert from 'node:assert/strict';
import path from 'node:path';
import * as vscode from 'vscode';
import { commandIds } from '../../../src/ui/contributions';
import {
  addFixture,
  rowAt,
  rowsBelow,
  session,
  until,
  type AddedFolder,
  type Row,
} from './stateView';

async function open({ item }: Row): Promise<vscode.TextDocument> {
  const [uri] = (item.command?.arguments ?? []) as [vscode.Uri];
  return vscode.workspace.openTextDocument(uri);
}

async function originLens(uri: vscode.Uri): Promise<string> {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    uri,
    10,
  );
  return lenses[0]?.command?.title ?? '';
}

async function tooltipOf({ node, item }: Row): Promise<string> {
  const { view } = await session();
  const { tooltip } = await view.resolveTreeItem(item, node);
  assert.ok(tooltip instanceof vscode.MarkdownString);
  assert.notEqual(tooltip.isTrusted, true);
  return tooltip.value.replace(/&nbsp;/g, ' ').replace(/\\/g, '');
}

async function wholeEntry({ node }: Row): Promise<Record<string, unknown>> {
  await vscode.commands.executeCommand(commandIds.showWholeEntry, node);
  const editor = await until(
    () =>
      vscode.window.visibleTextEditors.find(({ document }) =>
        document.uri.path.endsWith('.entry.json'),
      ),
    'the entry is open',
  );
  const entry = JSON.parse(editor.document.getText()) as Record<string, unknown>;
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  return entry;
}

async function copied({ node }: Row): Promise<string> {
  await vscode.commands.executeCommand(commandIds.copyValue, node);
  return vscode.env.clipboard.readText();
}

describe('stores of every kind', () => {
  let added: AddedFolder;
  let ttl: AddedFolder;

  before(async () => {
    added = await addFixture('12-real-app');
    ttl = await addFixture('05-ttl');
  });
  after(async () => {
    await added.remove();
    await ttl.remove();
  });

  describe('a window', () => {
    const window = () =>
      rowAt(
        added.path,
        'tumbling_window_10000',
        'f-in[0]',
        'PC1',
        '2026-11-24 03:32:50 - 03:33:00Z',
      );

    it('opens as what it aggregates', async () => {
      const row = await window();
      assert.equal(row.description, 'open · avg 49.5, n 5');
      const document = await open(row);
      assert.equal(path.posix.basename(document.uri.path), '03.32.50-03.33.00.json');
      assert.equal(document.languageId, 'json');
      assert.equal(
        document.getText(),
        '{\n  "avg/Mean": [\n    247.5,\n    5\n  ],\n  "n/Count": 5\n}',
      );
      assert.match(
        await originLens(document.uri),
        /^PC1 · 03:32:50 - 03:33:00Z · tumbling_window_10000 · f-in\[0\] · changelog offset 14/,
      );
    });

    it('is copied, and shown whole', async () => {
      const row = await window();
      assert.equal(await copied(row), '{"avg/Mean":[247.5,5],"n/Count":5}');
      const entry = await wholeEntry(row);
      assert.deepEqual(entry['results'], { avg: 49.5, n: 5 });
      assert.equal(entry['start'], '2026-11-24 03:32:50Z');
      assert.equal(entry['endMs'], 1_795_491_180_000);
      assert.equal(entry['messageKey'], 'PC1');
    });

    it('is found again by Reveal in State View', async () => {
      const row = await rowAt(added.path, 'hopping_count_window_collect', 'f-in[0]', 'PC2');
      const [, second] = await rowsBelow(row.node);
      const [uri] = (second?.item.command?.arguments ?? []) as [vscode.Uri];
      await vscode.commands.executeCommand(commandIds.revealInStateView, uri);
      const { view } = await session();
      await until(() => view.selection[0] === second?.node, 'the row is selected');
    });

    it('tells its bounds and its results in the tooltip', async () => {
      const text = await tooltipOf(await window());
      assert.match(text, /Start: `2026-11-24 03:32:50Z \(1795491170000\)`/);
      assert.match(text, /End, exclusive: `2026-11-24 03:33:00Z \(1795491180000\)`/);
      assert.match(text, /avg \(Mean\): `49\.5`/);
      assert.match(text, /Raw key: `504331/);
    });

    it('that collects has its values, those by count apart', async () => {
      const partition = ['hopping_count_window_collect', 'f-in[0]', 'PC2'];
      const key = await rowAt(added.path, ...partition);
      const [first, second] = await rowsBelow(key.node);
      assert.ok(first && second);
      const documents = [await open(first), await open(second)];
      assert.deepEqual(
        documents.map((document) => JSON.parse(document.getText()) as unknown),
        [[42, 46.5, 51, 55.5], [55.5]],
      );
      assert.equal(await copied(second), '[55.5]');
      const entry = await wholeEntry(second);
      assert.deepEqual([entry['index'], entry['messages']], [1, 1]);
    });
  });

  describe('a value that is joined', () => {
    it('opens, is copied and shown whole', async () => {
      const row = await rowAt(added.path, 'asof', 'f-meta[0]', 'PC1', '2026-11-24 03:32:32.627Z');
      const document = await open(row);
      assert.equal(path.posix.basename(document.uri.path), '2026-11-24 03.32.32.627.json');
      assert.deepEqual(JSON.parse(document.getText()), { cpu: 0, i: 0, region: 'us' });
      assert.match(await originLens(document.uri), /^PC1 · 2026-11-24 03:32:32\.627Z · asof · /);
      assert.equal(await copied(row), '{"cpu":0.0,"i":0,"region":"us"}');
      const entry = await wholeEntry(row);
      assert.deepEqual([entry['timestampMs'], entry['counter']], [1_795_491_152_627, 0]);
    });
  });

  it('a folder of a group-by has its name on disk in the tooltip', async () => {
    const row = await rowAt(added.path, 'default', 'f-in grouped by region[0]');
    assert.match(await tooltipOf(row), /On disk: `f-in--groupby--region`/);
  });

  it('a value that the index of TTL does not know says so, and its partition why', async () => {
    const kinds = await addFixture('15-kinds');
    try {
      const partition = await rowAt(kinds.path, 'ttl-pending', 'orders[0]');
      assert.match(partition.description, /TTL migration unfinished$/);
      assert.match(await tooltipOf(partition), /not all of them have an expiry yet/);
      const row = await rowAt(kinds.path, 'ttl-pending', 'orders[0]', 'k1', 'v');
      assert.match(await tooltipOf(row), /Index of TTL: `has no such expiry/);
    } finally {
      await kinds.remove();
    }
  });

  it('a value with TTL says how long it is left in event time', async () => {
    const partition = await rowAt(ttl.path, 'ttl-new', 'orders[0]');
    const tooltips: string[] = [];
    for (const key of await rowsBelow(partition.node)) {
      if (key.node.kind !== 'messageKey') continue;
      for (const row of await rowsBelow(key.node)) tooltips.push(await tooltipOf(row));
    }
    assert.ok(tooltips.some((text) => /Left in event time: `\d+ /.test(text)));
    assert.ok(tooltips.some((text) => /Expired: `20/.test(text)));
    assert.ok(tooltips.every((text) => !text.includes('Index of TTL')));
  });
});
