import type { Locator, Page } from 'playwright-core';

/** One row of a tree view as it is seen and as it is said. */
export interface TreeRow {
  /** which row of the tree it is, from 0, were all of them on screen */
  readonly place: number;
  /** depth, from 1 */
  readonly level: number;
  readonly label: string;
  readonly description: string;
  /** what a screen reader says */
  readonly aria: string;
  /** undefined: a leaf */
  readonly expanded: boolean | undefined;
}

const exact = (text: string) => new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

/** Reads the rows of a tree; runs in the page. */
function readRows(elements: Element[]): TreeRow[] {
  return elements.map((row) => {
    const expanded = row.getAttribute('aria-expanded');
    return {
      place: Number(row.getAttribute('data-index')),
      level: Number(row.getAttribute('aria-level')),
      label: row.querySelector('.label-name')?.textContent ?? '',
      description: row.querySelector('.label-description')?.textContent ?? '',
      aria: row.getAttribute('aria-label') ?? '',
      expanded: expanded === null ? undefined : expanded === 'true',
    };
  });
}

/** VS Code's workbench, as a person sees and works it. Selectors hold for 1.103 to 1.139. */
export class Workbench {
  readonly quickInput: Locator;
  readonly quickRows: Locator;
  readonly toasts: Locator;
  readonly dialog: Locator;
  readonly tabs: Locator;
  readonly terminalRows: Locator;

  constructor(readonly page: Page) {
    this.quickInput = page.locator('.quick-input-widget .quick-input-box input');
    this.quickRows = page.locator('.quick-input-widget .quick-input-list .monaco-list-row');
    this.toasts = page.locator('.notifications-toasts .notification-toast');
    this.dialog = page.locator('.monaco-dialog-box');
    this.tabs = page.locator('.editor-group-container .tabs-container .tab');
    this.terminalRows = page.locator('.terminal-wrapper.active .xterm-rows > div');
  }

  /** The icon of a view container in the activity bar. */
  activity(name: string): Locator {
    const label = `[aria-label^="${name}"]`;
    return this.page
      .locator(
        `.part.activitybar [role="tab"]${label}, .part.activitybar .action-item:has(a.action-label${label})`,
      )
      .first();
  }

  /** Shows a view container unless it is shown. */
  async openContainer(name: string): Promise<void> {
    const title = this.page.locator('.part.sidebar .composite.title h2');
    const shown = (await title.count()) > 0 ? ((await title.first().textContent()) ?? '') : '';
    if (!shown.toLowerCase().startsWith(name.toLowerCase())) await this.activity(name).click();
    await title.filter({ hasText: new RegExp(`^${name}`, 'i') }).waitFor();
  }

  /** A view by its title; its header is hidden while it is alone in its container. */
  pane(title: string): Locator {
    return this.page.locator('.part.sidebar .split-view-view .pane', {
      has: this.page.locator('.pane-header .title').getByText(exact(title)),
    });
  }

  rows(view: string): Locator {
    return this.pane(view).locator('.pane-body .monaco-list-row');
  }

  /** The rows of a view with this label, in their order. */
  row(view: string, label: string): Locator {
    return this.rows(view).filter({
      has: this.page.locator('.label-name').getByText(exact(label)),
    });
  }

  /** The row at a place, as `treeRows` tells it. */
  rowAt(view: string, place: number): Locator {
    return this.pane(view).locator(`.pane-body .monaco-list-row[data-index="${place}"]`);
  }

  /** What the view's visible rows say, from top to bottom. */
  async treeRows(view: string): Promise<TreeRow[]> {
    const rows = await this.rows(view).evaluateAll(readRows);
    rows.sort((a, b) => a.place - b.place); // in the page they are in the order that they came in
    return rows.map((row) => ({
      ...row,
      label: plain(row.label),
      description: plain(row.description),
    }));
  }

  /** Waits until the view's rows are as `wanted` says; gives them. */
  async waitForRows(
    view: string,
    wanted: (rows: TreeRow[]) => boolean,
    timeout = 20_000,
  ): Promise<TreeRow[]> {
    const deadline = Date.now() + timeout;
    for (;;) {
      const rows = await this.treeRows(view);
      if (wanted(rows)) return rows;
      if (Date.now() > deadline) {
        throw new Error(`The rows of ${view} are ${JSON.stringify(rows, undefined, 1)}`);
      }
      await this.page.waitForTimeout(50);
    }
  }

  /** Opens a tree row unless it is open: a click toggles, and VS Code opens some rows by itself. */
  async expand(row: Locator): Promise<void> {
    await row.waitFor();
    await this.toggleIfThere(row, true);
  }

  /** Closes a tree row unless it is closed. */
  async collapse(row: Locator): Promise<void> {
    await row.waitFor();
    await this.toggleIfThere(row, false);
  }

  /** Opens or closes a row; one that is called otherwise by now, or is gone, stays as it is. */
  private async toggleIfThere(row: Locator, expanded: boolean): Promise<void> {
    const isDone = () =>
      row.evaluateAll(
        ([first], wanted) =>
          first === undefined || first.getAttribute('aria-expanded') === String(wanted),
        expanded,
      );
    for (let click = 0; click < 5 && !(await isDone()); click++) {
      try {
        await row.locator('.monaco-tl-twistie').click({ timeout: 5000 });
      } catch (error) {
        if ((await row.count()) > 0) throw error;
      }
      for (let wait = 0; wait < 40 && !(await isDone()); wait++) {
        await this.page.waitForTimeout(50);
      }
    }
  }

  /** Opens the first row that is closed, again and again, until one is called `label`. */
  async openDownTo(view: string, label: string, timeout = 20_000): Promise<void> {
    const wanted = (rows: TreeRow[]) => rows.some((row) => row.label === label);
    const closed = (row: TreeRow) => row.expanded === false;
    for (const deadline = Date.now() + timeout; ;) {
      const left = Math.max(deadline - Date.now(), 0);
      const rows = await this.waitForRows(view, (seen) => wanted(seen) || seen.some(closed), left);
      if (wanted(rows)) return;
      await this.toggleIfThere(this.row(view, rows.find(closed)?.label ?? '').first(), true);
    }
  }

  /**
   * Presses an inline action of the first row with the label of `row`. It is found and pressed in one turn
   * of the page: VS Code makes a row's buttons anew when it repaints it, and one that is gone takes no click.
   */
  async inlineAction(row: Locator, title: string): Promise<void> {
    await this.calm();
    await row.hover();
    const label = await row.locator('.label-name').textContent();
    await this.page.waitForFunction(
      ([wanted, action]) => {
        const rows = [...document.querySelectorAll('.part.sidebar .monaco-list-row')];
        const named = rows.find((one) => one.querySelector('.label-name')?.textContent === wanted);
        const button = named?.querySelector(`.actions-container [aria-label^="${action}"]`);
        (button as HTMLElement | null | undefined)?.click();
        return button !== null && button !== undefined;
      },
      [label, title] as const,
    );
  }

  /** Labels of what a row's context menu offers. */
  async contextMenu(row: Locator): Promise<string[]> {
    const items = await this.openContextMenu(row);
    const labels = (await items.allTextContents()).map((text) => text.trim());
    await this.page.keyboard.press('Escape');
    await items.first().waitFor({ state: 'detached' });
    return labels.filter((label) => label !== '');
  }

  async chooseFromContextMenu(row: Locator, title: string): Promise<void> {
    const items = await this.openContextMenu(row);
    // a click right after the menu opened counts as the one that opened it
    await items.getByText(exact(title)).hover();
    await this.page.keyboard.press('Enter');
    await items.first().waitFor({ state: 'detached' });
  }

  private async openContextMenu(row: Locator): Promise<Locator> {
    await this.calm();
    await row.click({ button: 'right' });
    const items = this.page.locator('.monaco-menu .action-item:not(.disabled) .action-label');
    await items.first().waitFor();
    return items;
  }

  /** An action in the title of the side bar's view. */
  viewAction(title: string): Locator {
    return this.page
      .locator(`.part.sidebar .actions-container a.action-label[aria-label^="${title}"]`)
      .first();
  }

  /** A button of a welcome view. */
  welcomeButton(title: string): Locator {
    return this.page
      .locator('.part.sidebar .welcome-view-content .monaco-button')
      .getByText(exact(title));
  }

  async welcomeText(): Promise<string> {
    return plain(
      (await this.page.locator('.part.sidebar .welcome-view-content').allInnerTexts()).join('\n'),
    );
  }

  /** Runs a command from the palette by its whole title. */
  async command(title: string): Promise<void> {
    await this.openPalette(title);
    // several commands may match: the row whose whole label is the title, not the first one
    const label = this.page.locator('.label-name').getByText(title, { exact: true });
    await this.quickRows.filter({ has: label }).first().click();
    await this.page.waitForFunction((typed) => {
      const widget = document.querySelector('.quick-input-widget');
      const input = widget?.querySelector('input');
      const closed = widget === null || getComputedStyle(widget).display === 'none';
      return closed || input?.value !== typed; // closed, or opened anew by the command
    }, `>${title}`);
  }

  /** Opens the palette and types `text`. */
  async openPalette(text: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      await this.page.keyboard.press('F1'); // the first one after a picker closed may be lost
      try {
        await this.quickInput.waitFor({ timeout: 2000 });
        break;
      } catch (error) {
        if (attempt === 5) throw error;
      }
    }
    await this.quickInput.fill(`>${text}`);
  }

  /** Opens a file of the workspace by its name. */
  async openFile(name: string): Promise<void> {
    await this.page.keyboard.press('Control+P');
    await this.quickInput.fill(name);
    await this.quickRows.filter({ hasText: name }).first().click();
    await this.tabs.filter({ hasText: name }).waitFor();
  }

  /** The visible text of the active editor. */
  async editorText(): Promise<string> {
    const lines = this.page.locator(
      '.editor-group-container.active .editor-instance .view-lines > .view-line',
    );
    const tops = await lines.evaluateAll((elements) =>
      elements.map((line) => ({
        top: parseFloat((line as HTMLElement).style.top),
        text: line.textContent ?? '',
      })),
    );
    return plain(
      tops
        .sort((a, b) => a.top - b.top)
        .map((line) => line.text)
        .join('\n'),
    );
  }

  /** Waits until the active editor's visible text is as `wanted` says; gives it. */
  async waitForEditorText(wanted: (text: string) => boolean, timeout = 20_000): Promise<string> {
    for (const deadline = Date.now() + timeout; ; await this.page.waitForTimeout(50)) {
      const text = await this.editorText();
      if (wanted(text)) return text;
      if (Date.now() > deadline) throw new Error(`The editor shows ${JSON.stringify(text)}`);
    }
  }

  /** The visible text of the active terminal. */
  async terminalText(): Promise<string> {
    const rows = await this.terminalRows.allTextContents();
    return plain(rows.map((row) => row.trimEnd()).join('\n')).trim();
  }

  /** Waits until the active terminal shows `text`; spaces aside, for a line that wraps loses some. */
  async waitForTerminal(text: string, timeout = 20_000): Promise<void> {
    const wanted = text.replaceAll(/\s/g, '');
    for (const deadline = Date.now() + timeout; ; await this.page.waitForTimeout(50)) {
      const rows = await this.terminalRows.allTextContents();
      if (rows.join('').replaceAll(/\s/g, '').includes(wanted)) return;
      if (Date.now() > deadline) throw new Error(`The terminal shows ${JSON.stringify(rows)}`);
    }
  }

  /** An item of the status bar; `id` is `publisher.extension.item`. */
  statusItem(id: string): Locator {
    return this.page.locator(`.part.statusbar .statusbar-item[id="${id}"]`);
  }

  /** What a screen reader says of the element that has the focus. */
  async focusedLabel(): Promise<string> {
    return this.page.evaluate(() => {
      const element = document.activeElement;
      const active = element?.getAttribute('aria-activedescendant');
      const target = active ? document.getElementById(active) : element;
      return target?.getAttribute('aria-label') ?? '';
    });
  }

  async clipboard(): Promise<string> {
    return this.page.evaluate(() => navigator.clipboard.readText());
  }

  /** Mouse to where nothing has a tooltip: one left open takes the clicks meant for rows below it. */
  async calm(): Promise<void> {
    await this.page.mouse.move((this.page.viewportSize()?.width ?? 800) / 2, 12);
    const hover = this.page.locator('.monaco-hover:visible, .workbench-hover:visible');
    await hover.first().waitFor({ state: 'hidden' });
  }

  async setTheme(label: string): Promise<void> {
    await this.command('Preferences: Color Theme');
    await this.quickInput.fill(label);
    const name = this.page.locator('.label-name').getByText(label, { exact: true });
    await this.quickRows.filter({ has: name }).first().waitFor();
    await this.page.keyboard.press('Enter');
    await this.quickInput.waitFor({ state: 'hidden' });
  }
}
