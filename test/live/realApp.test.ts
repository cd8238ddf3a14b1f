import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { python } from '../python.mjs';
import { Compared, Judge } from '../versions/judge';
import { shownBy } from '../versions/shown';

const source = path.resolve(
  import.meta.dirname,
  '../fixtures/12-real-app/state/freddy-example-prod-features',
);
const makeTooOld = path.resolve(import.meta.dirname, '../versions/tooOld.py');

describe('the state of a real app', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'state-folder-real-app-')));
    await cp(source, path.join(folder, 'state'), { recursive: true });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** How much of what the tree shows was found to be what quixstreams reads. */
  async function compare(): Promise<Compared> {
    const copy = path.join(folder, 'state');
    const judge = new Judge(await python(), 'realApp');
    const compared = new Compared();
    try {
      compared.compare(await shownBy(copy), await judge.read(copy));
    } finally {
      await judge.end();
    }
    return compared;
  }

  it('in its twelve stores is what quixstreams itself reads of them', async () => {
    const { rows, windows, values, ineligible, untold, stores } = await compare();
    assert.deepEqual([stores.size, rows, windows, values], [12, 254, 39, 580]);
    assert.deepEqual([ineligible, untold.size], [0, 0]);
  });

  it('is that with values that are too old to be joined, too', async () => {
    const args = [makeTooOld, path.join(folder, 'state'), 'asof', 'f-meta'];
    const { stdout } = await promisify(execFile)(await python(), args);
    const { rows, ineligible } = await compare();
    assert.equal(ineligible, Number(stdout));
    assert.ok(ineligible > 0);
    assert.equal(rows, 254);
  });
});
