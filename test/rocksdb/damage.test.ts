import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {
  NotADatabaseError,
  openReadOnly,
  RocksDBError,
  WalElsewhereError,
  WalMissingError,
  WalTailError,
  type Database,
} from '../../src/rocksdb/index';
import { Digest, fixtures, storesOf } from './expected';

async function digests(database: Database): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const name of database.columnFamilies) {
    const digest = new Digest();
    for await (const entry of database.entries(name)) digest.add(entry);
    found[name] = digest.result();
  }
  return found;
}

/** Damage after which RocksDB opens the store without a word, and we say more. */
const warnings: Record<string, typeof WalTailError | typeof WalMissingError> = {
  'wal-tail-cut-7': WalTailError,
  'wal-tail-cut-in-header': WalTailError,
  'wal-half': WalTailError,
  'wal-garbage-appended': WalTailError,
  'wal-bitflip-middle': WalTailError,
  'wal-missing': WalMissingError,
};

describe('damaged stores', () => {
  for (const store of storesOf('11-damaged')) {
    const damage = store.path.split('/')[2] ?? '';
    const refused = store.open_rocksdict !== undefined && store.open_rocksdict !== 'ok';

    if (refused) {
      it(`${damage} is refused, as RocksDB does, with file and reason`, async () => {
        const whole = async () => {
          const database = await openReadOnly(store.directory);
          try {
            await digests(database);
          } finally {
            await database.close();
          }
        };
        await assert.rejects(whole(), (error) => {
          assert.ok(error instanceof RocksDBError, String(error));
          assert.ok(error.code === 'corrupt' || error instanceof NotADatabaseError, error.code);
          assert.ok(error.file.startsWith(store.directory), error.file);
          assert.ok(error.reason.length > 0);
          return true;
        });
      });
    } else {
      it(`${damage} is shown as RocksDB shows it`, async () => {
        const database = await openReadOnly(store.directory);
        const expected = Object.entries(store.column_families ?? {}).map(([name, family]) => [
          name,
          { count: family.count, digest: family.digest },
        ]);
        assert.deepEqual(await digests(database), Object.fromEntries(expected));
        const warning = warnings[damage];
        assert.equal(database.warnings.length, warning ? 1 : 0);
        if (warning) assert.ok(database.warnings[0] instanceof warning);
        await database.close();
      });
    }
  }
});

describe('a write-ahead log elsewhere', () => {
  const [store] = storesOf('10-layout').filter(({ path: at }) => at.includes('with-wal-dir'));
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'state-folder-wal-'));
    await cp(path.join(fixtures, '10-layout'), folder, { recursive: true });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const place = async (walDirectory: string): Promise<string> => {
    const directory = path.join(folder, store?.path ?? '');
    const options = path.join(directory, 'OPTIONS-000009');
    const text = await readFile(options, 'utf8');
    await writeFile(options, text.replace(/wal_dir=.*/, `wal_dir=${walDirectory}`));
    return directory;
  };

  it('is read where OPTIONS says it is', async () => {
    const directory = await place(path.join(folder, 'wal'));
    const database = await openReadOnly(directory);
    const expected = store?.column_families?.['default'];
    const found = await digests(database);
    assert.deepEqual(found['default'], { count: expected?.count, digest: expected?.digest });
    assert.equal(database.facts.walDirectory, path.join(folder, 'wal'));
    assert.deepEqual(database.warnings, []);
    await database.close();
  });

  it('counts before logs that were left beside the tables', async () => {
    const directory = await place(path.join(folder, 'wal'));
    await writeFile(path.join(directory, '000003.log'), '');
    await writeFile(path.join(directory, '000004.log'), '');
    const database = await openReadOnly(directory);
    const expected = store?.column_families?.['default'];
    const found = await digests(database);
    assert.deepEqual(found['default'], { count: expected?.count, digest: expected?.digest });
    await database.close();
  });

  it('is found where a relative path led from', async () => {
    const directory = await place('wal');
    const database = await openReadOnly(directory);
    assert.equal(database.facts.walDirectory, path.join(folder, 'wal'));
    assert.deepEqual(database.warnings, []);
    await database.close();
  });

  it('is here where OPTIONS name the place that the store was copied from', async () => {
    const directory = await place('/app/state/with-wal-dir/0');
    await cp(path.join(folder, 'wal/000004.log'), path.join(directory, '000004.log'));
    const database = await openReadOnly(directory);
    const expected = store?.column_families?.['default'];
    const found = await digests(database);
    assert.deepEqual(found['default'], { count: expected?.count, digest: expected?.digest });
    assert.deepEqual(database.warnings, []);
    await database.close();
  });

  it('is not followed where that is not allowed, and that is said', async () => {
    const directory = await place(path.join(folder, 'wal'));
    const asked: string[] = [];
    const follow = (at: string) => asked.push(at) < 0;
    const database = await openReadOnly(directory, { follow });
    assert.deepEqual(asked, [path.join(folder, 'wal')]);
    assert.ok(database.warnings[0] instanceof WalElsewhereError);
    await database.close();
  });

  it('that is not here is said', async () => {
    const directory = await place('/app/10-layout/wal');
    const database = await openReadOnly(directory);
    assert.ok(database.warnings[0] instanceof WalElsewhereError);
    assert.equal(database.warnings[0].file, '/app/10-layout/wal');
    await database.close();
  });
});
