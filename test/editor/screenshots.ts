// Makes the pictures of the README, media/{screenshot,topics,debug,windows,kinds}-{dark,light}.png, in the packed
// extension: the example app while it runs, its topics, and at a breakpoint; the state of a real app with every kind of
// store. Usage: npm run package && npm run screenshots
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { Debugging } from './outside/debugging';
import { openSession, type Session } from './outside/session';
import { exampleWorkspace } from './exampleWorkspace';
import { freePort } from '../freePort';
import { smallPng } from './smallPng';
import type { TreeRow, Workbench } from './vscode/workbench';
import { fixtureWorkspace } from './vscode/workspace';

const media = path.resolve(import.meta.dirname, '../../media');
const themes = { dark: 'Default Dark Modern', light: 'Default Light Modern' } as const;
type Theme = keyof typeof themes;

/** Moves the right edge of the side bar. */
async function widenSideBar({ page }: Workbench, to: number): Promise<void> {
  const box = await page.locator('.part.sidebar').boundingBox();
  if (box === null) throw new Error('The side bar is closed.');
  await page.mouse.move(box.x + box.width + 2, 300);
  await page.mouse.down();
  await page.mouse.move(to, 300, { steps: 5 });
  await page.mouse.up();
}

/** Mouse to where nothing has a tooltip, nor looks pressed; waits until nothing is on its way. */
async function calm({ page }: Workbench): Promise<void> {
  await page.mouse.move(550, 604); // the middle of the status bar
  const passing = page.locator('.monaco-hover:visible, .workbench-hover:visible');
  await passing.first().waitFor({ state: 'hidden' });
  const badge = page.locator('.part.activitybar .progress-badge');
  await badge.first().waitFor({ state: 'hidden' });
}

/** The app's topic and partition, and the messages of the key that is open. */
async function showTopics(workbench: Workbench): Promise<void> {
  await workbench.openContainer('State Folder');
  await workbench.welcomeButton('Run App with State').click();
  await workbench.openDownTo('State', 'total', 60_000);
  await workbench.command('View: Hide Panel');
  await widenSideBar(workbench, 400);
  await workbench.pane('Topics').locator('.pane-header').click();
  await workbench.expand(workbench.row('Topics', 'cpu-load'));
  const changelogs = workbench.row('Topics', 'Changelogs');
  await workbench.expand(changelogs); // a row that is chosen has its buttons in place of its numbers
  await changelogs.locator('.monaco-tl-twistie').click();
  const rows = await workbench.treeRows('State');
  const key = rows.find(({ level, expanded }) => level === 4 && expanded === true)?.label ?? '';
  await workbench.chooseFromContextMenu(workbench.row('State', key), 'Show Messages...');
  await workbench.tabs.filter({ hasText: 'cpu-load[0]' }).waitFor();
  await workbench.waitForEditorText((text) => /"value":.+\}$/m.test(text));
  await calm(workbench);
}

/** A value that has just changed, in the tree and beside it. */
async function showState(workbench: Workbench): Promise<void> {
  await workbench.command('View: Close All Editors');
  await workbench.pane('Topics').locator('.pane-header').click();
  await workbench.command('Terminal: Focus Terminal');
  await widenSideBar(workbench, 460);
  await workbench.row('State', 'total').first().click();
  await workbench.tabs.filter({ hasText: 'total.json' }).waitFor();
  await calm(workbench);
  const before = Number(await workbench.waitForEditorText((text) => Number(text) > 0));
  await workbench.waitForEditorText((text) => Number(text) > before, 60_000);
}

/** The app at a breakpoint in its stateful function, with its state beside it. */
async function showDebugging(workbench: Workbench, workspace: string): Promise<void> {
  const { page } = workbench;
  await workbench.command('State Folder: Stop App');
  await workbench.viewAction('Stop App').waitFor({ state: 'hidden' });
  await workbench.command('Terminal: Kill All Terminals');
  await workbench.command('View: Close All Editors');
  await widenSideBar(workbench, 400);
  const debugging = new Debugging(workbench);
  await debugging.openAt(workspace, 'main.py', 'state.set("total"');
  await debugging.toggleBreakpoint(true);
  await workbench.command('State Folder: Debug App with State');
  const line = page.locator('.view-overlays .debug-top-stack-frame-line').first();
  await line.waitFor({ timeout: 90_000 });
  const item = workbench.statusItem('state-folder.state-folder.stateFolder.run');
  await item.filter({ hasText: 'paused' }).waitFor();
  await workbench.waitForRows('State', (rows) =>
    rows.some(({ description }) => description.startsWith('live')),
  );
  await calm(workbench);
}

/** Opens rows, the first wherever it is, each other one below the one before; gives the last. */
async function openPath(workbench: Workbench, labels: readonly string[]): Promise<Locator> {
  let above: TreeRow | undefined;
  for (const label of labels) {
    const find = (rows: TreeRow[]) => below(above, rows).find((row) => row.label === label);
    above = find(await workbench.waitForRows('State', (rows) => find(rows) !== undefined));
    await workbench.expand(workbench.rowAt('State', above?.place ?? 0));
  }
  return workbench.rowAt('State', above?.place ?? 0);
}

/** The rows below a row, of all that are on screen. */
function below(row: TreeRow | undefined, rows: TreeRow[]): TreeRow[] {
  if (row === undefined) return rows;
  const after = rows.filter(({ place }) => place > row.place);
  const end = after.findIndex(({ level }) => level <= row.level);
  return end < 0 ? after : after.slice(0, end);
}

/** Windows of each kind, and what one of them has collected. */
async function showWindows(workbench: Workbench): Promise<void> {
  await workbench.openContainer('State Folder');
  await widenSideBar(workbench, 560);
  await workbench.collapse(workbench.row('State', 'default'));
  for (const store of [
    'tumbling_window_10000',
    'tumbling_count_window_reduce',
    'sliding_window_10000_max',
    'session_window_3000_sum',
  ]) {
    await openPath(workbench, [store, 'f-in[0]', 'PC1']);
  }
  const path = ['hopping_window_10000_5000_collect', 'f-in[0]', 'PC1'];
  const window = await openPath(workbench, [...path, '2026-11-24 03:32:50 - 03:33:00Z']);
  await window.click();
  await workbench.waitForEditorText((text) => text.startsWith('['));
  await calm(workbench);
}

/** TTL, what is noted for itself, group-by and a join. */
async function showKinds(workbench: Workbench): Promise<void> {
  await workbench.command('View: Close All Editors');
  await workbench.openContainer('State Folder');
  await workbench.viewAction('Collapse All').click();
  const folder = 'state/freddy-example-prod-features';
  await openPath(workbench, [folder, 'asof', 'f-meta[0]', 'PC1']);
  await openPath(workbench, ['default', 'f-ttl[0]', 'Internals']);
  await openPath(workbench, ['f-ttl[0]', 'Metadata']);
  await openPath(workbench, ['f-ttl[0]', 'PC1']);
  await openPath(workbench, ['f-in grouped by region[0]']);
  const value = await openPath(workbench, ['asof', 'f-meta[0]', 'PC1', '2026-11-24 03:32:32.627Z']);
  await value.click();
  await workbench.waitForEditorText((text) => text.includes('"region"'));
  await calm(workbench);
}

async function pictureSession(name: Theme, workspace: string, height: number): Promise<Session> {
  return openSession({
    workspace,
    width: 1100,
    height,
    colorScheme: name,
    settings: {
      'stateFolder.localBroker.port': await freePort(),
      'workbench.colorTheme': themes[name],
      'workbench.layoutControl.enabled': false,
      'window.menuBarVisibility': 'hidden',
      'breadcrumbs.enabled': false,
      'editor.minimap.enabled': false,
      'editor.stickyScroll.enabled': false,
      'workbench.tree.enableStickyScroll': false,
      'editor.fontSize': 14,
      '[jsonl]': { 'editor.fontSize': 11 }, // a message is a long line
      'debug.openDebug': 'neverOpen',
    },
  });
}

/** Takes pictures in one session; `picture` writes media/{subject}-{theme}.png. */
async function take(
  name: Theme,
  workspace: string,
  height: number,
  show: (workbench: Workbench, picture: (subject: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const session = await pictureSession(name, workspace, height);
  const { page, workbench } = session;
  try {
    await show(workbench, async (subject) => {
      await page.waitForTimeout(400); // a decoration is not in the page's text
      const png = smallPng(await page.screenshot());
      await writeFile(path.join(media, `${subject}-${name}.png`), png);
    });
  } catch (error) {
    await session.screenshot(`screenshots-failed-${name}`);
    throw error;
  } finally {
    await session.close();
  }
}

async function takeApp(name: Theme): Promise<void> {
  const workspace = await exampleWorkspace();
  try {
    await take(name, workspace.path, 620, async (workbench, picture) => {
      await showTopics(workbench);
      await picture('topics');
      await showState(workbench);
      await picture('screenshot');
      await showDebugging(workbench, workspace.path);
      await picture('debug');
      await workbench.command('State Folder: Stop App');
      await workbench.viewAction('Stop App').waitFor({ state: 'hidden' });
    });
  } finally {
    await workspace.remove();
  }
}

async function takeKinds(name: Theme): Promise<void> {
  const workspace = await fixtureWorkspace('12-real-app');
  try {
    await take(name, workspace.path, 1140, async (workbench, picture) => {
      await showWindows(workbench);
      await picture('windows');
      await showKinds(workbench);
      await picture('kinds');
    });
  } finally {
    await workspace.remove();
  }
}

async function main(): Promise<void> {
  for (const name of ['dark', 'light'] as const) {
    await takeApp(name);
    await takeKinds(name);
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
