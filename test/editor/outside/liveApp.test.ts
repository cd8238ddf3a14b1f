import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { LocalBroker } from '../../../src/app/index';
import { python } from '../../python.mjs';
import { exampleWorkspace } from '../exampleWorkspace';
import { freePort } from '../../freePort';
import { recordRow } from '../vscode/recordRow';
import { temporaryFolder, type TemporaryFolder } from '../vscode/workspace';
import { useSession } from './useSession';

const root = path.resolve(import.meta.dirname, '../../..');

const totalOf = (rows: readonly { label: string; description: string }[]) =>
  Number(rows.find((row) => row.label === 'total')?.description ?? NaN);

describe('an app that was started from a plain terminal', function () {
  this.timeout(180_000);
  const opened = useSession(async () => ({ workspace: await exampleWorkspace() }));
  let broker: LocalBroker;
  let data: TemporaryFolder;

  before(async () => {
    data = await temporaryFolder();
    const options = { programFolder: path.join(root, 'dist/broker'), dataDir: data.path, port: 0 };
    broker = new LocalBroker(options, () => undefined);
  });
  after(async () => {
    await broker.stop();
    await data.remove();
  });

  it('is live in the view, from any directory, with no setting', async () => {
    const { session, workspace } = opened();
    const { workbench, page } = session;
    await workbench.openContainer('State Folder');
    const address = await broker.acquire();
    const app = spawn(await python(), [path.join(workspace.path, 'main.py')], {
      cwd: path.join(workspace.path, '..'),
      env: {
        ...process.env,
        Quix__Broker__Address: address,
        Quix__Deployment__State__Path: path.join(workspace.path, 'somewhere/else'),
      },
      stdio: 'ignore',
    });
    const exited = new Promise<number | null>((resolve) => app.once('exit', resolve));
    try {
      await workbench.waitForRows('State', (seen) => totalOf(seen) > 0, 60_000);
      const record = await recordRow(page, 'total');
      await workbench.waitForRows('State', (seen) =>
        seen.some((row) => row.label.endsWith('[0]') && row.description.startsWith('live')),
      );
      await page.waitForFunction(
        () => ((window as { stateFolderRecord?: unknown[] }).stateFolderRecord ?? []).length >= 5,
        undefined,
        { timeout: 30_000 },
      );
      // The first row called total is another one when a message key comes that sorts before.
      const shown = await record();
      for (const labels of new Set(shown.map((one) => one.path.join('/')))) {
        const values = shown
          .filter((one) => one.path.join('/') === labels)
          .map(({ text }) => Number(text));
        assert.deepEqual(
          values,
          values.toSorted((a, b) => a - b),
          labels,
        );
      }
    } finally {
      app.kill('SIGINT');
    }
    assert.equal(await exited, 0);
  });
});

describe('Run App with State', function () {
  this.timeout(240_000);
  const opened = useSession(async () => ({
    workspace: await exampleWorkspace(),
    options: { settings: { 'stateFolder.localBroker.port': await freePort() } },
  }));

  async function stop(): Promise<void> {
    const { workbench } = opened().session;
    await workbench.command('State Folder: Stop App');
    await workbench.viewAction('Stop App').waitFor({ state: 'hidden', timeout: 30_000 });
  }

  it('runs the app in a terminal, with a broker, and shows values as they change', async () => {
    const { workbench } = opened().session;
    await workbench.openContainer('State Folder');
    await workbench.welcomeButton('Run App with State').click();
    const first = totalOf(
      await workbench.waitForRows('State', (seen) => totalOf(seen) > 0, 90_000),
    );
    await workbench.waitForRows('State', (seen) => totalOf(seen) > first, 30_000);
  });

  it('follows a value in its document', async () => {
    const { workbench } = opened().session;
    await workbench.row('State', 'total').first().click();
    await workbench.tabs.filter({ hasText: 'total.json' }).waitFor();
    const before = Number(await workbench.waitForEditorText((text) => Number(text) > 0));
    await workbench.waitForEditorText((text) => Number(text) > before, 30_000);
  });

  it('stops it as Ctrl+C does, and runs again from where it was', async () => {
    const { workbench } = opened().session;
    await stop();
    const rows = await workbench.waitForRows(
      'State',
      (seen) => !seen.some((row) => row.description.startsWith('live')),
      30_000,
    );
    const stopped = totalOf(rows);
    await workbench.command('State Folder: Run App with State');
    const again = totalOf(
      await workbench.waitForRows('State', (seen) => totalOf(seen) > stopped, 90_000),
    );
    assert.ok(again < stopped + 20, `${again} after ${stopped}`);
    await stop();
  });
});
