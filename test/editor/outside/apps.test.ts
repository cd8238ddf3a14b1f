import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cp, mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { python } from '../../python.mjs';
import { freePort } from '../../freePort';
import { temporaryFolder, type TemporaryFolder } from '../vscode/workspace';
import type { TreeRow } from '../vscode/workbench';
import { useSession } from './useSession';

const apps = path.resolve(import.meta.dirname, '../../apps');
/** A clone of an app's folder lies here: names as people have them. */
const cloned = 'Meine Äpps/zähler 数';

/** The apps as a workspace; one Python environment above them all. */
async function appsWorkspace(): Promise<TemporaryFolder> {
  const parent = await temporaryFolder();
  const workspace = path.join(parent.path, 'apps');
  await cp(apps, workspace, { recursive: true });
  const environment = path.dirname(path.dirname(await python()));
  await symlink(environment, path.join(workspace, '.venv'), 'junction');
  const origin = path.join(parent.path, 'origin');
  await cp(path.join(apps, 'venv-in-parent/services/counter'), origin, { recursive: true });
  const git = (...args: string[]) => execFileSync('git', args, { cwd: origin, stdio: 'ignore' });
  git('init', '-q');
  git('add', '-A');
  git('-c', 'user.name=t', '-c', 'user.email=t@example.com', 'commit', '-qm', 'app');
  await mkdir(path.join(workspace, path.dirname(cloned)), { recursive: true });
  git('clone', '-q', origin, path.join(workspace, cloned));
  return { path: workspace, remove: () => parent.remove() };
}

describe('apps of other people', function () {
  this.timeout(240_000);
  const opened = useSession(async () => ({
    workspace: await appsWorkspace(),
    options: { settings: { 'stateFolder.localBroker.port': await freePort() }, height: 1100 },
  }));

  before(async () => {
    await opened().session.workbench.openContainer('State Folder');
  });

  /** Name of the app's row, and where its state must be, from the workspace. */
  const cases: readonly [string, string][] = [
    ['machine-watch', 'variables-without-env/machine-watch/state'],
    ['all-in-code', 'all-in-code/data/state'],
    ['orders-total', 'monorepo/orders-total/state'],
    ['energy-window', 'monorepo/energy-window/state'],
    ['counter', 'venv-in-parent/services/counter/state'],
    ['src-layout', 'src-layout/var/state'],
    ['zähler 数', `${cloned}/state`],
  ];
  for (const [name, folder] of cases) {
    it(`runs ${name} with one click, its state live where its log says`, async () => {
      const { session, workspace } = opened();
      const { workbench } = session;
      const app = workbench.row('State', name);
      await workbench.waitForRows('State', (seen) => seen.some(({ label }) => label === name));
      await workbench.inlineAction(app, 'Run App with State');
      const expected = path.join(workspace.path, folder);
      const words = `Initializing state directory at "${expected}/`;
      const logged = workbench.waitForTerminal(words, 90_000); // not on the screen for long
      const below = (seen: readonly TreeRow[]) => {
        const from = seen.findIndex(({ label }) => label === name) + 1;
        const next = seen.findIndex(({ level }, i) => i >= from && level === 1);
        return seen.slice(from, next === -1 ? undefined : next);
      };
      const isLive = ({ description }: TreeRow) => description.startsWith('live');
      for (let level = 1; ; level++) {
        // Rows open one after the other, down to a partition; they appear as the app makes its state.
        const seen = await workbench.waitForRows(
          'State',
          (rows) => below(rows).some(isLive) || rows.some(isClosedAbove(name, below(rows))),
          90_000,
        );
        if (below(seen).some(isLive)) break;
        assert.ok(level < 12, JSON.stringify(seen));
        const closed = seen.findIndex(isClosedAbove(name, below(seen)));
        await workbench.expand(workbench.rows('State').nth(closed));
      }
      await logged;
      const rows = await workbench.treeRows('State');
      const state = workbench.rows('State').nth(rows.findIndex(({ label }) => label === name) + 1);
      await workbench.chooseFromContextMenu(state, 'Copy Path');
      const copied = async () => (await workbench.clipboard()).startsWith(expected);
      for (const until = Date.now() + 5000; !(await copied());) {
        assert.ok(Date.now() < until, await workbench.clipboard());
      }
      await workbench.inlineAction(app, 'Stop App');
      await workbench.waitForRows(
        'State',
        (seen) =>
          seen.some((row) => row.label === name && !/running|stopping/.test(row.description)),
        60_000,
      );
      await workbench.collapse(app); // room for the next
    });
  }
});

/** The row of the app itself, or one below it, that is closed. */
function isClosedAbove(name: string, below: readonly TreeRow[]): (row: TreeRow) => boolean {
  return (row) => row.expanded === false && (row.label === name || below.includes(row));
}
