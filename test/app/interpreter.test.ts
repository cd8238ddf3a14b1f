import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import {
  findInterpreter,
  NoInterpreterError,
  TooOldQuixStreamsError,
  type Application,
} from '../../src/app/index';
import { cacheFolder, makeOnce } from '../cache.mjs';
import { python } from '../python.mjs';
import { fileTree } from './fileTree';

const exec = promisify(execFile);
const windows = process.platform === 'win32';
const inEnvironment = windows ? 'Scripts/python.exe' : 'bin/python';

interface Found {
  /** from the workspace */
  readonly command?: string;
  readonly version?: string;
  readonly error?: unknown;
  readonly told: readonly string[];
}

/** What is found for the app in `services/Zähler 数/src` of a workspace that `prepare` fills. */
async function find(
  prepare: (workspace: string) => Promise<readonly string[] | undefined>,
): Promise<Found> {
  const main = 'services/Zähler 数/src/main.py';
  const { folder, remove } = await fileTree({ [`work space ü/${main}`]: '', 'outside/x': '' });
  const workspaceFolder = path.join(folder, 'work space ü');
  const application: Application = {
    name: 'counter',
    folder: path.join(workspaceFolder, 'services/Zähler 数'),
    mainFile: path.join(workspaceFolder, main),
  };
  const told: string[] = [];
  const before = process.env.PATH;
  try {
    const preferred = (await prepare(workspaceFolder)) ?? [];
    process.env.PATH = path.join(folder, 'nothing');
    const tell = (line: string) => told.push(line);
    const { command, version } = await findInterpreter(application, {
      workspaceFolder,
      preferred,
      tell,
    });
    return { command: path.relative(workspaceFolder, command), version, told };
  } catch (error) {
    return { error, told };
  } finally {
    process.env.PATH = before;
    await remove();
  }
}

/** The environment with the quixstreams of the tests, at `at`. */
async function linkEnvironment(at: string): Promise<void> {
  const environment = path.dirname(path.dirname(await python()));
  await mkdir(path.dirname(at), { recursive: true });
  await symlink(environment, at, 'junction');
}

/** An environment without anything. */
async function makeEnvironment(at: string, ...packages: string[]): Promise<void> {
  await exec(await python(), ['-m', 'venv', ...(packages.length > 0 ? [] : ['--without-pip']), at]);
  if (packages.length === 0) return;
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps'];
  await exec(path.join(at, inEnvironment), [...pip, ...packages]);
}

describe('findInterpreter, as people have theirs', function () {
  this.timeout(240_000);
  before(async () => void (await python()));

  it('takes .venv of a parent, through spaces and letters of all kinds', async () => {
    const { command, version, told } = await find(async (workspace) => {
      await linkEnvironment(path.join(workspace, '.venv'));
      return undefined;
    });
    assert.equal(command, path.join('.venv', inEnvironment));
    assert.equal(version, '3.28.1');
    assert.equal(told.length, 1);
    assert.match(told[0] ?? '', /^interpreter of counter: .*\(\.venv\), quixstreams 3\.28\.1$/);
  });

  it("takes the app's own before its parents', and of one folder .venv, venv, env", async () => {
    const { command } = await find(async (workspace) => {
      await linkEnvironment(path.join(workspace, '.venv'));
      await linkEnvironment(path.join(workspace, 'services/Zähler 数/env'));
      await linkEnvironment(path.join(workspace, 'services/Zähler 数/venv'));
      return undefined;
    });
    assert.equal(command, path.join('services/Zähler 数/venv', inEnvironment));
  });

  it('takes the preferred one before all, and goes on where it is gone or fails', async () => {
    const { command, told } = await find(async (workspace) => {
      await linkEnvironment(path.join(workspace, '.venv'));
      await linkEnvironment(path.join(workspace, 'conda/envs/quix'));
      const broken = path.join(workspace, 'broken');
      await writeFile(broken, '#!/bin/sh\necho "no such module" >&2\nexit 3\n');
      await chmod(broken, 0o755);
      const own = path.join(workspace, 'conda/envs/quix', inEnvironment);
      return [path.join(workspace, 'gone'), broken, own];
    });
    assert.equal(command, path.join('conda/envs/quix', inEnvironment));
    assert.match(told[0] ?? '', /not .*gone \(chosen\): not here$/);
    if (!windows) assert.match(told[1] ?? '', /not .*broken \(chosen\): no such module$/);
    assert.equal(told.length, 3);
  });

  it('passes over one without quixstreams', async () => {
    const { command, told } = await find(async (workspace) => {
      await makeEnvironment(path.join(workspace, 'services/.venv'));
      await linkEnvironment(path.join(workspace, '.venv'));
      return undefined;
    });
    assert.equal(command, path.join('.venv', inEnvironment));
    assert.match(told[0] ?? '', /not .*services.*\(\.venv\): .*quixstreams/);
  });

  it('names those that it tried, none outside of the workspace, where none has quixstreams', async () => {
    const { error } = await find(async (workspace) => {
      await makeEnvironment(path.join(workspace, 'venv'));
      await linkEnvironment(path.join(path.dirname(workspace), '.venv'));
      return [path.join(workspace, 'gone')];
    });
    assert.ok(error instanceof NoInterpreterError);
    assert.deepEqual(
      error.tried.map((one) => one.slice(one.indexOf('work space ü'))),
      [path.join('work space ü', 'venv', inEnvironment)],
    );
  });

  it('says that there is no Python at all', async () => {
    const { error, told } = await find(() => Promise.resolve(undefined));
    assert.ok(error instanceof NoInterpreterError);
    assert.deepEqual(error.tried, []);
    assert.ok(told.length > 0 && told.every((line) => /\(PATH\): not here$/.test(line)));
  });

  it('is not taken in by an interpreter that says too much, or does not end', async function () {
    if (windows) return this.skip();
    const abort = new AbortController();
    const { folder, remove } = await fileTree({ 'app/main.py': '' });
    const hanging = path.join(folder, 'hanging');
    const loud = path.join(folder, 'loud');
    await writeFile(hanging, '#!/bin/sh\necho started >&2\nexec sleep 60\n', { mode: 0o755 });
    await writeFile(loud, '#!/bin/sh\nexec yes 3.28.1\n', { mode: 0o755 });
    const at = path.join(folder, 'app');
    const app = { name: 'app', folder: at, mainFile: path.join(at, 'main.py') };
    const told: string[] = [];
    try {
      const found = findInterpreter(app, {
        workspaceFolder: folder,
        preferred: [loud, hanging],
        tell: (line) => {
          told.push(line);
          setTimeout(() => abort.abort(new Error('enough')), 200);
        },
        signal: abort.signal,
      });
      await assert.rejects(found, /enough/);
      assert.equal(told.length, 1);
      assert.match(told[0] ?? '', /not .*loud/);
    } finally {
      await remove();
    }
  });

  it('tells a quixstreams that is too old, and takes a newer one in its place', async () => {
    // What pip installs of a release of 2024: the library of that name before this one.
    const old = await makeOnce(path.join(cacheFolder, 'quixstreams-0.5.7'), (at) =>
      makeEnvironment(at, 'quixstreams==0.5.7'),
    );
    const prepare = async (workspace: string) => {
      await symlink(old, path.join(workspace, '.venv'), 'junction');
      return undefined;
    };
    const { error } = await find(prepare);
    assert.ok(error instanceof TooOldQuixStreamsError, String(error));
    assert.deepEqual([error.version, error.needed], ['0.5.7', '2.6.0']);
    assert.ok(error.interpreter.endsWith(path.join('.venv', inEnvironment)));

    const { command, told } = await find(async (workspace) => {
      await prepare(workspace);
      await linkEnvironment(path.join(workspace, 'env'));
      return undefined;
    });
    assert.equal(command, path.join('env', inEnvironment));
    assert.match(told[0] ?? '', /quixstreams 0\.5\.7 is too old$/);
  });
});
