import assert from 'node:assert/strict';
import { cp, mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { python } from '../python.mjs';
import { Compared, Judge } from '../versions/judge';
import { shownBy } from '../versions/shown';

const source = path.resolve(
  import.meta.dirname,
  '../fixtures/12-real-app/state/freddy-example-prod-features',
);

describe('the state of a real app', () => {
  let folder: string;

  before(async () => {
    folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'state-folder-real-app-')));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('in its twelve stores is what quixstreams itself reads of them', async () => {
    const copy = path.join(folder, 'state');
    await cp(source, copy, { recursive: true });
    const judge = new Judge(await python(), 'realApp');
    const compared = new Compared();
    try {
      compared.compare(await shownBy(copy), await judge.read(copy));
    } finally {
      await judge.end();
    }
    const { rows, windows, values, untold, stores } = compared;
    assert.deepEqual([stores.size, rows, windows, values, untold.size], [12, 254, 39, 580, 0]);
  });
});
