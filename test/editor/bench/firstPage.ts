// How long after the click on a partition of a million message keys its first page is in the page,
// while a writer makes 20 checkpoints a second in it.
// Usage: tsx firstPage.ts [newest|oldest]
import { execFile } from 'node:child_process';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { cacheFolder, makeOnce } from '../../cache.mjs';
import { python } from '../../python.mjs';
import { openSession } from '../outside/session';
import { temporaryFolder } from '../vscode/workspace';
import { CheckpointWriter } from './writer';

const keys = 1_000_000;
const times = 5;

async function bigStore(): Promise<string> {
  const folder = await makeOnce(path.join(cacheFolder, `store-${keys}`), async (at) => {
    const script = path.join(import.meta.dirname, 'bigStore.py');
    await promisify(execFile)(await python(), [script, at, '1', String(keys)]);
  });
  return path.join(folder, 'default');
}

interface TimingWindow extends Window {
  stateFolderFirstPage?: Promise<number>;
}

/** Clicks the row; gives the ms from the press of the button to the first rows below it in the page. */
async function timeClick(page: Page, label: string): Promise<number> {
  await page.evaluate((wanted) => {
    (window as TimingWindow).stateFolderFirstPage = new Promise((resolve) => {
      let pressed: number | undefined;
      document.addEventListener('pointerdown', () => (pressed ??= performance.now()), true);
      const rowsBelow = () => {
        const rows = [...document.querySelectorAll('.part.sidebar .pane-body .monaco-list-row')];
        const row = rows.find((one) => one.querySelector('.label-name')?.textContent === wanted);
        const level = Number(row?.getAttribute('aria-level'));
        const place = Number(row?.getAttribute('data-index'));
        return rows.filter(
          (one) =>
            Number(one.getAttribute('data-index')) > place &&
            Number(one.getAttribute('aria-level')) === level + 1,
        ).length;
      };
      new MutationObserver(() => {
        if (pressed !== undefined && rowsBelow() > 0) resolve(performance.now() - pressed);
      }).observe(document.body, { subtree: true, childList: true });
    });
  }, label);
  const row = page.locator('.part.sidebar .monaco-list-row', {
    has: page.locator('.label-name').getByText(label, { exact: true }),
  });
  await row.locator('.monaco-tl-twistie').click();
  return page.evaluate(() => (window as TimingWindow).stateFolderFirstPage ?? NaN);
}

async function main(): Promise<void> {
  const which = process.argv[2] === 'oldest' ? 'oldest' : 'newest';
  const folder = await temporaryFolder();
  const base = path.join(folder.path, 'bench/state/group');
  await cp(await bigStore(), path.join(base, 'default'), { recursive: true });
  const small = await CheckpointWriter.start(base, 0, 1, 0);
  await small.stop(); // partition 0: what the tree opens by itself
  const writer = await CheckpointWriter.start(base, 1, 0.05, 0);
  writer.go();
  try {
    const measured: number[] = [];
    for (let i = 0; i < times; i++) {
      const session = await openSession({ which, workspace: path.join(folder.path, 'bench') });
      try {
        await session.workbench.openContainer('State Folder');
        await session.workbench.openDownTo('State', 'total');
        await session.workbench.row('State', 'numbers[1]').waitFor();
        await session.page.waitForTimeout(1000); // the workbench is still loading its other parts
        measured.push(await timeClick(session.page, 'numbers[1]'));
      } finally {
        await session.close();
      }
    }
    const shown = measured.map((ms) => ms.toFixed(0)).join(', ');
    console.log(`First page of ${keys} message keys, ${times} fresh windows: ${shown} ms`);
  } finally {
    await writer.stop();
    await folder.remove();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
