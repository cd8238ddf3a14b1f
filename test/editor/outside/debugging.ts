import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Workbench } from '../vscode/workbench';

/** What a person does with VS Code's debugger. */
export class Debugging {
  constructor(private readonly workbench: Workbench) {}

  /** Opens a file of the workspace at the line that holds `text`; gives its number, from 1. */
  async openAt(workspace: string, name: string, text: string): Promise<number> {
    const { workbench } = this;
    const lines = (await readFile(path.join(workspace, name), 'utf8')).split('\n');
    const line = lines.findIndex((one) => one.includes(text)) + 1;
    if (line === 0) throw new Error(`${name} has no ${text}`);
    await workbench.openFile(name);
    await workbench.page.keyboard.press('Control+G');
    await workbench.quickInput.fill(`:${line}`);
    await workbench.quickRows
      .filter({ hasText: String(line) })
      .first()
      .click();
    await workbench.quickInput.waitFor({ state: 'hidden' });
    return line;
  }

  /** F9, until the line shows that it did. */
  async toggleBreakpoint(there: boolean): Promise<void> {
    const { page } = this.workbench;
    await page.keyboard.press('F9');
    await page
      .locator('.glyph-margin-widgets .codicon-debug-breakpoint, .codicon-debug-stackframe-dot')
      .first()
      .waitFor({ state: there ? 'visible' : 'hidden' });
  }

  async start(): Promise<void> {
    await this.workbench.page.keyboard.press('F5');
  }

  /** Waits until the debugger stands at a line. */
  async standsAt(line: number, timeout = 60_000): Promise<void> {
    const { page } = this.workbench;
    const marker = page.locator('.view-overlays .debug-top-stack-frame-line').first();
    await marker.waitFor({ timeout });
    await page
      .locator('.debug-call-stack .monaco-list-row')
      .filter({ hasText: new RegExp(`${line}:1`) })
      .first()
      .waitFor();
  }

  /** What the Variables view says of a local variable: `total = 1`. */
  async local(name: string): Promise<string> {
    const { workbench } = this;
    const rows = workbench.page.locator('.debug-variables .monaco-list-row');
    await workbench.expand(rows.filter({ hasText: /^Locals/ }));
    const row = rows.filter({ hasText: new RegExp(`^${name}\\b`) }).first();
    return (await row.textContent()) ?? '';
  }

  /** Ends the session with Shift+F5; resolves when its toolbar has gone. */
  async stop(): Promise<void> {
    await this.workbench.page.keyboard.press('Shift+F5');
    await this.toolbar.waitFor({ state: 'hidden', timeout: 30_000 });
  }

  get toolbar() {
    return this.workbench.page.locator('.debug-toolbar').first();
  }
}
