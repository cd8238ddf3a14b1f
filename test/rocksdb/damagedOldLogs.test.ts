import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CorruptionError, openReadOnly } from '../../src/rocksdb/index';
import { fixtures, withCopy } from './expected';

describe('a damaged log that only some column families need', () => {
  const store = path.join(fixtures, '13-logs/predecessors-10');

  it('is told as damage, however often they are asked for', () =>
    withCopy(store, async (copy) => {
      const log = path.join(copy, '000008.log');
      const bytes = await readFile(log);
      bytes.fill(0xa5, 543, 555);
      await writeFile(log, bytes);
      const database = await openReadOnly(copy);
      let told = 0;
      for (const family of [...database.columnFamilies, ...database.columnFamilies]) {
        await database.count(family).catch((error: unknown) => {
          assert.ok(error instanceof CorruptionError, String(error));
          assert.equal(error.file, log);
          told++;
        });
      }
      assert.ok(told > 1, `told ${told} times`);
      await database.close();
    }));
});
