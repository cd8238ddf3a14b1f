import assert from 'node:assert/strict';
import { cp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fixtureWorkspace, temporaryFolder } from '../vscode/workspace';
import { useSession } from './useSession';

const app = "from quixstreams import Application\n\napp = Application(consumer_group='g')\n";

describe('a folder without an app and without state', function () {
  this.timeout(120_000);
  const opened = useSession(async () => ({ workspace: await temporaryFolder() }));

  it('says so and offers Open State Folder...', async () => {
    const { workbench } = opened().session;
    await workbench.openContainer('State Folder');
    await workbench.welcomeButton('Open State Folder...').waitFor();
    const text = await workbench.welcomeText();
    assert.match(text, /No Quix Streams app and no state folder found here\./);
  });

  it('becomes one with an app when main.py is written, and one with state when a store is made', async () => {
    const { session, workspace } = opened();
    await writeFile(path.join(workspace.path, 'main.py'), app);
    await session.workbench.welcomeButton('Run App with State').waitFor();
    const text = await session.workbench.welcomeText();
    assert.match(
      text,
      /No state yet\. The app makes its state folder at its first stateful message/,
    );

    const fixture = await fixtureWorkspace('01-default-wal-open');
    await cp(path.join(fixture.path, 'state'), path.join(workspace.path, 'state'), {
      recursive: true,
    });
    await fixture.remove();
    const rows = await session.workbench.waitForRows('State', (seen) =>
      seen.some((row) => row.label === 'total'),
    );
    assert.ok(rows.some((row) => row.label === 'orders'));
  });
});

describe('Restricted Mode', function () {
  this.timeout(120_000);
  const opened = useSession(async () => {
    const workspace = await fixtureWorkspace('12-real-app');
    await writeFile(path.join(workspace.path, 'main.py'), app);
    return { workspace, options: { trust: true } };
  });

  it('browses, and says that it does only that', async () => {
    const { workbench, page } = opened().session;
    const asked = page.locator('.monaco-dialog-box').getByText('No, I don');
    if (await asked.isVisible().catch(() => false)) await asked.click();
    await workbench.openContainer('State Folder');
    const rows = await workbench.waitForRows('State', (seen) =>
      seen.some((row) => row.label === 'total'),
    );
    assert.equal(rows.find((row) => row.label === 'total')?.description, '14');
    await workbench.pane('State').getByText('Restricted Mode: browse only').first().waitFor();
  });

  it('offers to run nothing', async () => {
    const { workbench } = opened().session;
    assert.equal(await workbench.viewAction('Run App with State').count(), 0);
    await workbench.openPalette('State Folder: Run App with State');
    const matching = workbench.quickRows.filter({
      has: workbench.page
        .locator('.label-name')
        .getByText('State Folder: Run App with State', { exact: true }),
    });
    await workbench.quickRows.first().waitFor();
    assert.equal(await matching.count(), 0);
    await workbench.page.keyboard.press('Escape');
  });
});

describe('a workspace of several folders', function () {
  this.timeout(120_000);
  const opened = useSession(async () => {
    const parent = await temporaryFolder();
    const first = await fixtureWorkspace('01-default-wal-open');
    const second = await fixtureWorkspace('12-real-app');
    const file = path.join(parent.path, 'both.code-workspace');
    const folders = [{ path: first.path }, { path: second.path }];
    await writeFile(file, JSON.stringify({ folders }));
    const remove = async () => {
      for (const folder of [parent, first, second]) await folder.remove();
    };
    return { workspace: { path: file, remove } };
  });

  it('shows the state of each', async () => {
    const { workbench } = opened().session;
    await workbench.openContainer('State Folder');
    const rows = await workbench.waitForRows(
      'State',
      (seen) => seen.filter((row) => row.level === 1).length === 2,
    );
    const roots = rows.filter((row) => row.level === 1).map((row) => row.label);
    assert.ok(
      roots.some((label) => label.includes('quixstreams-default')),
      roots.join(),
    );
    assert.ok(
      roots.some((label) => label.includes('freddy-example-prod-features')),
      roots.join(),
    );
  });
});
