import assert from 'node:assert/strict';
import { torture } from '../torture/torture';

describe('readers beside a writer in a hurry', function () {
  this.timeout(90_000);

  it('see only what it wrote, through kills, compactions, and a folder made anew', async function () {
    if (process.platform === 'win32') this.skip(); // an open store cannot be deleted there
    const seconds = 12;
    const result = await torture({ seconds, readers: 2, rate: 5000, seed: 3, killEvery: 4 });
    assert.deepEqual(result.bad, []);
    assert.deepEqual(result.errors, []);
    assert.ok(result.views > 50, `${result.views} views`);
    assert.ok(result.kills > 1, `${result.kills} kills`);
  });
});
