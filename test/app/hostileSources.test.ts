// Workspaces are other people's: what is read of them takes bounded time, and ends no process.

import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  findApplications,
  readApplicationCode,
  stateFolderOf,
  variablesOf,
} from '../../src/app/index';
import { fileTree } from './fileTree';

const mostMs = 15_000;
const app = 'from quixstreams import Application\nimport os\n';
/** As often as a file is read that has the lines above, too. */
const fill = (text: string) => text.repeat(Math.floor(((1 << 20) - 200) / Buffer.byteLength(text)));

const sources: [string, string | Buffer][] = [
  ['open brackets', `Application(${fill('(')}`],
  ['open brackets of all kinds', `Application(${fill('([{')}`],
  ['closed brackets', `Application${fill('()')}`],
  ['calls', fill('Application()\n')],
  ['calls in calls', fill('Application(')],
  ['an open string', `Application("${fill('a')}`],
  ['an open string of many lines', `Application("""${fill('a\n')}`],
  ['quotes', fill(`'"`)],
  ['backslashes', `Application("${fill('\\')}`],
  ['fields of f-strings', `f"${fill('{a}')}"`],
  ['open fields of f-strings', `f"${fill('{')}`],
  ['open fields, one by one', `f"${fill('{a')}`],
  ['f-strings in f-strings', fill(`f"{f'{`)],
  ['f-strings in one field', fill(`f"{${"f'{".repeat(70)}${"}'".repeat(70)}}"\n`)],
  ['reads', fill('os.environ["a"]\n')],
  ['open reads', fill('os.environ[')],
  ['getenv', fill('os.getenv(')],
  ['in environ', fill('"a" in os.environ ')],
  ['tries', fill('try:\n')],
  ['tries and reads', fill(' try:\n  os.environ["a"]\n')],
  ['imports', fill('from . import ')],
  ['one long import', `import ${fill('a,')}`],
  ['dots', `from ${fill('.')}`],
  ['words', fill('a ')],
  ['one word', fill('a')],
  ['one name in chains', `Application(a)\na = ${fill('a.')}`],
  ['names of names', `Application(a)\n${fill('a = a or a\n')}`],
  [
    'names that multiply',
    `Application(a0)\n${Array.from({ length: 500 }, (_, i) => `a${i} = a${i + 1} or a${i + 1} or a${i + 1} or a${i + 1}\n`).join('')}`,
  ],
  [
    'paths that multiply',
    `Application(a0)\n${Array.from({ length: 500 }, (_, i) => `a${i} = ${`a${i + 1} / `.repeat(50)}"x"\n`).join('')}`,
  ],
  ['annotations', `Application(a)\na: ${fill('int[')}`],
  ['classes', `Application(a)\n${fill('class Settings(BaseSettings):\n')}`],
  ['a class without end', `Application(a)\nclass A(${fill(' ')}`],
  ['class heads', `Application(a)\nclass ${fill('A(Settings')}`],
  ['blanks', `Application(${fill(' ')}a`],
  ['lines', fill('\n')],
  ['ors', `Application(${fill('a or ')}a)`],
  ['comments', fill('#\n')],
  ['bytes', Buffer.from(Array.from({ length: 1_000_000 }, (_, i) => (i * 7919) % 256))],
];

describe('hostile sources', function () {
  this.timeout(2 * mostMs);

  for (const [what, source] of sources) {
    it(`are read within bounds: ${what}`, async () => {
      const { folder, remove } = await fileTree({ 'app.yaml': 'name: n\ndefaultFile: main.py\n' });
      const text = Buffer.concat([Buffer.from(app), Buffer.from(source)]);
      await writeFile(path.join(folder, 'main.py'), text);
      try {
        assert.ok(text.length <= 1 << 20, 'no larger than what is read');
        const started = performance.now();
        const [found] = await findApplications(folder);
        assert.ok(found);
        const code = await readApplicationCode(found);
        await variablesOf(found, { workspaceFolder: folder, inherited: {}, code });
        await stateFolderOf(found, {});
        const ms = performance.now() - started;
        assert.ok(ms < mostMs, `${Math.round(ms)} ms`);
      } finally {
        await remove();
      }
    });
  }

  it('are found within bounds: 10,000 files, and folders without end', async () => {
    const { folder, remove } = await fileTree({ 'app/main.py': `${app}Application()\n` });
    try {
      for (let i = 0; i < 100; i++) {
        const at = path.join(folder, `many/${i}`);
        await mkdir(at, { recursive: true });
        const files = Array.from({ length: 100 }, (_, k) => path.join(at, `m${k}.py`));
        await Promise.all(files.map((file) => writeFile(file, app)));
      }
      await mkdir(path.join(folder, 'deep', ...Array<string>(100).fill('d')), { recursive: true });
      const started = performance.now();
      const found = await findApplications(folder);
      const ms = performance.now() - started;
      assert.deepEqual(
        found.map(({ name }) => name),
        ['app'],
      );
      assert.ok(ms < mostMs, `${Math.round(ms)} ms`);
    } finally {
      await remove();
    }
  });

  it('are read within bounds: modules that import each other', async () => {
    const modules = Array.from({ length: 300 }, (_, i) => [
      `m${i}.py`,
      Array.from({ length: 300 }, (_unused, k) => `import m${k}\n`).join('') + '#'.repeat(50_000),
    ]);
    const files = Object.fromEntries(modules) as Record<string, string>;
    const { folder, remove } = await fileTree({ 'main.py': `${app}import m0\n`, ...files });
    try {
      const started = performance.now();
      const main = path.join(folder, 'main.py');
      await readApplicationCode({ name: 'n', folder, mainFile: main });
      const ms = performance.now() - started;
      assert.ok(ms < mostMs, `${Math.round(ms)} ms`);
    } finally {
      await remove();
    }
  });
});
