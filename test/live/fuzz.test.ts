import assert from 'node:assert/strict';
import { fuzz } from '../fuzz/fuzz';

describe('damaged stores', function () {
  this.timeout(120_000);

  it('are read without crash, hang, much memory, or a value that RocksDB would not show', async () => {
    const options = { seed: 6, first: 0, count: 200, lanes: 2 };
    const { findings, figures } = await fuzz(options);
    const found = findings.filter(({ forged }) => !forged);
    assert.deepEqual(found, []);
    assert.ok(figures.told > 50, `${figures.told} told`);
    assert.ok(figures.same > 10, `${figures.same} the same as RocksDB`);
  });
});
