import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { DemoSteps, until } from './demoSteps';
import { openBrowser, openWorkbench } from './vscode/browser';
import { ensureChromium } from './vscode/chromium';
import { freePort } from '../freePort';
import { recordRow, type ShownText } from './vscode/recordRow';
import { startServer } from './vscode/server';
import { Workbench } from './vscode/workbench';

const root = path.resolve(import.meta.dirname, '../..');

type Step = <T>(title: string, work: (log: (line: string) => void) => Promise<T>) => Promise<T>;

/** Notes when the write-ahead logs below a folder were written to: ms since epoch, ascending. */
class WriteTimes {
  readonly times: number[] = [];
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly folder: string) {
    this.timer = setInterval(() => void this.look(), 20);
  }

  private async look(): Promise<void> {
    const files = await readdir(this.folder, { recursive: true }).catch(() => []);
    for (const file of files.filter((name) => /\d{6}\.log$/.test(name))) {
      const found = await stat(path.join(this.folder, file)).catch(() => undefined);
      if (found !== undefined && !this.times.includes(found.mtimeMs)) {
        this.times.push(found.mtimeMs);
        this.times.sort((a, b) => a - b);
      }
    }
  }

  /** How long before `at` the last write was. */
  age(at: number): number {
    return at - (this.times.filter((time) => time <= at).at(-1) ?? NaN);
  }

  stop(): void {
    clearInterval(this.timer);
  }
}

/** The first two texts that one key had. */
function twoValues(shown: readonly ShownText[]): readonly [ShownText, ShownText] | undefined {
  for (const first of shown) {
    const same = (other: ShownText) => other.path.join('/') === first.path.join('/');
    const second = shown.find((other) => same(other) && other.at > first.at);
    if (second !== undefined) return [first, second];
  }
  return undefined;
}

/**
 * Does what a person does in the demo, in a real VS Code: Run App with State, two values of one key in
 * the tree, the value document, topics, messages, Restart App, Stop App, Debug App with State. Gives a
 * line that says what was seen; fails otherwise.
 */
export async function runDemoOnce(workspace: string, step: Step): Promise<string> {
  const chromium = await step('Chromium', ensureChromium);
  process.env.CHROME_BIN = chromium;
  const port = await freePort();
  const server = await startServer({
    unpacked: [root],
    settings: { 'stateFolder.localBroker.port': port },
  });
  const writes = new WriteTimes(path.join(workspace, 'state'));
  const browser = await openBrowser();
  try {
    const { page, foreign } = await step('Opening the workbench', () =>
      openWorkbench(server, browser, { workspace, height: 1000 }),
    );
    const workbench = new Workbench(page);
    try {
      const shown = await step('Run App with State, values in the tree', async (log) => {
        await workbench.openContainer('State Folder');
        const record = await recordRow(page, 'total');
        await workbench.welcomeButton('Run App with State').click();
        await workbench.openDownTo('State', 'total', 60_000);
        const seen = await until('two values of one key in the tree', 60_000, async () =>
          twoValues(await record()),
        );
        for (const { path: rows, text } of seen) log(`${rows.at(-1)} total ${text}`);
        return seen;
      });
      const text = await step('Value document', async (log) => {
        await workbench.row('State', 'total').first().click();
        await workbench.tabs.filter({ hasText: 'total.json' }).waitFor();
        const value = await until('a number in total.json', 10_000, async () => {
          const found = (await workbench.editorText()).trim();
          return /^\d+$/.test(found) ? found : undefined;
        });
        log(`total.json ${value}`);
        return value;
      });
      const person = new DemoSteps(workbench, workspace);
      await step('Topics view', (log) => person.topics(log));
      await step('Show Messages...', (log) => person.messages(log));
      await step('Send Test Message...', (log) => person.testMessage(log));
      await step('Restart App', (log) => person.restart(log));
      await step('Stop App', async () => {
        await workbench.command('State Folder: Stop App');
        await until('the app stopped', 20_000, async () => {
          if ((await workbench.viewAction('Stop App').count()) > 0) return undefined;
          return writes.age(Date.now()) > 3000 ? true : undefined;
        });
      });
      await step('Debug App with State to a breakpoint', (log) => person.debug(log));
      await step('Continue, Stop', (log) => person.goOnAndStop(log));
      if (foreign.length > 0) throw new Error(`Other hosts were asked: ${foreign.join(' ')}`);
      const [first, second] = shown;
      const said = (value: ShownText) =>
        `${value.text} shown ${writes.age(value.at).toFixed(0)} ms after its write`;
      return `${first.path.at(-1)} total: ${said(first)}, ${said(second)}; total.json showed ${text}; the app was restarted, stopped, debugged and stopped.`;
    } catch (error) {
      const picture = path.join(root, '.demo/failed.png');
      await page.screenshot({ path: picture });
      const terminal = (await workbench.terminalText()).split('\n').slice(-15).join('\n');
      const toasts = (await workbench.toasts.allInnerTexts()).join('\n');
      throw new Error(
        `${(error as Error).message}\nWhat was seen: ${picture}\nToasts: ${toasts}\nTerminal:\n${terminal}`,
        { cause: error },
      );
    }
  } finally {
    writes.stop();
    await browser.close();
    await server.stop();
  }
}
