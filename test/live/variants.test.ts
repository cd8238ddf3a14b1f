import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { openReadOnly, UnsupportedFormatError } from '../../src/rocksdb/index';
import { python } from '../python.mjs';
import { Digest } from '../rocksdb/expected';

/** A line of variants.py. */
interface Variant {
  readonly name: string;
  readonly refused: string | null;
  readonly families?: Readonly<Record<string, { count: number; digest: string }>>;
  readonly sequence?: number;
}

describe('stores with options of the app, as RocksDB itself reads them', function () {
  this.timeout(120_000);
  let folder: string;
  let variants: Variant[];

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'state-folder-variants-'));
    const script = path.join(import.meta.dirname, 'variants.py');
    const { stdout } = await promisify(execFile)(await python(), [script, folder]);
    variants = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Variant);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** Every entry of every column family, and each tenth looked up. */
  async function read({ name }: Variant) {
    const database = await openReadOnly(path.join(folder, name));
    try {
      const families: Record<string, unknown> = {};
      for (const family of database.columnFamilies) {
        const digest = new Digest();
        for await (const entry of database.entries(family)) {
          digest.add(entry);
          if (digest.count % 10 === 0) {
            assert.deepEqual(await database.get(family, entry.key), entry.value);
          }
        }
        families[family] = digest.result();
      }
      return { families, sequence: database.latestSequence, warnings: database.warnings };
    } finally {
      await database.close();
    }
  }

  it('are read whole', async () => {
    const readable = variants.filter(({ refused }) => refused === null);
    assert.ok(readable.length > 30);
    for (const variant of readable) {
      const { families, sequence, warnings } = await read(variant);
      assert.deepEqual(families, variant.families, variant.name);
      assert.equal(sequence, variant.sequence, variant.name);
      assert.deepEqual(warnings, [], variant.name);
    }
  });

  it('are refused by name where they hold what is not read', async () => {
    const refusals = variants.filter(({ refused }) => refused !== null);
    assert.ok(refusals.length >= 2);
    for (const variant of refusals) {
      const isRefusal = (error: unknown) => {
        assert.ok(error instanceof UnsupportedFormatError, `${variant.name}: ${String(error)}`);
        assert.match(error.reason, new RegExp(variant.refused ?? ''));
        return true;
      };
      await assert.rejects(read(variant), isRefusal, variant.name);
    }
  });
});
