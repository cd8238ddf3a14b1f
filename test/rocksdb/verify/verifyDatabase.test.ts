import assert from 'node:assert/strict';
import { appendFile, mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { storesBelow } from '../../../src/app/index';
import { FileGoneError, NotADatabaseError, type Progress } from '../../../src/rocksdb/index';
import { createKernel } from '../../../src/rocksdb/kernel/kernel';
import { LogReader } from '../../../src/rocksdb/log/logReader';
import { fixtures, storesOf, withCopy } from '../expected';
import { LogWriter, writeBatch, readFrom } from '../log/logWriter';
import { TableSurgery } from './tableSurgery';
import { verified } from './verified';

const sound = path.join(fixtures, '11-damaged/state/damage/sound/orders/0');
const log = '000013.log';
const stored = path.join(fixtures, '04-compression/state/quixstreams-default/none/orders/0');
const table = '000012.sst';
const kernel = createKernel();

/** Writes a MANIFEST anew with bytes replaced in it, all checksums right. */
async function changeManifest(directory: string, before: string, after: string): Promise<void> {
  const [name = ''] = (await readdir(directory)).filter((each) => each.startsWith('MANIFEST'));
  const file = path.join(directory, name);
  const bytes = await readFile(file);
  const reader = new LogReader(file, 5, kernel);
  const writer = new LogWriter(kernel);
  let changed = 0;
  for await (const { payload } of reader.records(bytes.length, readFrom(bytes))) {
    const edit = Buffer.from(payload);
    for (let at = edit.indexOf(before); at >= 0; at = edit.indexOf(before, at + 1)) {
      edit.write(after, at);
      changed++;
    }
    writer.add(edit);
  }
  assert.ok(changed > 0);
  await writeFile(file, writer.bytes);
}

/** What is told of a copy of a store that `change` was made to. */
function reasons(store: string, change: (copy: string) => Promise<void> | void) {
  return withCopy(store, async (copy) => {
    await change(copy);
    const { findings } = await verified(copy);
    return findings.map((finding) => {
      const { kind, offset, reason, consequence } = finding;
      return [kind, path.basename(finding.file), offset, reason, consequence];
    });
  });
}

const operate = (copy: string, change: (surgery: TableSurgery) => Promise<void> | void) => {
  const surgery = new TableSurgery(path.join(copy, table));
  return Promise.resolve(change(surgery)).then(() => surgery.save());
};

describe('verifyDatabase', function () {
  this.timeout(60_000);

  for (const fixture of [
    ...['01-default-wal-open', '02a-default-50cp-closed', '03b-default-20k-levels-open'],
    ...['04-compression', '05-ttl', '08b-huge-and-many', '08c-huge-wal-open', '12-real-app'],
  ]) {
    it(`finds nothing in ${fixture}, and reads all of it`, async () => {
      for (const store of storesOf(fixture)) {
        const { findings, counts } = await verified(store.directory);
        assert.deepEqual(findings, [], store.path);
        assert.ok(counts.entries + counts.operations > 0);
        assert.ok(counts.edits > 0);
        const tables = (await readdir(store.directory)).filter((name) => name.endsWith('.sst'));
        assert.equal(counts.tables, tables.length);
      }
    });
  }

  /** What is in them is damaged, or not read, on purpose. */
  const notSound =
    /^(?:zeros-|blobs-|plain-table|transactions-(?:open|write-prepared)|lies|second$)/;

  for (const fixture of ['variants', '13-logs']) {
    it(`takes nothing in ${fixture}, by RocksDB 5 to 11, for damage`, async () => {
      const folder = path.join(fixtures, fixture);
      let stores = 0;
      for (const store of await storesBelow(folder, new AbortController().signal)) {
        const [name = ''] = path.relative(folder, store).split(path.sep);
        if (notSound.test(name)) continue;
        const { findings } = await verified(store);
        assert.deepEqual(
          findings.filter(({ kind }) => kind !== 'note'),
          [],
          store,
        );
        stores++;
      }
      assert.ok(stores > 20, `${stores} stores`);
    });
  }

  it('notices whatever byte of whatever file is another', async () => {
    await withCopy(sound, async (copy) => {
      for (const name of ['000011.sst', '000015.sst', log, 'MANIFEST-000005', 'CURRENT']) {
        const file = path.join(copy, name);
        const bytes = await readFile(file);
        const step = Math.max(1, Math.floor(bytes.length / 40));
        for (let at = 0; at < bytes.length; at += step) {
          const changed = Buffer.from(bytes);
          changed[at]! ^= 1 << (at % 8);
          await writeFile(file, changed);
          const { findings } = await verified(copy);
          assert.ok(
            findings.some(({ kind }) => kind !== 'note'),
            `${name} at ${at}`,
          );
        }
        await writeFile(file, bytes);
      }
    });
  });

  it('counts on', async () => {
    const { counts } = await verified(sound);
    const { edits, ...others } = counts;
    assert.ok(edits > 1);
    assert.deepEqual(others, {
      tables: 4,
      blocks: 23,
      entries: 422,
      logs: 1,
      records: 9,
      operations: 189,
    });
  });

  it('tells how far it is, up to all of it', async () => {
    const told: Progress[] = [];
    await verified(sound, { progress: (progress) => told.push({ ...progress }) });
    const [first, last] = [told[0], told.at(-1)];
    assert.ok(first && last && told.length > 20);
    assert.equal(last.done, last.total);
    assert.equal(last.total, 748 + 16_120 + 1247 + 10_457 + 1247 + 14_409);
    for (const [i, { done }] of told.entries()) assert.ok(done >= (told[i - 1]?.done ?? 0));
  });

  it('ends when it is told to', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    const progress = ({ done }: Progress) => done > 5000 && abort.abort(reason);
    await assert.rejects(verified(sound, { progress, signal: abort.signal }), reason);
  });

  it('says that a folder is no database, or not there', async () => {
    await withCopy(sound, async (copy) => {
      const empty = path.join(copy, 'empty');
      await mkdir(empty);
      await assert.rejects(verified(empty), NotADatabaseError);
      await assert.rejects(verified(path.join(copy, 'nowhere')), FileGoneError);
    });
  });

  it('names the keys of a damaged block and where it is', async () => {
    const damaged = path.join(fixtures, '11-damaged/state/damage/sst-first-block-flip/orders/0');
    const { findings } = await verified(damaged);
    assert.deepEqual(findings, [
      {
        kind: 'damage',
        file: path.join(damaged, '000011.sst'),
        offset: 0,
        reason: 'block checksum mismatch',
        consequence: 'failsOnRead',
        missing: [
          {
            columnFamily: 'default',
            first: new Uint8Array(Buffer.from('"k00"|"s00"')),
            afterFirst: false,
            last: new Uint8Array(Buffer.from('"k02"|"s13')),
          },
        ],
        sequences: undefined,
      },
    ]);
  });

  it('names the operations that a damaged log loses', async () => {
    const damaged = path.join(fixtures, '11-damaged/state/damage/wal-bitflip-middle/orders/0');
    const { findings } = await verified(damaged);
    const [only] = findings;
    assert.ok(only && findings.length === 1);
    assert.equal(only.consequence, 'dropsLogEnd');
    assert.deepEqual(only.sequences, { first: 526, last: 630 });
    const [range] = only.missing;
    assert.equal(Buffer.from(range?.first ?? []).toString(), '"k25"|"s00"');
    assert.equal(Buffer.from(range?.last ?? []).toString(), '"k29"|"s19"');
  });

  describe('notices, with all checksums right,', () => {
    it('keys out of order', async () => {
      const found = await reasons(stored, (copy) =>
        operate(copy, async (surgery) => {
          const block = await surgery.dataBlock(4);
          surgery.replace(block, Buffer.from('customer-0069|'), Buffer.from('customer-9969|'));
        }),
      );
      const [[kind, file, , reason, consequence] = []] = found;
      assert.deepEqual([kind, file, consequence], ['damage', table, 'opensWithout']);
      assert.match(String(reason), /^keys out of order, entry \d+$/);
    });

    it('a wrong number of entries', async () => {
      const found = await reasons(stored, (copy) =>
        operate(copy, (surgery) => {
          const entries = (count: number) =>
            Buffer.from(`\x07\x02entries${String.fromCharCode(count)}\x02`, 'latin1');
          surgery.replace(surgery.block('rocksdb.properties'), entries(0xae), entries(0xaf));
        }),
      );
      const reason = '302 in it, but its properties say rocksdb.num.entries 303';
      assert.deepEqual(found, [['damage', table, undefined, reason, 'opensWithout']]);
    });

    it('an index entry before the last key of its block', async () => {
      const found = await reasons(stored, (copy) =>
        operate(copy, (surgery) => {
          const index = surgery.block('rocksdb.index');
          surgery.replace(index, Buffer.from('customer-0102'), Buffer.from('customer-0070'));
        }),
      );
      assert.ok(
        found.some(([, , , reason]) => reason === 'a key after the index entry of its block'),
      );
    });

    it("keys outside of the MANIFEST's bounds", async () => {
      const found = await reasons(stored, (copy) =>
        changeManifest(copy, 'customer-0299', 'customer-0199'),
      );
      assert.ok(found.length > 0);
      for (const [kind, file, , reason, consequence] of found) {
        const expected = "keys outside of the MANIFEST's bounds for this table";
        assert.deepEqual(
          [kind, file, reason, consequence],
          ['damage', table, expected, 'opensWithout'],
        );
      }
    });

    it('sequences that no log has, before the first log and within one', async () => {
      const found = await reasons(sound, async (copy) => {
        const writer = new LogWriter(kernel);
        writer.add(writeBatch(450, [[0, 'a', '1']]));
        writer.add(writeBatch(460, [[0, 'b', '1']]));
        await writeFile(path.join(copy, log), writer.bytes);
      });
      assert.deepEqual(found, [
        ['damage', log, 0, 'sequences 442 to 449 are in no log', 'opensWithout'],
        ['note', log, 25, 'sequences 451 to 459 are in no log', 'opensWithout'],
      ]);
    });

    it('a batch that says more operations than it has', async () => {
      const found = await reasons(sound, async (copy) => {
        const batch = writeBatch(442, [[0, 'a', '1']]);
        batch.writeUInt32LE(2, 8);
        await writeFile(path.join(copy, log), new LogWriter(kernel).add(batch).bytes);
      });
      assert.deepEqual(found, [['damage', log, 0, '1 operations instead of 2', 'dropsLogEnd']]);
    });
  });

  it('waits for a record that is being written', async () => {
    await withCopy(sound, async (copy) => {
      const file = path.join(copy, log);
      const whole = await readFile(file);
      await truncate(file, whole.length - 100);
      let rest: Promise<void> | undefined;
      const { findings } = await verified(copy, {
        progress: ({ done, total }) => {
          // The log was read up to its cut.
          if (done >= total) rest ??= appendFile(file, whole.subarray(-100));
        },
      });
      await rest;
      assert.ok(rest);
      assert.deepEqual(findings, []);
    });
  });
});
