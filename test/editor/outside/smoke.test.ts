import assert from 'node:assert/strict';
import { fixtureWorkspace, type TemporaryFolder } from '../vscode/workspace';
import { openSession, type Session } from './session';

describe('the packed extension in a VS Code with nothing else', function () {
  this.timeout(120_000);
  let workspace: TemporaryFolder;
  let session: Session;

  before(async () => {
    workspace = await fixtureWorkspace('12-real-app');
    session = await openSession({ workspace: workspace.path });
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      await session.screenshot(this.currentTest.fullTitle());
    }
  });
  after(async () => {
    await session?.close();
    await workspace?.remove();
  });

  it('shows the state folder of a real app in its own view container', async () => {
    const { workbench } = session;
    await workbench.openContainer('State Folder');
    const rows = await workbench.waitForRows('State', (seen) =>
      seen.some((row) => row.label === 'total'),
    );
    const total = rows.find((row) => row.label === 'total');
    assert.equal(total?.description, '14');
    assert.ok(rows.some((row) => row.label === 'default'));
    assert.ok(rows.some((row) => row.label === 'f-in[0]'));
    assert.ok(rows.some((row) => row.label === 'PC1'));
  });

  it('asks nothing of any other host, and nothing is thrown in the page', () => {
    assert.deepEqual(session.foreign, []);
    assert.deepEqual(session.errors, []);
  });
});
