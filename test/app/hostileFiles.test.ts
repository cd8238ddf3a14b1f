import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { truncate } from 'node:fs/promises';
import path from 'node:path';
import {
  findApplications,
  messageFor,
  NoInterpreterError,
  stateFolderOf,
  variablesOf,
} from '../../src/app/index';
import type { RocksDBError } from '../../src/rocksdb/index';
import { AccessError, CorruptionError } from '../../src/rocksdb/index';
import { fileTree } from './fileTree';

const app = 'from quixstreams import Application\n\napp = Application()\n';

/** The apps in `files`, as `name: main file`. */
async function apps(files: Record<string, string>): Promise<string[]> {
  const { folder, remove } = await fileTree(files);
  try {
    const found = await findApplications(folder);
    return found.map(({ name, mainFile }) => `${name}: ${path.relative(folder, mainFile)}`);
  } finally {
    await remove();
  }
}

describe('apps in workspaces as they are', () => {
  it('runs a main file in a folder below, but none outside of the app', async () => {
    const yaml = (entry: string) => `name: n\nrunEntryPoint: ${entry}\n`;
    assert.deepEqual(await apps({ 'a/app.yaml': yaml('./src/run.py'), 'a/src/run.py': '' }), [
      'n: a/src/run.py',
    ]);
    for (const entry of ['../run.py', '/etc/run.py', 'gone.py', '.']) {
      assert.deepEqual(await apps({ 'a/app.yaml': yaml(entry), 'run.py': '' }), [], entry);
    }
  });

  it('takes defaultFile where runEntryPoint is a command', async () => {
    const yaml = 'name: n\nrunEntryPoint: python3 -u\ndefaultFile: main.py\n';
    assert.deepEqual(await apps({ 'app.yaml': yaml, 'main.py': '' }), ['n: main.py']);
  });

  it('takes no test and no Python environment for an app', async () => {
    const found = await apps({
      'tests/test_app.py': app,
      'tests/conftest.py': app,
      'py311/pyvenv.cfg': '',
      'py311/main.py': app,
    });
    assert.deepEqual(found, []);
  });

  it('bounds what it reads, and waits for no pipe', async function () {
    if (process.platform === 'win32') return this.skip();
    const { folder, remove } = await fileTree({ 'big/main.py': app, 'pipe/keep': '' });
    try {
      await truncate(path.join(folder, 'big/main.py'), 8 << 30); // sparse
      for (const name of ['main.py', 'app.yaml', '.env']) {
        execFileSync('mkfifo', [path.join(folder, 'pipe', name)]);
      }
      assert.deepEqual(await findApplications(folder), []);
      const at = path.join(folder, 'pipe');
      const application = { name: 'pipe', folder: at, mainFile: path.join(at, 'main.py') };
      const inherited = { A: '1' };
      const { values } = await variablesOf(application, { workspaceFolder: folder, inherited });
      assert.deepEqual({ ...values }, inherited);
      assert.equal(await stateFolderOf(application, {}), path.join(at, 'state'));
    } finally {
      await remove();
    }
  });

  it('reads state_dir as Python would', async () => {
    const cases: [string, Record<string, string>, string][] = [
      ['Application(state_dir=os.getenv("DIR", "y"))', { DIR: 'x' }, 'x'],
      ['Application(state_dir=os.environ["DIR"])', { DIR: 'x' }, 'x'],
      ['Application(state_dir=os.environ.get("DIR"))', {}, 'state'],
      ['Application(state_dir=pathlib.Path( "p" ))', {}, 'p'],
      ['# Application(state_dir="old")\nApplication()', {}, 'state'],
      ['Application(state_dir=f"{root}/state")', {}, 'state'],
      ['', { Quix__Deployment__State__Path: '', Quix__State__Dir: 'q' }, 'q'],
    ];
    for (const [code, environment, expected] of cases) {
      const { folder, remove } = await fileTree({ 'main.py': code });
      const application = { name: 'n', folder, mainFile: path.join(folder, 'main.py') };
      const found = path.relative(folder, await stateFolderOf(application, environment));
      await remove();
      assert.equal(found, expected, code);
    }
  });
});

describe('messageFor, of hostile names', () => {
  it('escapes what could be taken for something else', () => {
    const name = 'evil\u202e\x1b[2J';
    const errors: Error[] = [
      new CorruptionError(`/state/${name}`, name, { offset: 7 }),
      new AccessError(`/state/${name}`, 'EACCES'),
      new NoInterpreterError(name, [name]),
      Object.assign(new Error(name), { code: 'ENOENT', path: name }),
      new Error(name),
    ];
    for (const error of errors) {
      const { text } = messageFor(error, name);
      assert.doesNotMatch(text, /[\p{Cc}\p{Bidi_Control}]/u);
      assert.ok(text.length > 0);
    }
  });

  it('names the owner of what may not be read', function () {
    if (process.platform === 'win32') return this.skip();
    const uid = process.getuid?.() ?? 0;
    const file = path.join(import.meta.dirname, 'hostileFiles.test.ts');
    const error: RocksDBError = new AccessError(file, 'EACCES');
    assert.equal(
      messageFor(error, 'f-in[0]').text,
      `No permission to read ${file}, owned by user ${uid}.`,
    );
  });

  it('says that the rest is shown of a damaged table alone', () => {
    const at = (file: string) =>
      messageFor(new CorruptionError(file, 'crc', { offset: 7 }), 't[0]');
    assert.equal(
      at('/s/000011.sst').text,
      '000011.sst is damaged at byte 7. The rest of t[0] is shown.',
    );
    assert.equal(
      at('/s/MANIFEST-000005').text,
      'MANIFEST-000005 is damaged at byte 7. t[0] cannot be shown.',
    );
  });
});
