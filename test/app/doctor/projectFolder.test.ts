import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { projectFolderFindings } from '../../../src/app/doctor/projectFolderFindings';

describe('projectFolderFindings', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'state-folder-doctor-project-'));
    await mkdir(path.join(folder, 'app/state'), { recursive: true });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const codes = async (files: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
      await writeFile(path.join(folder, name), text);
    }
    const found = await projectFolderFindings(path.join(folder, 'app/state'));
    return found.map(({ code }) => code);
  };
  const git = { '.git/HEAD': 'ref: refs/heads/main\n' };
  const ignored = { ...git, '.gitignore': 'state/\n' };

  it('finds nothing outside of a repository', async () => {
    assert.deepEqual(await codes({ 'app/Dockerfile': 'COPY . .\n' }), []);
  });

  for (const [name, text, expected] of [
    ['.gitignore', '', false],
    ['.gitignore', 'state/\n', true],
    ['.gitignore', '/state/\n', false],
    ['.gitignore', 'app\r\n', true],
    ['.gitignore', '*\n!state/\n!app/\n', false],
    ['app/.gitignore', '/state\n', true],
    ['app/state/.gitignore', '*\n!.gitignore\n', true],
    ['.git/info/exclude', '**/state\n', true],
  ] as const) {
    it(`knows whether Git ignores it: ${JSON.stringify(text)} in ${name}`, async () => {
      const found = await codes({ ...git, [name]: text });
      assert.deepEqual(found, expected ? [] : ['not-ignored-by-git']);
    });
  }

  for (const [line, ignore, expected] of [
    ['COPY . .', undefined, true],
    ['COPY . .', 'state\n', false],
    ['COPY . .', './state/\n', false],
    ['COPY . .', '**/state\n', false],
    ['COPY . .', '*\n!main.py\n', false],
    ['COPY . .', 'other/state\n', true],
    ['ADD --chown=me:me ./ /app/', undefined, true],
    ['COPY [".", "/app"]', undefined, true],
    ['COPY --from=git /project .', undefined, false],
    ['COPY --from=build . .', undefined, false],
    ['COPY requirements.txt .', undefined, false],
    ['# COPY . .', undefined, false],
  ] as const) {
    it(`knows whether an image has it: ${line} with ${JSON.stringify(ignore)}`, async () => {
      const files = { ...ignored, 'app/Dockerfile': `FROM python:3.12\n${line}\n` };
      const found = await codes({ ...files, ...(ignore && { 'app/.dockerignore': ignore }) });
      assert.deepEqual(found, expected ? ['copied-into-image'] : []);
    });
  }
});
