import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { CorruptionError, UnsupportedFormatError } from '../../../src/rocksdb/errors';
import { ReadableFile } from '../../../src/rocksdb/file';
import { createKernel } from '../../../src/rocksdb/kernel/kernel';
import { WalReplay, type PinnedLog } from '../../../src/rocksdb/log/walReplay';
import type { ColumnFamily } from '../../../src/rocksdb/manifest/version';
import { LogWriter, writeBatch } from './logWriter';

const kernel = createKernel();
const bytewise = 'leveldb.BytewiseComparator';

const family = (fields: Partial<ColumnFamily> = {}): ColumnFamily => ({
  id: 0,
  name: 'default',
  comparator: bytewise,
  logNumber: 0,
  levels: [],
  ...fields,
});

/** A log with a put of each sequence. */
const logOf = (...sequences: number[]) => {
  const writer = new LogWriter(kernel);
  for (const sequence of sequences)
    writer.add(writeBatch(sequence, [[0, `key ${sequence}`, 'value']]));
  return writer;
};

/** Cuts the last bytes off. */
const torn = ({ bytes }: LogWriter) => bytes.subarray(0, bytes.length - 3);

describe('walReplay', () => {
  let folder: string;
  const opened: ReadableFile[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'state-folder-replay-'));
  });

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((file) => file.close()));
    await rm(folder, { recursive: true });
  });

  async function pin(logs: Record<number, Uint8Array>): Promise<PinnedLog[]> {
    const pinned: PinnedLog[] = [];
    for (const [number, bytes] of Object.entries(logs)) {
      const place = path.join(folder, `${number.padStart(6, '0')}.log`);
      await writeFile(place, bytes);
      const file = await ReadableFile.open(place);
      opened.push(file);
      pinned.push({ number: Number(number), file, size: bytes.length });
    }
    return pinned;
  }

  async function replay(logs: Record<number, Uint8Array>, families = [family()], complete = false) {
    const found = new WalReplay(kernel);
    await found.advance(await pin(logs), families, undefined, () => undefined, complete);
    const warned = found.warnings.map(({ file, code }) => `${path.basename(file)} ${code}`);
    return { last: found.lastSequence, warned };
  }

  it('goes on in the first log that has the next sequence, after one that was cut', async () => {
    const cut = torn(logOf(1, 2, 3));
    assert.deepEqual(await replay({ 4: cut, 6: logOf(3, 4).bytes }), {
      last: 4,
      warned: ['000004.log walTail'],
    });
    // One that is empty says nothing, one with a hole before it is dropped.
    const logs = { 4: cut, 6: logOf().bytes, 8: logOf(4, 5).bytes, 10: logOf(3).bytes };
    assert.deepEqual(await replay(logs), { last: 3, warned: ['000004.log walTail'] });
  });

  it('drops logs that do not go on after one that was cut', async () => {
    const logs = { 4: torn(logOf(1, 2, 3)), 6: logOf(4, 5).bytes, 8: logOf(6).bytes };
    assert.deepEqual(await replay(logs), { last: 2, warned: ['000004.log walTail'] });
  });

  it('refuses what was cut before what tables hold', async () => {
    const table = { number: 9 } as ColumnFamily['levels'][number][number];
    const flushed = family({ id: 1, name: 'other', logNumber: 6, levels: [[table]] });
    const logs = { 4: torn(logOf(1, 2)), 6: logOf(4).bytes };
    await assert.rejects(replay(logs, [family(), flushed]), CorruptionError);
  });

  it('ends a log at a batch that is there twice, or a record too small for one', async () => {
    const warned = ['000004.log walTail'];
    assert.deepEqual(await replay({ 4: logOf(1, 2, 2, 3).bytes }), { last: 2, warned });
    assert.deepEqual(await replay({ 4: logOf(1, 2, 1, 3).bytes }), { last: 2, warned });
    assert.deepEqual(await replay({ 4: logOf(1, 2, 2, 3).bytes, 6: logOf(3, 4).bytes }), {
      last: 4,
      warned,
    });
    const small = logOf(1, 2)
      .add(Buffer.from('short'))
      .add(writeBatch(3, [[0, 'key', 'value']]));
    assert.deepEqual(await replay({ 4: small.bytes }), { last: 2, warned });
  });

  it('refuses a batch that cannot be decoded, as RocksDB refuses the database', async () => {
    const unknown = Buffer.concat([writeBatch(3, []), Buffer.of(0x7f)]);
    await assert.rejects(replay({ 4: logOf(1, 2).add(unknown).bytes }), CorruptionError);
  });

  it('takes logs that have changed their names', async () => {
    const logs = { 4: logOf(3, 4).bytes, 6: logOf(1, 2).bytes };
    assert.deepEqual(await replay(logs), { last: 4, warned: [] });
  });

  it('does not read on behind what was rejected when the log has grown', async () => {
    const [before] = await pin({ 4: logOf(1, 2, 2).bytes });
    const found = new WalReplay(kernel);
    assert.ok(before);
    for (const log of [before, ...(await pin({ 4: logOf(1, 2, 2, 3).bytes }))]) {
      const families = [family()];
      const { read } = await found.advance([log], families, undefined, () => undefined);
      assert.equal(read, log === before);
      assert.equal(found.lastSequence, 2);
      assert.equal(found.warnings.length, 1);
    }
  });

  it('reads on after a hole of sequences, of writes that were in no log', async () => {
    assert.deepEqual(await replay({ 4: logOf(1, 2, 9).bytes, 6: logOf(20).bytes }), {
      last: 20,
      warned: [],
    });
  });

  it('does not warn of the life before of a recycled log, if nothing is dropped for it', async () => {
    const recycled = (number: number, sequence: number) =>
      new LogWriter(kernel)
        .fragment(5, writeBatch(sequence, [[0, 'key', 'value']]), number)
        .fragment(5, writeBatch(99, [[0, 'old', 'value']]), 1).bytes;
    assert.deepEqual(await replay({ 4: recycled(4, 1), 6: recycled(6, 2) }), {
      last: 2,
      warned: [],
    });
    assert.deepEqual(await replay({ 4: recycled(4, 1), 6: recycled(6, 3) }), {
      last: 1,
      warned: ['000004.log walTail'],
    });
  });

  it('refuses keys with timestamps of a family that has none, and passes over those of others', async () => {
    const stamped = new LogWriter(kernel)
      .fragment(10, Buffer.from([0, 0, 0, 0, 8, 0]))
      .add(writeBatch(1, [[0, 'key', 'value']])).bytes;
    await assert.rejects(replay({ 4: stamped }), UnsupportedFormatError);
    const known = family({ comparator: `${bytewise}.u64ts` });
    assert.equal((await replay({ 4: stamped }, [known])).last, 1);
    assert.equal((await replay({ 4: stamped }, [family({ logNumber: 5 })])).last, 1);
  });

  const markers = (sequence: number, hex: string, count = 0) =>
    Buffer.concat([
      Buffer.from([sequence, 0, 0, 0, 0, 0, 0, 0, count, 0, 0, 0]),
      Buffer.from(hex, 'hex'),
    ]);
  const prepared = markers(1, '0901016b01310a0178', 1);
  const commit = markers(2, '0b0178');

  it('follows transactions over several logs, if it has all that may matter', async () => {
    const first = new LogWriter(kernel).add(prepared).add(writeBatch(1, [[0, 'a', 'b']])).bytes;
    const second = new LogWriter(kernel).add(commit).bytes;
    assert.equal((await replay({ 4: first, 6: second }, [family()], true)).last, 2);
    assert.equal((await replay({ 6: second }, [family()], true)).last, 1);
    await assert.rejects(replay({ 6: second }), UnsupportedFormatError);
    await assert.rejects(replay({ 4: first }, [family()], true), /prepared transactions left open/);
  });
});
