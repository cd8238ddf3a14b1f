import assert from 'node:assert/strict';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { commandIds } from '../../../src/ui/contributions';
import type { Session } from '../../../src/ui/index';
import type { StateNode } from '../../../src/ui/state/treeNodes';

/** The checkout: the extension under development. */
export function root(): string {
  const extension = vscode.extensions.getExtension('state-folder.state-folder');
  assert.ok(extension);
  return extension.extensionPath;
}

/** The extension's objects, with the State view on screen. */
export async function session(): Promise<Session> {
  const extension = vscode.extensions.getExtension<Session>('state-folder.state-folder');
  assert.ok(extension);
  const activated = await extension.activate();
  if (activated.view.visible) return activated;
  await vscode.commands.executeCommand('workbench.view.extension.stateFolder');
  await until(() => activated.view.visible, 'the view is on screen');
  return activated;
}

/** Waits for a condition; says which when it does not come. */
export async function until<T>(
  condition: () => T | Promise<T>,
  what: string,
  ms = 15_000,
): Promise<NonNullable<T>> {
  const deadline = Date.now() + ms;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A copy of a fixture's state folder, added to the view as Open State Folder... does. */
export interface AddedFolder {
  readonly path: string;
  remove(): Promise<void>;
}

export async function addFixture(fixture: string): Promise<AddedFolder> {
  const parent = await mkdtemp(path.join(os.tmpdir(), 'state-host-'));
  const folder = path.join(parent, 'state');
  await cp(path.join(root(), 'test/fixtures', fixture, 'state'), folder, { recursive: true });
  return addFolder(folder, parent);
}

export async function addFolder(folder: string, parent: string): Promise<AddedFolder> {
  const { tree } = await session();
  await vscode.commands.executeCommand(commandIds.openStateFolder, vscode.Uri.file(folder));
  const isThere = () => tree.find(folder) !== undefined;
  await until(isThere, `${folder} is in the view`);
  return {
    path: folder,
    remove: async () => {
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      const row = await rowOfFolder(folder);
      if (row !== undefined) await vscode.commands.executeCommand(commandIds.removeFromView, row);
      await rm(parent, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function rowOfFolder(folder: string): Promise<StateNode | undefined> {
  const { view } = await session();
  return (await view.getChildren()).find((row) => {
    if (row.kind === 'stateFolder') return row.folder.path === folder;
    return row.kind === 'group' && row.joined?.folder.path === folder;
  });
}

export function labelOf(item: vscode.TreeItem): string {
  return typeof item.label === 'string' ? item.label : (item.label?.label ?? '');
}

/** A row, and what VS Code shows of it. */
export interface Row {
  readonly node: StateNode;
  readonly item: vscode.TreeItem;
  readonly label: string;
  readonly description: string;
}

/** The rows below a row, as the view gives them to VS Code. */
export async function rowsBelow(node?: StateNode): Promise<Row[]> {
  const { view } = await session();
  return (await view.getChildren(node)).map((child) => {
    const item = view.getTreeItem(child);
    const description = typeof item.description === 'string' ? item.description : '';
    return { node: child, item, label: labelOf(item), description };
  });
}

/** The row at the end of a path of labels, below the state folder at `folder`. */
export async function rowAt(folder: string, ...labels: string[]): Promise<Row> {
  const top = await rowOfFolder(folder);
  assert.ok(top, `no row for ${folder}`);
  let rows = await rowsBelow(top);
  let found: Row | undefined;
  for (const label of labels) {
    found = rows.find((row) => row.label === label);
    assert.ok(found, `no "${label}" among ${rows.map((row) => row.label).join(', ')}`);
    rows = await rowsBelow(found.node);
  }
  assert.ok(found);
  return found;
}

/** An app's store that is written on command, by the real library. */
export class StateWriter {
  readonly #lines: AsyncIterator<string>;

  private constructor(private readonly child: ChildProcess) {
    assert.ok(child.stdout);
    this.#lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  static async start(folder: string): Promise<StateWriter> {
    const script = path.join(root(), 'test/python.mjs');
    const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
    const { stdout } = await promisify(execFile)(process.execPath, [script], { env });
    const writer = path.join(root(), 'test/editor/host/stateWriter.py');
    const child = spawn(stdout.trim(), ['-W', 'ignore', writer, folder], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    return new StateWriter(child);
  }

  /** Writes one checkpoint; resolves when it is on disk. */
  async checkpoint(command: string): Promise<void> {
    this.child.stdin?.write(`${command}\n`);
    const { done } = await this.#lines.next();
    assert.ok(done !== true, 'the writer ended');
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.stdin?.end();
    await ended;
  }
}
