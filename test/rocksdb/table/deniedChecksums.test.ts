import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CorruptionError, openReadOnly } from '../../../src/rocksdb/index';
import { footerSize } from '../../../src/rocksdb/table/footer';
import { fixtures, withCopy } from '../expected';

describe('tables whose footer denies their checksums', () => {
  for (const name of ['checksum-crc32c-6', 'checksum-xxh3-11']) {
    it(`${name} are damaged: nothing in them would be checked`, () =>
      withCopy(path.join(fixtures, 'variants', name), async (copy) => {
        for (const file of readdirSync(copy).filter((one) => one.endsWith('.sst'))) {
          const table = await readFile(path.join(copy, file));
          table[table.length - footerSize] = 0;
          await writeFile(path.join(copy, file), table);
        }
        const database = await openReadOnly(copy);
        await assert.rejects(database.count('default'), CorruptionError);
        await database.close();
      }));
  }
});
