import assert from 'node:assert/strict';
import { readdir, rm, stat, truncate } from 'node:fs/promises';
import path from 'node:path';
import { CorruptionError, openReadOnly } from '../../../src/rocksdb/index';
import { fixtures, withCopy } from '../expected';

/** Opens a copy of the store after `change` was done to one of its logs, by their order. */
const withChanged = (
  index: number,
  change: (log: string) => Promise<void>,
  use: (copy: string) => Promise<void>,
) =>
  withCopy(path.join(fixtures, '13-logs/tracked-7'), async (copy) => {
    const logs = (await readdir(copy)).filter((name) => name.endsWith('.log')).sort();
    await change(path.join(copy, logs.at(index) ?? assert.fail()));
    await use(copy);
  });

const refused = (copy: string) =>
  assert.rejects(openReadOnly(copy), (error) => {
    assert.ok(error instanceof CorruptionError, String(error));
    assert.match(error.file, /\.log$/);
    return true;
  });

const shorten = async (log: string) => truncate(log, (await stat(log)).size - 3);

describe('logs that the MANIFEST keeps track of', () => {
  it('must be there', async () => {
    await withChanged(0, rm, refused);
    await withChanged(1, rm, refused);
  });

  it('must have the bytes that are on disk for certain', () => withChanged(0, shorten, refused));

  it('may be missing, or cut, where nothing is certain yet', async () => {
    for (const change of [rm, shorten]) {
      await withChanged(-1, change, async (copy) => {
        const database = await openReadOnly(copy);
        let count = 0;
        for await (const entry of database.entries('default'))
          count += entry.key.length > 0 ? 1 : 0;
        assert.equal(count, 10);
        await database.close();
      });
    }
  });
});
