// Makes the pictures of the README, media/{screenshot,topics,debug}-{dark,light}.png: the example app while
// it runs, its topics, and at a breakpoint, in the packed extension. Usage: npm run package && npm run screenshots
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Debugging } from './outside/debugging';
import { openSession } from './outside/session';
import { exampleWorkspace } from './exampleWorkspace';
import { freePort } from '../freePort';
import { smallPng } from './smallPng';
import type { Workbench } from './vscode/workbench';

const media = path.resolve(import.meta.dirname, '../../media');
const themes = { dark: 'Default Dark Modern', light: 'Default Light Modern' } as const;

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

async function take(name: keyof typeof themes): Promise<void> {
  const workspace = await exampleWorkspace();
  const session = await openSession({
    workspace: workspace.path,
    width: 1100,
    height: 620,
    colorScheme: name,
    settings: {
      'stateFolder.localBroker.port': await freePort(),
      'workbench.colorTheme': themes[name],
      'workbench.layoutControl.enabled': false,
      'window.menuBarVisibility': 'hidden',
      'breadcrumbs.enabled': false,
      'editor.minimap.enabled': false,
      'editor.stickyScroll.enabled': false,
      'editor.fontSize': 14,
      '[jsonl]': { 'editor.fontSize': 11 }, // a message is a long line
      'debug.openDebug': 'neverOpen',
    },
  });
  const { page, workbench } = session;
  const picture = async (subject: string) => {
    await page.waitForTimeout(400); // a decoration is not in the page's text
    const png = smallPng(await page.screenshot());
    await writeFile(path.join(media, `${subject}-${name}.png`), png);
  };
  try {
    await showTopics(workbench);
    await picture('topics');
    await showState(workbench);
    await picture('screenshot');
    await showDebugging(workbench, workspace.path);
    await picture('debug');
    await workbench.command('State Folder: Stop App');
    await workbench.viewAction('Stop App').waitFor({ state: 'hidden' });
  } catch (error) {
    await session.screenshot(`screenshots-failed-${name}`);
    throw error;
  } finally {
    await session.close();
    await workspace.remove();
  }
}

async function main(): Promise<void> {
  for (const name of ['dark', 'light'] as const) await take(name);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
