import type { Page } from 'playwright-core';

/** A text of a row, and when it was in the page: ms since epoch. */
export interface ShownText {
  readonly at: number;
  readonly text: string;
}

export interface RowRecord {
  /** the rows above it that it hangs below, from the root */
  readonly path: readonly string[];
  readonly shown: readonly ShownText[];
}

interface RecordingWindow extends Window {
  stateFolderRecord?: { path: string[]; shown: ShownText[] };
}

/**
 * Records every text that the description of the first row called `label` takes, from now on, at the
 * moment when it changes in the page. Gives what reads the record.
 */
export async function recordRow(page: Page, label: string): Promise<() => Promise<RowRecord>> {
  await page.evaluate((wanted) => {
    const record = { path: [] as string[], shown: [] as ShownText[] };
    (window as RecordingWindow).stateFolderRecord = record;
    const look = () => {
      const rows = [...document.querySelectorAll('.part.sidebar .pane-body .monaco-list-row')].sort(
        (a, b) => Number(a.getAttribute('data-index')) - Number(b.getAttribute('data-index')),
      );
      const path: string[] = [];
      for (const row of rows) {
        const name = row.querySelector('.label-name')?.textContent ?? '';
        path.length = Number(row.getAttribute('aria-level')) - 1;
        if (name !== wanted) {
          path.push(name);
          continue;
        }
        const text = row.querySelector('.label-description')?.textContent ?? '';
        if (text !== '' && text !== record.shown.at(-1)?.text) {
          record.shown.push({ at: Date.now(), text });
          record.path = path;
        }
        return;
      }
    };
    const sidebar = document.querySelector('.part.sidebar');
    if (sidebar === null) throw new Error('The side bar is closed.');
    new MutationObserver(look).observe(sidebar, {
      subtree: true,
      childList: true,
      characterData: true,
    });
    look();
  }, label);
  return () =>
    page.evaluate(() => (window as RecordingWindow).stateFolderRecord ?? { path: [], shown: [] });
}
