import assert from 'node:assert/strict';
import {
  launchOf,
  marked,
  markOf,
  terminalTells,
  unresolved,
  type Attributes,
} from '../../../src/ui/debug/debugConfiguration';
import type { PreparedRun } from '../../../src/ui/run/prepareRun';

const written = {
  type: 'quix-streams',
  request: 'launch',
  name: 'counter',
  program: '/apps/counter/main.py',
  broker: 'local',
};

const prepared = (interpreterArgs: string[] = []) =>
  ({
    app: { name: 'counter', folder: '/apps/counter', mainFile: '/apps/counter/main.py' },
    interpreter: { command: 'py', args: interpreterArgs, version: '3.28.1' },
    launch: {
      command: 'py',
      args: [...interpreterArgs, '/apps/counter/main.py', '--fast'],
      cwd: '/apps/counter',
      env: { Quix__Broker__Address: '127.0.0.1:19092' },
    },
  }) as unknown as PreparedRun;

describe('a debug configuration', () => {
  it('keeps what was written, whatever a provider of another type fills in', () => {
    const taken = marked(written, 'debugpy', []);
    assert.equal(taken.type, 'debugpy');
    const mark = markOf({ ...taken, python: 'filled in', cwd: '/elsewhere' });
    assert.ok(mark);
    assert.deepEqual(mark.attributes, { program: written.program, broker: 'local' });
    assert.deepEqual(unresolved(taken, mark), written);
  });

  it('is ours by its mark alone, and a child process has none of its own', () => {
    const taken = marked(written, 'debugpy', []);
    assert.equal(markOf({ ...written, type: 'debugpy' }), undefined);
    assert.equal(markOf({ ...taken, request: 'attach', subProcessId: 7 }), undefined);
    assert.notEqual(markOf(marked(written, 'debugpy', []))?.id, markOf(taken)?.id);
  });

  it('becomes what debugpy understands', () => {
    const launch = launchOf(marked(written, 'debugpy', []), {}, prepared(['-3']), true);
    assert.deepEqual([launch.python, launch.pythonArgs], ['py', ['-3']]);
    assert.deepEqual([launch.program, launch.args], ['/apps/counter/main.py', ['--fast']]);
    assert.deepEqual([launch.cwd, launch.console], ['/apps/counter', 'integratedTerminal']);
    assert.deepEqual(launch.env, { Quix__Broker__Address: '127.0.0.1:19092' });
    assert.equal(launch.onTerminate, 'KeyboardInterrupt');
  });

  it('takes variables away that are null, but none that the run needs', () => {
    const attributes: Attributes = { env: { GONE: null, KEPT: '1' } };
    const { env } = launchOf(written, attributes, prepared(), true);
    assert.deepEqual(env, { Quix__Broker__Address: '127.0.0.1:19092', GONE: null });
  });

  it('has debugpy tell what the app prints where a terminal does not', () => {
    const redirects = (attributes: Attributes, tells: boolean): unknown =>
      launchOf(written, attributes, prepared(), tells).redirectOutput;
    assert.equal(redirects({}, true), false);
    assert.equal(redirects({}, false), true);
    assert.equal(redirects({ console: 'externalTerminal' }, true), true);
    assert.equal(redirects({ console: 'internalConsole' }, true), true);
    assert.equal(redirects({ redirectOutput: true }, true), true);
  });

  it('knows the shells that tell', () => {
    const pwsh = 'C:\\Program Files\\PowerShell\\7\\pwsh.exe';
    for (const shell of ['/bin/bash', '/usr/bin/zsh', '/usr/bin/fish', pwsh]) {
      assert.equal(terminalTells(shell, true), true, shell);
      assert.equal(terminalTells(shell, false), false, shell);
    }
    for (const shell of ['/bin/dash', '/bin/sh', 'C:\\Windows\\System32\\cmd.exe', '']) {
      assert.equal(terminalTells(shell, true), false, shell);
    }
  });
});
