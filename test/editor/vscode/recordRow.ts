import type { Page } from 'playwright-core';

/** A text of a row, and when it was in the page. */
export interface ShownText {
  /** ms since epoch */
  readonly at: number;
  readonly text: string;
  /** labels of the rows that it hangs below, from the root */
  readonly path: readonly string[];
}

interface RecordingWindow extends Window {
  stateFolderRecord?: ShownText[];
}

/**
 * Records every text that the description of the first row called `label` takes, from now on, at the
 * moment when it changes in the page. Gives what reads the record.
 */
export async function recordRow(page: Page, label: string): Promise<() => Promise<ShownText[]>> {
  await page.evaluate((wanted) => {
    const record: ShownText[] = [];
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
        const last = record.at(-1);
        const same = text === last?.text && path.join('/') === last.path.join('/');
        if (text !== '' && !same) record.push({ at: Date.now(), text, path });
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
  return () => page.evaluate(() => (window as RecordingWindow).stateFolderRecord ?? []);
}
