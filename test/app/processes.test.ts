import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ancestorsOf, descendantsOf, killAll } from '../../src/app/processes';

describe('processes', () => {
  it('finds what descends from one, children before theirs, and ends it', async () => {
    const script = `
      const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
      child.once('spawn', () => console.log(child.pid));`;
    const parent = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
    const ended = once(parent, 'exit');
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const grandchild = Number(line.toString());
    assert.ok(parent.pid !== undefined);
    try {
      assert.deepEqual(await descendantsOf(parent.pid), [grandchild]);
      assert.deepEqual((await ancestorsOf(grandchild)).slice(0, 2), [parent.pid, process.pid]);
      const all = await descendantsOf(process.pid);
      assert.ok(all.indexOf(parent.pid) < all.indexOf(grandchild));
    } finally {
      killAll([grandchild, parent.pid]);
    }
    const [, signal] = (await ended) as [number | null, string | null];
    assert.equal(signal, 'SIGKILL');
    killAll([parent.pid]); // has ended: no error
  });
});
