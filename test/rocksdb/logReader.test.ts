import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Checksums } from '../../src/rocksdb/checksum';
import { UnsupportedFormatError } from '../../src/rocksdb/errors';
import { LogReader } from '../../src/rocksdb/logReader';
import { LogWriter } from './logWriter';

let checksums: Checksums;

async function readAll(reader: LogReader, bytes: Buffer): Promise<string[]> {
  const records: string[] = [];
  const read = async (at: number, length: number) => bytes.subarray(at, at + length);
  for await (const { payload } of reader.records(bytes.length, read)) {
    records.push(Buffer.from(payload).toString('latin1'));
  }
  return records;
}

const log = () => new LogReader('/db/000004.log', 4, checksums);
const short = Buffer.from('short');
const long = Buffer.alloc(100_000, 'long');

describe('logReader', () => {
  before(async () => {
    checksums = await Checksums.create();
  });

  it('reads records of any length back, over block borders and padding', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.nat(60), fc.integer({ min: 32_700, max: 33_000 }), fc.nat(90_000)), {
          maxLength: 8,
        }),
        async (lengths) => {
          const payloads = lengths.map((length, i) => Buffer.alloc(length, 97 + i));
          const writer = new LogWriter(checksums);
          for (const payload of payloads) writer.add(payload);
          const reader = log();
          const expected = payloads.map((payload) => payload.toString('latin1'));
          assert.deepEqual(await readAll(reader, writer.bytes), expected);
          assert.deepEqual(reader.end, { kind: 'whole' });
        },
      ),
      { numRuns: 60 },
    ));

  it('reads a growing file on from where it was left, whatever the cut', async () => {
    const { bytes } = new LogWriter(checksums).add(short).add(long).add(short);
    for (const cut of [0, 3, 12, 20, 40_000, bytes.length - 1]) {
      const reader = log();
      const before = await readAll(reader, bytes.subarray(0, cut));
      const after = await readAll(reader, bytes);
      assert.deepEqual(
        [...before, ...after].map((record) => record.length),
        [5, 100_000, 5],
        `cut at ${cut}`,
      );
    }
  });

  it('takes a cut record for torn, and says where it begins', async () => {
    const whole = new LogWriter(checksums).add(short);
    const start = whole.bytes.length;
    const { bytes } = whole.add(long);
    for (const cut of [start + 3, start + 50, start + 50_000, bytes.length - 1]) {
      const reader = log();
      assert.equal((await readAll(reader, bytes.subarray(0, cut))).length, 1);
      assert.equal(reader.end.kind, 'torn');
      assert.equal(reader.offset, start);
    }
  });

  it('ends at preallocated zeros, and goes on when they are written over', async () => {
    const { bytes } = new LogWriter(checksums).add(short);
    const reader = log();
    const zeros = Buffer.concat([bytes, Buffer.alloc(500)]);
    assert.equal((await readAll(reader, zeros)).length, 1);
    assert.deepEqual(reader.end, { kind: 'whole' });
    const written = new LogWriter(checksums).add(short).add(Buffer.from('next')).bytes;
    assert.deepEqual(await readAll(reader, written), ['next']);
  });

  it('takes zeros with more behind them for damage, however many', async () => {
    for (const zeros of [500, 3 << 20]) {
      const { bytes } = new LogWriter(checksums).add(short);
      const reader = log();
      const hole = Buffer.concat([bytes, Buffer.alloc(zeros), Buffer.of(1)]);
      for (let i = 0; i < 2; i++) {
        assert.equal((await readAll(reader, hole)).length, i === 0 ? 1 : 0);
        assert.equal(reader.end.kind, 'corrupt', `after ${zeros} zeros`);
        assert.equal(reader.offset, bytes.length);
      }
    }
  });

  it('does not read preallocated space again at every look', async () => {
    const { bytes } = new LogWriter(checksums).add(short);
    const file = Buffer.concat([bytes, Buffer.alloc(4 << 20)]);
    const reader = log();
    let taken = 0;
    const look = async () => {
      taken = 0;
      const read = async (at: number, length: number) => {
        taken += length;
        return file.subarray(at, at + length);
      };
      const sizes: number[] = [];
      for await (const { payload } of reader.records(file.length, read)) sizes.push(payload.length);
      assert.equal(reader.end.kind, 'whole');
      return sizes;
    };
    assert.deepEqual(await look(), [5]);
    assert.ok(taken > 4 << 20);
    new LogWriter(checksums).add(short).add(short).bytes.copy(file);
    assert.deepEqual(await look(), [5]);
    assert.ok(taken <= 1 << 20);
  });

  it('stops at a bit that flipped, and gives nothing after it', async () => {
    const { bytes } = new LogWriter(checksums).add(short).add(short).add(short);
    const damaged = Buffer.from(bytes);
    const flipped = bytes.length / 3 + 9;
    damaged[flipped] = (damaged[flipped] ?? 0) ^ 1;
    const reader = log();
    assert.deepEqual(await readAll(reader, damaged), ['short']);
    assert.equal(reader.end.kind, 'corrupt');
    assert.equal(reader.end.kind === 'corrupt' && reader.end.offset, bytes.length / 3);
  });

  it('takes fragments out of order for damage', async () => {
    for (const types of [[3], [4], [2, 1], [2, 2]]) {
      const writer = new LogWriter(checksums);
      for (const type of types) writer.fragment(type, short);
      const reader = log();
      assert.deepEqual(await readAll(reader, writer.bytes), []);
      assert.equal(reader.end.kind, 'corrupt');
    }
  });

  it('ends where records of the file in its life before begin', async () => {
    const reader = log();
    const used = new LogWriter(checksums).fragment(5, short, 4).fragment(5, Buffer.from('old'), 3);
    assert.deepEqual(await readAll(reader, used.bytes), ['short']);
    assert.deepEqual(reader.end, { kind: 'whole' });
    const written = new LogWriter(checksums)
      .fragment(5, short, 4)
      .fragment(6, Buffer.from('in '), 4)
      .fragment(7, Buffer.from('three '), 4)
      .fragment(8, Buffer.from('parts'), 4);
    assert.deepEqual(await readAll(reader, written.bytes), ['in three parts']);
    const next = written.fragment(5, Buffer.from('old'), 3);
    assert.deepEqual(await readAll(reader, next.bytes), []);
    assert.deepEqual(reader.end, { kind: 'whole' });
  });

  it('skips unknown records that may be skipped, and refuses compression by name', async () => {
    const skippable = new LogWriter(checksums).fragment(140, short).add(short);
    assert.deepEqual(await readAll(log(), skippable.bytes), ['short']);
    const compressed = new LogWriter(checksums).fragment(9, Buffer.of(7));
    await assert.rejects(readAll(log(), compressed.bytes), UnsupportedFormatError);
  });

  it('never gives what was not written, whatever byte is damaged', () =>
    fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), async (place, change) => {
        const { bytes } = new LogWriter(checksums).add(short).add(Buffer.from('second')).add(short);
        const damaged = Buffer.from(bytes);
        const at = place % bytes.length;
        damaged[at] = (damaged[at] ?? 0) ^ change;
        const records = await readAll(log(), damaged);
        assert.deepEqual(records, ['short', 'second', 'short'].slice(0, records.length));
      }),
      { numRuns: 1000 },
    ));
});
