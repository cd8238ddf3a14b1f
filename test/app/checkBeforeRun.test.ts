import assert from 'node:assert/strict';
import path from 'node:path';
import { checkBeforeRun, StoreIncompleteError, StoreRecreatedError } from '../../src/app/index';

const fixtures = path.resolve(import.meta.dirname, '../fixtures');

// What quixstreams does with them is in failures.integration.ts.
const recreated = [
  'current-empty',
  'current-missing',
  'current-no-newline',
  'manifest-bitflip',
  'manifest-empty',
  'sst-empty',
  'sst-footer-flip',
  'sst-index-flip',
  'sst-magic-flip',
  'sst-missing',
  'sst-truncated',
];
const incomplete = ['current-points-nowhere', 'manifest-missing'];

describe('checkBeforeRun', () => {
  it('finds the stores that RocksDB would not open', async () => {
    const state = path.join(fixtures, '11-damaged/state');
    const { problems, before } = await checkBeforeRun(state);
    const found = (kind: new (...given: never[]) => Error) =>
      problems
        .filter((problem) => problem instanceof kind)
        .map((problem) => ('path' in problem ? path.relative(state, problem.path) : ''))
        .sort();
    const storeOf = (kind: string) => path.join('damage', kind, 'orders', '0');
    assert.deepEqual(found(StoreRecreatedError), recreated.map(storeOf));
    assert.deepEqual(found(StoreIncompleteError), incomplete.map(storeOf));
    assert.equal(problems.length, recreated.length + incomplete.length);
    assert.ok(problems.every(({ partition }) => partition === 'orders[0]'));

    const offset = (kind: string) => before.get(path.join(state, storeOf(kind)))?.changelogOffset;
    assert.equal(before.size, 28);
    assert.deepEqual(['sound', 'wal-half', 'wal-missing', 'sst-footer-flip'].map(offset), [
      599n,
      499n,
      419n,
      undefined,
    ]);
  });

  it('finds nothing wrong with whole folders, whatever else is in them', async () => {
    for (const fixture of ['10-layout', '12-real-app', '04-compression']) {
      const { problems, before } = await checkBeforeRun(path.join(fixtures, fixture, 'state'));
      assert.deepEqual(problems, [], fixture);
      assert.ok(before.size > 0, fixture);
    }
  });

  it('finds nothing where there is no folder', async () => {
    const { problems, before } = await checkBeforeRun(path.join(fixtures, 'nowhere'));
    assert.deepEqual([problems, before.size], [[], 0]);
  });

  it('ends when it is told to', async () => {
    const reason = new Error('enough');
    const state = path.join(fixtures, '11-damaged/state');
    await assert.rejects(checkBeforeRun(state, { signal: AbortSignal.abort(reason) }), reason);
    const later = new AbortController();
    const check = checkBeforeRun(state, { signal: later.signal });
    setImmediate(() => later.abort(reason));
    await assert.rejects(check, reason);
  });
});
