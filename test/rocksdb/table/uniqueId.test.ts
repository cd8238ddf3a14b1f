import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { CorruptionError, openReadOnly } from '../../../src/rocksdb/index';
import { uniqueIdOf } from '../../../src/rocksdb/table/uniqueId';
import { fixtures, withCopy } from '../expected';

/** What RocksDB made of these properties, from the MANIFEST of a store. */
const origin = {
  database: 'a1657101-cc81-40b9-920c-a5b14c818f08',
  session: '2AJLGXTUSK7TMNK0DAUV',
  number: 11,
};

describe('identities of tables', () => {
  it('are made of where a table comes from', () => {
    const id = uniqueIdOf(origin);
    assert.equal(Buffer.from(id ?? []).toString('hex'), '3738fbc184ce2bb42f48243cd2df53ad');
    assert.notDeepEqual(uniqueIdOf({ ...origin, number: origin.number + 1 }), id);
    assert.notDeepEqual(uniqueIdOf({ ...origin, database: origin.session.repeat(2) }), id);
  });

  it('are not made of properties of another kind', () => {
    assert.equal(uniqueIdOf({ ...origin, session: 'short' }), undefined);
    assert.equal(uniqueIdOf({ ...origin, session: '-'.repeat(20) }), undefined);
    assert.equal(uniqueIdOf({ ...origin, database: 'x' }), undefined);
  });

  it('tell a table of another store, of the same size and number, as RocksDB does', async () => {
    const variants = path.join(fixtures, 'variants');
    await withCopy(path.join(variants, 'defaults-9'), async (copy) => {
      const other = path.join(variants, 'checksum-xxhash64-9', '000011.sst');
      await cp(other, path.join(copy, '000011.sst'));
      const database = await openReadOnly(copy);
      try {
        await assert.rejects(
          database.entries('default').next(),
          (error) => error instanceof CorruptionError && /another table/.test(error.reason),
        );
      } finally {
        await database.close();
      }
    });
  });
});
