import { setTimeout as delay } from 'node:timers/promises';
import { Debugging } from './outside/debugging';
import type { TreeRow, Workbench } from './vscode/workbench';

const topic = 'cpu-load';
const runItem = 'state-folder.state-folder.stateFolder.run';
/** A device that the example's source does not stand in for. */
const device = 'PC9';
const testMessage = `{"key":"${device}","value":{"cpu":12.5}}`;

type Log = (line: string) => void;

/** Calls `look` until it gives something; fails after `ms` with what was waited for. */
export async function until<T>(
  what: string,
  ms: number,
  look: () => Promise<T | undefined>,
): Promise<T> {
  for (const deadline = Date.now() + ms; ; await delay(50)) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`Not within ${ms / 1000} s: ${what}`);
  }
}

/** The total of the first message key that is open, or of this one. */
function totalIn(rows: readonly TreeRow[], messageKey?: string): number {
  const from = messageKey === undefined ? 0 : rows.findIndex(({ label }) => label === messageKey);
  const total = from === -1 ? undefined : rows.slice(from).find(({ label }) => label === 'total');
  return Number(total?.description ?? NaN);
}

const partitionIn = (rows: readonly TreeRow[]) =>
  rows.find(({ label }) => label === `${topic}[0]`)?.description ?? '';

/** What a person does in the demo with the example app once it runs. Each fails where it does not see what it should. */
export class DemoSteps {
  constructor(
    private readonly workbench: Workbench,
    private readonly workspace: string,
  ) {}

  /** Opens the Topics view: the topic with its partitions, messages and lag. */
  async topics(log: Log): Promise<void> {
    const { workbench } = this;
    await workbench.pane('Topics').locator('.pane-header').click();
    const expected = /^1 partition · [\d,]+ messages · lag [\d,]+$/;
    const isWhole = ({ label, description }: TreeRow) =>
      label === topic && expected.test(description);
    const rows = await workbench.waitForRows('Topics', (seen) => seen.some(isWhole));
    log(`${topic} ${rows.find(isWhole)?.description}`);
  }

  /** Show Messages... of the topic: JSON lines. */
  async messages(log: Log): Promise<void> {
    const { workbench } = this;
    await workbench.chooseFromContextMenu(workbench.row('Topics', topic), 'Show Messages...');
    await workbench.tabs.filter({ hasText: `${topic}.jsonl` }).waitFor();
    const message = /^\{"partition":0,"offset":\d+,"time":"[^"]+","key":"PC\d","value":.+\}$/m;
    const text = await workbench.waitForEditorText((seen) => message.test(seen));
    const [line] = message.exec(text) ?? [''];
    JSON.parse(line);
    log(line);
  }

  /** Send Test Message... to the topic: the app works on it, its state is in the tree. */
  async testMessage(log: Log): Promise<void> {
    const { workbench } = this;
    const { page } = workbench;
    await workbench.chooseFromContextMenu(workbench.row('Topics', topic), 'Send Test Message...');
    await workbench.tabs.filter({ hasText: `${topic}.messages.jsonl` }).waitFor();
    await workbench.waitForEditorText((text) => /^\{"key":"PC\d","value":.+\}$/m.test(text));
    await page.keyboard.press('Control+A');
    // Pasted: what is typed gets closing quotes and brackets of its own.
    await page.evaluate((text) => navigator.clipboard.writeText(text), testMessage);
    await page.keyboard.press('Control+V');
    await workbench.waitForEditorText((text) => text.trim() === testMessage);
    const lenses = page.locator('.editor-group-container.active .codelens-decoration');
    await lenses.getByText('Send Messages', { exact: true }).click();
    await lenses.getByText('1 message sent at').waitFor();
    await workbench.waitForRows('State', (rows) => rows.some(({ label }) => label === device));
    await workbench.expand(workbench.row('State', device));
    const rows = await workbench.waitForRows('State', (seen) => totalIn(seen, device) === 1);
    log(`${device} total ${totalIn(rows, device)}`);
  }

  /** Restart App: the state is kept, the total goes on from where it was. */
  async restart(log: Log): Promise<void> {
    const { workbench } = this;
    const before = await workbench.treeRows('State');
    if (partitionIn(before).includes('kept')) throw new Error('kept before the restart');
    await workbench.command('State Folder: Restart App');
    const isKept = (rows: TreeRow[]) => /^live · .+ · kept$/.test(partitionIn(rows));
    const goesOn = (rows: TreeRow[]) => isKept(rows) && totalIn(rows) > totalIn(before);
    const after = await workbench.waitForRows('State', goesOn, 90_000);
    const [from, to] = [totalIn(before), totalIn(after)];
    if (to > from + 20) throw new Error(`The total was ${from}, and is ${to} after the restart.`);
    log(`${topic}[0] ${partitionIn(after)}`);
    log(`total ${from}, then ${to}`);
  }

  /** Debug App with State, with a breakpoint in `count`. */
  async debug(log: Log): Promise<void> {
    const { workbench } = this;
    const debugging = new Debugging(workbench);
    const line = await this.openCount(debugging);
    await debugging.toggleBreakpoint(true);
    await workbench.command('State Folder: Debug App with State');
    await debugging.standsAt(line, 90_000);
    const local = await debugging.local('total');
    if (!/^total\s*=\s*\d+$/.test(local)) throw new Error(`The Variables view shows ${local}`);
    const item = workbench.statusItem(runItem);
    await item.filter({ hasText: 'cpu-load-counter: paused' }).waitFor();
    log(`main.py:${line} ${local.replace(/\s*=\s*/, ' = ')}, paused`);
  }

  /** Goes on from the breakpoint, with the state live, and ends the session. */
  async goOnAndStop(log: Log): Promise<void> {
    const { workbench } = this;
    const debugging = new Debugging(workbench);
    await this.openCount(debugging);
    await debugging.toggleBreakpoint(false);
    await debugging.start();
    const item = workbench.statusItem(runItem);
    await item.filter({ hasText: 'cpu-load-counter: running' }).waitFor();
    await workbench.openContainer('State Folder');
    const first = await workbench.waitForRows('State', (rows) => totalIn(rows) > 0);
    const next = (rows: TreeRow[]) => totalIn(rows) > totalIn(first);
    const second = await workbench.waitForRows('State', next, 60_000);
    log(`total ${totalIn(first)}, then ${totalIn(second)}`);
    await debugging.stop();
    await item.waitFor({ state: 'detached' });
  }

  private openCount(debugging: Debugging): Promise<number> {
    return debugging.openAt(this.workspace, 'main.py', 'state.set("total"');
  }
}
