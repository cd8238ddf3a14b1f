// Projects with mistakes and without: test/fixtures/projects/<name>, and what is found in it in expected.json. They are made
// up, after what public projects have.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  CodeIndex,
  findingCodes,
  findingSentence,
  projectFindings,
  type Finding,
} from '../../../src/app/index';
import { fileTree } from '../fileTree';
import { buildCodeModule } from '../code/codeModule';

const projects = path.resolve(import.meta.dirname, '../../fixtures/projects');

describe('findings in projects', function () {
  this.timeout(60_000);
  let index: CodeIndex;
  let remove: () => Promise<void>;
  const found = new Set<string>();

  before(async () => {
    const built = await buildCodeModule();
    remove = built.remove;
    index = await CodeIndex.load(built.modulePath);
  });
  after(() => remove());

  for (const name of readdirSync(projects).sort()) {
    it(`finds what is wrong in ${name}, and no more`, async () => {
      const folder = path.join(projects, name);
      const findings = await projectFindings(folder, index);
      const lines = findings.map((one) => {
        found.add(one.code);
        return `${path.relative(folder, one.place.file)}:${one.place.line} ${one.code} ${one.names.deployment ?? '(no name)'}`;
      });
      const file = path.join(folder, 'expected.json');
      if (process.env.UPDATE_EXPECTED) writeFileSync(file, `${JSON.stringify(lines, null, 2)}\n`);
      assert.deepEqual(lines, JSON.parse(readFileSync(file, 'utf8')));
    });
  }

  it('each finding is in one of them', () => {
    assert.deepEqual([...found].sort(), [...findingCodes].sort());
  });

  it('names of projects are escaped and cut in sentences', async () => {
    const evil = `a\u202e${'b'.repeat(500)}`;
    const { folder, remove: removeTree } = await fileTree({
      'quix.yaml': `deployments:\n  - name: ${JSON.stringify(evil)}\n    application: app\n`,
      'app/main.py':
        'from quixstreams import Application\nApplication().dataframe(t).apply(f, stateful=True)\n',
    });
    try {
      const [finding] = await projectFindings(folder, index);
      const text = findingSentence(finding as Finding);
      assert.ok(text.includes('"a\\u202ebbb'), text);
      assert.ok(text.length < 400, text);
    } finally {
      await removeTree();
    }
  });

  it('looks at no app outside of its project', async () => {
    const main =
      'from quixstreams import Application\nApplication().dataframe(t).apply(f, stateful=True)\n';
    const { folder, remove: removeTree } = await fileTree({
      'outside/main.py': main,
      'project/quix.yaml': 'deployments:\n  - name: a\n    application: ../outside\n',
    });
    try {
      assert.deepEqual(await projectFindings(path.join(folder, 'project'), index), []);
    } finally {
      await removeTree();
    }
  });

  it('reads a quix.yaml that is no list, not finished, or full of nonsense', async () => {
    for (const text of [
      'deployments: 1',
      'deployments:\n  - 1\n  - [',
      'deployments: {a: b}',
      '\0',
    ]) {
      const { folder, remove: removeTree } = await fileTree({ 'quix.yaml': text });
      assert.deepEqual(await projectFindings(folder, index), []);
      await removeTree();
    }
  });
});
