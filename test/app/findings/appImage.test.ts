import assert from 'node:assert/strict';
import path from 'node:path';
import { appImage } from '../../../src/app/findings/appImage';
import { fileTree } from '../fileTree';

/** What the image of an app with this Dockerfile is, its main file from its folder. */
async function imageOf(dockerfile: string) {
  const { folder, remove } = await fileTree({ Dockerfile: dockerfile, 'main.py': '' });
  try {
    const { workingDirectory, mainFile } = await appImage(folder);
    return [workingDirectory, mainFile && path.relative(folder, mainFile)];
  } finally {
    await remove();
  }
}

const start = 'FROM python\nWORKDIR /app\n';
const end = '\nENTRYPOINT ["python3", "main.py"]\n';
const mostMs = 2000;

describe('a Dockerfile', function () {
  this.timeout(20 * mostMs);

  it('says where the app runs, and what', async () => {
    const text = 'FROM python\nENV HOME_OF=app\nWORKDIR "/${HOME_OF}/src"';
    assert.deepEqual(await imageOf(text + end), ['/app/src', 'main.py']);
  });

  const hostile: [string, string][] = [
    ['blanks', `RUN a${' '.repeat(60_000)}b`],
    ['one word', `CMD ${'a'.repeat(60_000)}`],
    ['a value of itself', `ENV A=aaaaaaaaaaaaaaaa\n${'ENV A=$A$A\n'.repeat(40)}RUN $A`],
  ];
  for (const [what, text] of hostile) {
    it(`is read within bounds: ${what}`, async () => {
      const started = performance.now();
      assert.deepEqual(await imageOf(start + text + end), ['/app', 'main.py']);
      assert.ok(performance.now() - started < mostMs);
    });
  }
});
