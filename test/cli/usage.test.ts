import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parsed, root, run } from './commandLine';

describe('state-folder', function () {
  this.timeout(60_000);

  it('exits with 2 when it is not called right, and with 1 when there is nothing', async () => {
    for (const args of [
      ...[[], ['frob'], ['dump'], ['dump', '.', 'x'], ['get', '.'], ['dump', '.', '--limit', 'x']],
      ...[
        ['ls', '--raw'],
        ['inspect'],
        ['verify', '.', 'x'],
        ['verify', '.', '--json'],
        ['get', '.', 'k', '--as', 'xml'],
        ['dump', '.', '--as', 'json'],
        ['dump', '.', '--nothing'],
      ],
    ]) {
      const { code, stderr, lines } = await run(...args);
      assert.equal(code, 2, args.join(' '));
      assert.match(stderr, /^state-folder: [^\n]+--help\)\n$/);
      assert.deepEqual(lines, []);
    }
    for (const directory of ['/does/not/exist', '.']) {
      const { code, stderr } = await run('dump', directory);
      assert.equal(code, 1);
      assert.match(stderr, /^state-folder: [^\n]+\n$/);
    }
  });

  it('tells its version and how to call it', async () => {
    const { version } = parsed(await readFile(path.join(root, 'package.json'), 'utf8'));
    assert.deepEqual((await run('--version')).lines, [version]);
    assert.match((await run('--help')).stdout.toString(), /dump DIR \[--raw\] \[--limit N\]/);
  });
});
