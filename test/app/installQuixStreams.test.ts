import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, realpath, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import {
  findInterpreter,
  installCommands,
  NoInterpreterError,
  type Application,
  type LaunchConfiguration,
} from '../../src/app/index';
import { python } from '../python.mjs';
import { fileTree } from './fileTree';

const exec = promisify(execFile);
const windows = process.platform === 'win32';

interface Workspace {
  readonly folder: string;
  readonly app: Application;
  readonly environment: string;
  /** the interpreter in it */
  readonly python: string;
}

/** Uses an app in a folder of a name as people have it, with `commands` alone on PATH. */
async function withApp<T>(
  files: Record<string, string>,
  commands: Record<string, string>,
  use: (workspace: Workspace) => Promise<T>,
): Promise<T> {
  const { folder, remove } = await fileTree({ 'my äpp 数/main.py': '', ...files });
  const at = path.join(folder, 'my äpp 数');
  const environment = path.join(at, '.venv');
  const bin = path.join(folder, 'bin');
  await mkdir(bin);
  for (const [name, script] of Object.entries(commands)) {
    if (path.isAbsolute(script)) await symlink(script, path.join(bin, name));
    else await writeFile(path.join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  const before = process.env.PATH;
  process.env.PATH = bin;
  try {
    return await use({
      folder,
      app: { name: 'app', folder: at, mainFile: path.join(at, 'main.py') },
      environment,
      python: path.join(environment, windows ? 'Scripts/python.exe' : 'bin/python'),
    });
  } finally {
    process.env.PATH = before;
    await remove();
  }
}

const lines = (commands: readonly LaunchConfiguration[]) =>
  commands.map(({ command, args }) => [command, ...args]);

/** The interpreter that an environment is of. */
async function basePython(): Promise<string> {
  const script = 'import sys; print(sys._base_executable)';
  const { stdout } = await exec(await python(), ['-c', script]);
  return realpath(stdout.trim());
}

/** A folder of packages that pip installs from in place of PyPI; each is of one empty module. */
async function packageFolder(folder: string, packages: Record<string, string>): Promise<void> {
  const script = [
    'import json, sys, zipfile',
    'folder, packages = sys.argv[1], json.loads(sys.argv[2])',
    'for name, version in packages.items():',
    '    info = f"{name}-{version}.dist-info"',
    '    with zipfile.ZipFile(f"{folder}/{name}-{version}-py3-none-any.whl", "w") as wheel:',
    '        wheel.writestr(f"{name}.py", "")',
    '        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n")',
    '        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")',
    '        wheel.writestr(f"{info}/RECORD", "")',
  ].join('\n');
  await exec(await python(), ['-c', script, folder, JSON.stringify(packages)]);
}

describe('installCommands', function () {
  this.timeout(120_000);
  before(function () {
    if (windows) this.skip(); // the commands on PATH are scripts of a shell
  });

  const requirements = { 'my äpp 数/requirements.txt': 'tiny==1.0\n' };

  it('makes .venv by uv where it is on PATH, and installs what requirements.txt names', () =>
    withApp(requirements, { uv: 'echo uv 0.9.0', python3: 'exit 0' }, async (workspace) => {
      const { app, environment, python: inside } = workspace;
      const commands = await installCommands(app);
      const listed = path.join(app.folder, 'requirements.txt');
      assert.deepEqual(lines(commands), [
        ['uv', 'venv', environment],
        ['uv', 'pip', 'install', '--python', inside, '-r', listed, 'quixstreams>=2.6.0'],
      ]);
      assert.ok(commands.every(({ cwd }) => cwd === app.folder));
    }));

  it('makes it by venv and pip without uv, or with one that does not answer', async () => {
    const onPath: Record<string, string>[] = [
      { python3: 'exit 0' },
      { uv: 'exit 1', python3: 'exit 0' },
    ];
    for (const commands of onPath) {
      await withApp({}, commands, async ({ app, environment, python: inside }) => {
        assert.deepEqual(lines(await installCommands(app)), [
          ['python3', '-m', 'venv', environment],
          [inside, '-m', 'pip', 'install', 'quixstreams>=2.6.0'],
        ]);
      });
    }
  });

  it('takes python where python3 cannot make environments, as on Debian', () =>
    withApp({}, { python3: 'exit 1', python: 'exit 0' }, async ({ app, environment }) => {
      const [make] = lines(await installCommands(app));
      assert.deepEqual(make, ['python', '-m', 'venv', environment]);
    }));

  it('installs into the environment that is there', async () => {
    const files = { 'my äpp 数/.venv/bin/python': '' };
    await withApp(files, { uv: 'exit 0' }, async ({ app, python: inside }) => {
      const all = lines(await installCommands(app));
      assert.deepEqual(all, [['uv', 'pip', 'install', '--python', inside, 'quixstreams>=2.6.0']]);
    });
    await withApp(files, {}, async ({ app, python: inside }) => {
      const all = lines(await installCommands(app));
      assert.deepEqual(all, [[inside, '-m', 'pip', 'install', 'quixstreams>=2.6.0']]);
    });
  });

  it('says that there is no Python to make one with', () =>
    withApp({}, { python3: 'exit 1' }, async ({ app }) => {
      await assert.rejects(installCommands(app), (error) => {
        return error instanceof NoInterpreterError && error.tried.length === 0;
      });
    }));

  it('is aborted', () =>
    withApp({}, { uv: 'exec /bin/sleep 60' }, async ({ app }) => {
      const signal = AbortSignal.timeout(200);
      await assert.rejects(installCommands(app, signal), { name: 'TimeoutError' });
    }));

  it('really installs, so that the interpreter is found', async () => {
    const base = await basePython();
    await withApp(requirements, { python3: base }, async (workspace) => {
      const { folder, app, python: inside } = workspace;
      const packages = path.join(folder, 'packages');
      await mkdir(packages);
      await packageFolder(packages, { tiny: '1.0', quixstreams: '3.28.1' });
      const options = { workspaceFolder: folder, preferred: [], tell: () => undefined };
      await assert.rejects(findInterpreter(app, options), NoInterpreterError);

      const env = { ...process.env, PIP_NO_INDEX: '1', PIP_FIND_LINKS: packages };
      for (const { command, args, cwd } of await installCommands(app)) {
        const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
        let said = '';
        child.stderr.on('data', (data) => (said += String(data)));
        assert.deepEqual(await once(child, 'exit'), [0, null], said);
      }
      await exec(inside, ['-c', 'import tiny']);
      const found = await findInterpreter(app, options);
      assert.deepEqual([found.command, found.version], [inside, '3.28.1']);
      // Once it is there, there is nothing to make.
      assert.deepEqual(lines(await installCommands(app))[0]?.slice(0, 4), [
        inside,
        '-m',
        'pip',
        'install',
      ]);
    });
  });
});
