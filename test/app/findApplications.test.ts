import assert from 'node:assert/strict';
import path from 'node:path';
import { applicationOfFile, findApplications } from '../../src/app/index';
import { fileTree } from './fileTree';

const app = 'from quixstreams import Application\n\napp = Application()\n';

async function found(files: Record<string, string>): Promise<string[]> {
  const { folder, remove } = await fileTree(files);
  try {
    const applications = await findApplications(folder);
    return applications.map(({ name, folder: at, mainFile }) => {
      assert.equal(path.dirname(mainFile), at);
      return `${name}: ${path.relative(folder, mainFile)}`;
    });
  } finally {
    await remove();
  }
}

describe('findApplications', () => {
  it('takes the name and main file of app.yaml', async () => {
    const yaml = 'name: my-app\nlanguage: Python\nrunEntryPoint: run.py\n';
    assert.deepEqual(
      await found({ 'a/app.yaml': yaml, 'a/run.py': 'import main\n', 'a/main.py': app }),
      ['my-app: a/run.py'],
    );
    // What it does not import is an app of its own.
    assert.deepEqual(await found({ 'a/app.yaml': yaml, 'a/run.py': app, 'a/producer.py': app }), [
      'my-app/producer: a/producer.py',
      'my-app: a/run.py',
    ]);
  });

  it('takes defaultFile where there is no runEntryPoint', async () => {
    assert.deepEqual(await found({ 'app.yaml': 'name: n\ndefaultFile: go.py\n', 'go.py': app }), [
      'n: go.py',
    ]);
  });

  it('takes each file that makes an Application, named by it where there are several', async () => {
    const names = await found({ 'x/a.py': app, 'x/main.py': app });
    assert.deepEqual(names, ['x/a: x/a.py', 'x/main: x/main.py']);
  });

  it('takes a main.py that runs what another file makes, and no other main.py', async () => {
    const names = await found({
      'a/main.py': 'from pipeline import app\n\napp.run()\n',
      'a/pipeline.py': app,
      'b/main.py': 'import json\nprint("pipeline")\n',
      'b/pipeline.py': app,
    });
    assert.deepEqual(names, ['a: a/main.py', 'b: b/pipeline.py']);
  });

  it('takes the main.py above that runs what a package below makes', async () => {
    const names = await found({
      'main.py': 'from flow.pipeline import build\n\nbuild().run()\n',
      'flow/__init__.py': '',
      'flow/pipeline.py': app,
    });
    assert.equal(names.length, 1);
    assert.match(names[0] ?? '', /: main\.py$/);
  });

  it('takes the folders that a quix.yaml calls applications', async () => {
    const deployments = ['services/a', './services/b/', 'Ü c', '../outside', 'gone']
      .map((folder) => `  - {name: n, application: ${folder}}\n`)
      .join('');
    const names = await found({
      'quix.yaml': `deployments:\n${deployments}  - {name: {{X}}, image: redis}\n`,
      'services/a/main.py': 'from ours import stream\n',
      'services/b/app.yaml': 'name: b of services\n',
      'services/b/main.py': app,
      'Ü c/main.py': 'import ours\n',
      'd/main.py': 'import ours\n',
    });
    assert.deepEqual(names, [
      'a: services/a/main.py',
      'b of services: services/b/main.py',
      'Ü c: Ü c/main.py',
    ]);
  });

  it('finds each app of a monorepo, and none in environments and hidden folders', async () => {
    const names = await found({
      'b/main.py': app,
      'a/service.py': app,
      'a/.venv/lib/site-packages/pkg/main.py': app,
      'node_modules/x/main.py': app,
      '.hidden/main.py': app,
    });
    assert.deepEqual(names, ['a: a/service.py', 'b: b/main.py']);
  });

  it('leaves other Python files, other languages and unfinished app.yaml alone', async () => {
    const names = await found({
      'lib/main.py': 'import json\nApplication()\n',
      'uses/main.py': 'import quixstreams\n',
      'cs/app.yaml': 'name: cs\nlanguage: C#\ndefaultFile: Program.cs\n',
      'bad/app.yaml': 'name: [unfinished\n',
    });
    assert.deepEqual(names, []);
  });

  it('is aborted', async () => {
    const { folder, remove } = await fileTree({ 'main.py': app });
    await assert.rejects(
      findApplications(folder, AbortSignal.abort(new Error('enough'))),
      /enough/,
    );
    await remove();
  });
});

describe('applicationOfFile', () => {
  it('takes an open file that imports quixstreams', async () => {
    const { folder, remove } = await fileTree({ 'x.py': 'import quixstreams as qx\n', 'y.py': '' });
    assert.equal((await applicationOfFile(path.join(folder, 'x.py'), folder))?.folder, folder);
    assert.equal(await applicationOfFile(path.join(folder, 'y.py'), folder), undefined);
    await remove();
  });
});
