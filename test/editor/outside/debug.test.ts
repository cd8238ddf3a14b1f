import assert from 'node:assert/strict';
import { exampleWorkspace } from '../exampleWorkspace';
import { freePort } from '../../freePort';
import { Debugging } from './debugging';
import { useSession } from './useSession';

const runItem = 'state-folder.state-folder.stateFolder.run';

describe('debugging without the Python Debugger', function () {
  this.timeout(240_000);
  const opened = useSession(async () => ({
    workspace: await exampleWorkspace(),
    options: { settings: { 'stateFolder.localBroker.port': await freePort() } },
  }));

  const totalOf = (rows: readonly { label: string; description: string }[]) =>
    Number(rows.find((row) => row.label === 'total')?.description ?? NaN);

  it('F5 without a launch.json stops at a breakpoint that F9 set', async () => {
    const { session, workspace } = opened();
    const debugging = new Debugging(session.workbench);
    const line = await debugging.openAt(workspace.path, 'main.py', 'state.set("total"');
    await debugging.toggleBreakpoint(true);
    await debugging.start();
    await debugging.standsAt(line, 90_000);
    assert.match(await debugging.local('total'), /^total\s*=\s*1$/);
    await session.screenshot('debugging-at-a-breakpoint');
  });

  it('says on the app that it is paused', async () => {
    const { workbench } = opened().session;
    const item = workbench.statusItem(runItem);
    await item.filter({ hasText: 'cpu-load-counter: paused' }).waitFor();
  });

  it('goes on, with its state live', async () => {
    const { session, workspace } = opened();
    const { workbench } = session;
    const debugging = new Debugging(workbench);
    await debugging.openAt(workspace.path, 'main.py', 'state.set("total"');
    await debugging.toggleBreakpoint(false);
    await debugging.start();
    await workbench.statusItem(runItem).filter({ hasText: 'cpu-load-counter: running' }).waitFor();
    await workbench.openContainer('State Folder');
    const seen = await workbench.waitForRows('State', (rows) => totalOf(rows) > 1, 60_000);
    await workbench.waitForRows('State', (rows) => totalOf(rows) > totalOf(seen), 30_000);
  });

  it('ends with Shift+F5 as with Ctrl+C', async () => {
    const { workbench } = opened().session;
    await new Debugging(workbench).stop();
    await workbench.statusItem(runItem).waitFor({ state: 'detached' });
    const text = await workbench.terminalText();
    assert.match(text, /Stopping the application/);
    assert.equal(await workbench.toasts.count(), 0);
  });

  it('Debug App with State begins it anew, Stop App ends it', async () => {
    const { workbench } = opened().session;
    const debugging = new Debugging(workbench);
    await workbench.command('State Folder: Debug App with State');
    await debugging.toolbar.waitFor();
    await workbench
      .statusItem(runItem)
      .filter({ hasText: 'cpu-load-counter: running' })
      .waitFor({ timeout: 60_000 });
    await workbench.command('State Folder: Stop App');
    await debugging.toolbar.waitFor({ state: 'hidden', timeout: 30_000 });
    await workbench.statusItem(runItem).waitFor({ state: 'detached' });
  });

  it('is offered for a new launch.json, with the app of the workspace', async () => {
    const { workbench } = opened().session;
    await workbench.openFile('main.py');
    await workbench.command('Debug: Add Configuration...');
    await workbench.tabs.filter({ hasText: 'launch.json' }).waitFor();
    const text = await workbench.waitForEditorText((seen) => seen.includes('quix-streams'));
    assert.match(text, /"program": "\$\{workspaceFolder\}\/main\.py"/);
    assert.match(text, /"name": "cpu-load-counter"/);
  });
});
