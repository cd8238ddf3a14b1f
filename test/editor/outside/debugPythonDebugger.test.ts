import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { exampleWorkspace } from '../exampleWorkspace';
import { freePort } from '../../freePort';
import { Debugging } from './debugging';
import { useSession } from './useSession';

const standIn = path.resolve(import.meta.dirname, '../standIns/pythonDebugger');

const launchJson = {
  configurations: [
    {
      type: 'quix-streams',
      request: 'launch',
      name: 'counter',
      program: '${workspaceFolder}/main.py',
      stateDir: '${workspaceFolder}/elsewhere',
      env: { OWN: '1', REMOVED: null },
    },
  ],
};

describe('debugging with a stand-in for the Python Debugger', function () {
  this.timeout(240_000);
  let record = '';
  const opened = useSession(async () => {
    const workspace = await exampleWorkspace();
    await mkdir(path.join(workspace.path, '.vscode'));
    await writeFile(path.join(workspace.path, '.vscode/launch.json'), JSON.stringify(launchJson));
    record = path.join(workspace.path, '../record.jsonl');
    const settings = { 'stateFolder.localBroker.port': await freePort() };
    return {
      workspace,
      options: { settings, unpacked: [standIn], env: { STAND_IN_RECORD: record } },
    };
  });

  const sessions = async () =>
    (await readFile(record, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it('F5 stops at a breakpoint, in a session of type debugpy', async () => {
    const { session, workspace } = opened();
    const debugging = new Debugging(session.workbench);
    const line = await debugging.openAt(workspace.path, 'main.py', 'state.set("total"');
    await debugging.toggleBreakpoint(true);
    await debugging.start();
    await debugging.standsAt(line, 90_000);
    const [first] = await sessions();
    assert.ok(first);
    assert.equal(first['type'], 'debugpy');
    assert.equal(first['program'], path.join(workspace.path, 'main.py'));
    assert.equal(first['python'], path.join(workspace.path, '.venv/bin/python'));
    assert.equal(first['debugAdapterPython'], first['python']);
    assert.equal(first['stateDir'], path.join(workspace.path, 'elsewhere'));
    const names = first['env'] as string[];
    for (const name of [
      'OWN',
      'REMOVED',
      'Quix__Deployment__State__Path',
      'Quix__Broker__Address',
    ]) {
      assert.ok(names.includes(name), name);
    }
  });

  it('has sessions for the processes of its sources, too', async () => {
    const children = (await sessions()).filter((one) => one['subProcessId'] !== undefined);
    assert.ok(children.length > 0);
    for (const child of children) assert.equal(child['type'], 'debugpy');
  });

  it('ends with Shift+F5 at the breakpoint as with Ctrl+C, with the state where launch.json says', async () => {
    const { workbench } = opened().session;
    await new Debugging(workbench).stop();
    assert.match(await workbench.terminalText(), /Stopping the application/);
    await workbench.openContainer('State Folder');
    await workbench.waitForRows('State', (rows) =>
      rows.some((row) => row.label === 'elsewhere/cpu-load-counter'),
    );
    await workbench.openDownTo('State', 'total');
    assert.equal(await workbench.toasts.count(), 0);
  });
});
