import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createKernel } from '../../../src/rocksdb/kernel/kernel';
import { LogReader } from '../../../src/rocksdb/log/logReader';
import { LogWriter, readFrom } from './logWriter';

const kernel = createKernel();

async function readAll(reader: LogReader, bytes: Buffer, windowSize?: number): Promise<string[]> {
  const payloads: Uint8Array[] = [];
  for await (const batch of reader.batches(bytes.length, readFrom(bytes), windowSize)) {
    payloads.push(...batch.map(({ payload }) => payload)); // they stay what they are
  }
  return payloads.map((payload) => Buffer.from(payload).toString('latin1'));
}

const log = () => new LogReader('/db/000004.log', 4, kernel);
const short = Buffer.from('short');
const long = Buffer.alloc(100_000, 'long');

describe('logReader', () => {
  it('reads records of any length back, over block borders and padding', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.nat(60),
            fc.integer({ min: 32_700, max: 33_000 }),
            fc.nat(90_000),
            fc.nat(3_000_000),
          ),
          { maxLength: 8 },
        ),
        fc.constantFrom(undefined, 2 << 20, 32 << 20),
        async (lengths, windowSize) => {
          const payloads = lengths.map((length, i) => Buffer.alloc(length, 97 + i));
          const writer = new LogWriter(kernel);
          for (const payload of payloads) writer.add(payload);
          const reader = log();
          const expected = payloads.map((payload) => payload.toString('latin1'));
          assert.deepEqual(await readAll(reader, writer.bytes, windowSize), expected);
          assert.deepEqual(reader.end, { kind: 'whole' });
        },
      ),
      { numRuns: 60 },
    ));

  it('reads a growing file on from where it was left, whatever the cut', async () => {
    const { bytes } = new LogWriter(kernel).add(short).add(long).add(short);
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
    const whole = new LogWriter(kernel).add(short);
    const start = whole.bytes.length;
    const { bytes } = whole.add(long);
    for (const cut of [start + 3, start + 50, start + 50_000, bytes.length - 1]) {
      const reader = log();
      assert.equal((await readAll(reader, bytes.subarray(0, cut))).length, 1);
      assert.equal(reader.end.kind, 'torn');
      assert.equal(reader.offset, start);
    }
  });

  it('tells a record that would go on behind the end from one that is longer than its block', async () => {
    const header = Buffer.from([1, 2, 3, 4, 0xff, 0xff, 1]);
    for (const [rest, pastEnd] of [
      [Buffer.alloc(100), true],
      [Buffer.alloc(40_000), false],
    ] as const) {
      const reader = log();
      await readAll(reader, Buffer.concat([header, rest]));
      assert.deepEqual(reader.end, {
        kind: 'corrupt',
        offset: 0,
        reason: 'record longer than its block',
        pastEnd,
      });
    }
  });

  it('ends at preallocated zeros, and goes on when they are written over', async () => {
    const { bytes } = new LogWriter(kernel).add(short);
    const reader = log();
    const zeros = Buffer.concat([bytes, Buffer.alloc(500)]);
    assert.equal((await readAll(reader, zeros)).length, 1);
    assert.deepEqual(reader.end, { kind: 'whole' });
    const written = new LogWriter(kernel).add(short).add(Buffer.from('next')).bytes;
    assert.deepEqual(await readAll(reader, written), ['next']);
  });

  it('reads on in the next block behind zeros, as RocksDB does, and tells of them', async () => {
    for (const zeros of [500, 3 << 20]) {
      const before = new LogWriter(kernel).add(short).bytes;
      const hole = Buffer.alloc(Math.ceil((before.length + zeros) / 32_768) * 32_768);
      before.copy(hole);
      const after = new LogWriter(kernel, hole).add(Buffer.from('behind'));
      const reader = log();
      assert.deepEqual(await readAll(reader, after.bytes), ['short', 'behind']);
      assert.deepEqual(reader.end, { kind: 'whole' });
      assert.deepEqual(reader.zeros, [before.length]);
      assert.deepEqual(await readAll(reader, after.add(short).bytes), ['short']);
    }
  });

  it('passes over what else is in a block whose rest begins with zeros', async () => {
    const { bytes } = new LogWriter(kernel).add(short);
    const reader = log();
    const file = Buffer.concat([bytes, Buffer.alloc(500), Buffer.of(1)]);
    assert.deepEqual(await readAll(reader, file), ['short']);
    assert.deepEqual(reader.end, { kind: 'whole' });
    assert.equal(reader.offset, bytes.length);
  });

  it('begins again at zeros that are written over while it reads', async () => {
    const whole = new LogWriter(kernel).add(short);
    const start = whole.bytes.length;
    for (let i = 0; i < 40; i++) whole.add(long);
    const early = Buffer.from(whole.bytes);
    early.fill(0, start);
    const reader = log();
    const lengths: number[] = [];
    let reads = 0;
    const read = (target: Uint8Array, at: number) =>
      readFrom(reads++ === 0 ? early : whole.bytes)(target, at);
    for await (const { payload } of reader.records(whole.bytes.length, read)) {
      lengths.push(payload.length);
    }
    assert.deepEqual(lengths, [5, ...new Array<number>(40).fill(100_000)]);
    assert.deepEqual(reader.zeros, []);
  });

  it('does not read preallocated space again at every look', async () => {
    const { bytes } = new LogWriter(kernel).add(short);
    const file = Buffer.concat([bytes, Buffer.alloc(4 << 20)]);
    const reader = log();
    let taken = 0;
    const look = async () => {
      taken = 0;
      const read = (target: Uint8Array, at: number) => {
        taken += target.length;
        return readFrom(file)(target, at);
      };
      const sizes: number[] = [];
      for await (const { payload } of reader.records(file.length, read)) sizes.push(payload.length);
      assert.equal(reader.end.kind, 'whole');
      return sizes;
    };
    assert.deepEqual(await look(), [5]);
    assert.ok(taken > 4 << 20);
    new LogWriter(kernel).add(short).add(short).bytes.copy(file);
    assert.deepEqual(await look(), [5]);
    assert.ok(taken <= 1 << 20);
  });

  it('stops at a bit that flipped, and gives nothing after it', async () => {
    const { bytes } = new LogWriter(kernel).add(short).add(short).add(short);
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
      const writer = new LogWriter(kernel);
      for (const type of types) writer.fragment(type, short);
      const reader = log();
      assert.deepEqual(await readAll(reader, writer.bytes), []);
      assert.equal(reader.end.kind, 'corrupt');
    }
  });

  it('ends where records of the file in its life before begin', async () => {
    const reader = log();
    const used = new LogWriter(kernel).fragment(5, short, 4).fragment(5, Buffer.from('old'), 3);
    assert.deepEqual(await readAll(reader, used.bytes), ['short']);
    assert.equal(reader.end.kind, 'recycled');
    assert.equal(reader.offset, 16);
    const written = new LogWriter(kernel)
      .fragment(5, short, 4)
      .fragment(6, Buffer.from('in '), 4)
      .fragment(7, Buffer.from('three '), 4)
      .fragment(8, Buffer.from('parts'), 4);
    assert.deepEqual(await readAll(reader, written.bytes), ['in three parts']);
    const next = written.fragment(5, Buffer.from('old'), 3);
    assert.deepEqual(await readAll(reader, next.bytes), []);
    assert.equal(reader.end.kind, 'recycled');
  });

  it('takes whatever cannot be read in a recycled log for its life before', async () => {
    const { bytes } = new LogWriter(kernel).fragment(5, short, 4);
    for (const rest of [Buffer.from('the middle of a record'), Buffer.of(1, 2, 3)]) {
      const reader = log();
      assert.deepEqual(await readAll(reader, Buffer.concat([bytes, rest])), ['short']);
      assert.equal(reader.end.kind, 'recycled');
      assert.equal(reader.offset, bytes.length);
    }
  });

  it('does not take a log for recycled because of a bit that flipped', async () => {
    const { bytes } = new LogWriter(kernel).add(short).add(short);
    bytes[6] = 5;
    const reader = log();
    assert.deepEqual(await readAll(reader, bytes), []);
    assert.equal(reader.end.kind, 'corrupt');
  });

  it('takes a recyclable record behind others for damage', async () => {
    const reader = log();
    const mixed = new LogWriter(kernel).add(short).fragment(5, short, 4);
    assert.deepEqual(await readAll(reader, mixed.bytes), ['short']);
    assert.equal(reader.end.kind, 'corrupt');
  });

  it('passes over records that may be passed over, in logs of both kinds', async () => {
    const plain = new LogWriter(kernel).fragment(130, Buffer.alloc(24)).fragment(140, short);
    assert.deepEqual(await readAll(log(), plain.add(short).bytes), ['short']);
    const recycled = new LogWriter(kernel).fragment(131, Buffer.alloc(24), 4).fragment(5, short, 4);
    assert.deepEqual(await readAll(log(), recycled.bytes), ['short']);
    const reader = log();
    const unknown = new LogWriter(kernel).fragment(100, short).add(short);
    assert.deepEqual(await readAll(reader, unknown.bytes), []);
    assert.equal(reader.end.kind, 'corrupt');
  });

  it('forgets an empty first fragment, as old writers left one at the end of a block', async () => {
    const empty = new LogWriter(kernel).fragment(2, Buffer.alloc(0)).add(short);
    assert.deepEqual(await readAll(log(), empty.bytes), ['short']);
  });

  it('tells which column families have user timestamps', async () => {
    const sizes = Buffer.from([3, 0, 0, 0, 8, 0, 7, 0, 0, 0, 16, 0]);
    for (const writer of [
      new LogWriter(kernel).fragment(10, sizes).add(short),
      new LogWriter(kernel).fragment(11, sizes, 4).fragment(5, short, 4),
    ]) {
      const reader = log();
      assert.deepEqual(await readAll(reader, writer.bytes), ['short']);
      assert.deepEqual(
        [...reader.timestampSizes],
        [
          [3, 8],
          [7, 16],
        ],
      );
    }
    for (const wrong of [sizes.subarray(0, 7), Buffer.alloc(6), Buffer.concat([sizes, sizes])]) {
      const reader = log();
      assert.deepEqual(await readAll(reader, new LogWriter(kernel).fragment(10, wrong).bytes), []);
      assert.equal(reader.end.kind, 'corrupt');
    }
  });

  it('never gives what was not written, whatever byte is damaged', () =>
    fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), async (place, change) => {
        const { bytes } = new LogWriter(kernel).add(short).add(Buffer.from('second')).add(short);
        const damaged = Buffer.from(bytes);
        const at = place % bytes.length;
        damaged[at] = (damaged[at] ?? 0) ^ change;
        const records = await readAll(log(), damaged);
        assert.deepEqual(records, ['short', 'second', 'short'].slice(0, records.length));
      }),
      { numRuns: 1000 },
    ));
});
