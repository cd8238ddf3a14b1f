import assert from 'node:assert/strict';
import { checkReader } from '../properties/readerProperty';

describe('the reader, whatever is done to a store', function () {
  this.timeout(120_000);

  it('shows what RocksDB shows, anew and refreshed, after each step', async () => {
    const { steps } = await checkReader({ seed: 20, count: 15 });
    assert.ok(steps > 50, `${steps} steps`);
  });
});
