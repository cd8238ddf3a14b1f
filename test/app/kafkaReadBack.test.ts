import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Message } from '../../src/app/index';
import { merged, readBack, sizeOf, type Read } from '../../src/app/kafka/readBack';

function message(offset: bigint, size = 10, timestampMs = 0n, partition = 0): Message {
  const value = Buffer.alloc(size);
  return { topic: 't', partition, offset, timestampMs, key: null, value, headers: [] };
}

/** A partition that holds these, in batches of ten; counts what is read of it. */
function partitionOf(log: readonly Message[]) {
  const read: Read = (from, to, most) => {
    partition.reads++;
    const messages: Message[] = [];
    let bytes = 0;
    for (const one of log) {
      if (one.offset < from || one.offset >= to) continue;
      const full = messages.length > most.messages || bytes > most.bytes;
      if (full && messages.length % 10 === 0) {
        return Promise.resolve({ messages, reached: one.offset });
      }
      messages.push(one);
      bytes += sizeOf(one);
      partition.most = Math.max(partition.most, messages.length);
    }
    return Promise.resolve({ messages, reached: to });
  };
  const partition = { read, reads: 0, most: 0 };
  return partition;
}

const all = () => true;
const never = () => false;
const offsets = (messages: readonly Message[]) => messages.map(({ offset }) => offset);
const range = (count: number) => Array.from({ length: count }, (_, i) => BigInt(i));

describe('reading a partition back from its end', () => {
  it('finds what reading all of it finds', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 500 }), fc.integer({ max: 60_000, min: 0 })), {
          maxLength: 300,
        }),
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 1, max: 7 }),
        async (gaps, count, every) => {
          let at = 0;
          const log = gaps.map(([gap, size]) => message(BigInt((at += gap)), size));
          const wanted = ({ offset }: Message) => offset % BigInt(every) === 0n;
          const end = BigInt(at + 50);
          const { read } = partitionOf(log);
          const found = await readBack(read, { start: 0n, end }, count, wanted, never);
          assert.equal(found.complete, true);
          assert.deepEqual(offsets(found.messages), offsets(log.filter(wanted).slice(-count)));
        },
      ),
      { numRuns: 200 },
    ));

  it('reads no more than is asked for, where all is wanted', async () => {
    const { read } = partitionOf(range(100_000).map((offset) => message(offset)));
    const found = await readBack(read, { start: 0n, end: 100_000n }, 30, all, never);
    assert.equal(found.scanned, 30);
    assert.deepEqual(offsets(found.messages), range(100_000).slice(-30));
  });

  it('passes over a million offsets that compaction took in few reads', async () => {
    const log = [message(3n), message(999_999n)];
    const partition = partitionOf(log);
    const found = await readBack(partition.read, { start: 0n, end: 1_000_000n }, 2, all, never);
    assert.deepEqual(offsets(found.messages), [3n, 999_999n]);
    assert.ok(partition.reads < 15, `${partition.reads} reads`);
  });

  it('takes smaller steps again where messages lie close after a wide gap', async () => {
    const log = [...range(60_000).map((offset) => message(offset)), message(5_000_000n)];
    const partition = partitionOf(log);
    const found = await readBack(
      partition.read,
      { start: 0n, end: 5_000_001n },
      50_000,
      all,
      never,
    );
    assert.deepEqual(offsets(found.messages), offsets(log.slice(-50_000)));
    assert.ok(partition.most < 30_000, `${partition.most} at once`);
  });

  it('stops when enough was read, and says so', async () => {
    const { read } = partitionOf(range(50_000).map((offset) => message(offset)));
    const wanted = ({ offset }: Message) => offset === 49_990n || offset === 10n;
    const found = await readBack(read, { start: 0n, end: 50_000n }, 2, wanted, (scanned) => {
      return scanned.messages >= 20_000;
    });
    assert.deepEqual(offsets(found.messages), [49_990n]);
    assert.equal(found.complete, false);
    assert.ok(found.scanned >= 20_000 && found.scanned < 30_000, String(found.scanned));
  });

  it('keeps the order of a partition, whatever its times, and puts partitions together by time', () => {
    const one = [5n, 1n, 9n].map((time, i) => message(BigInt(i), 1, time, 0));
    const other = [4n, 6n].map((time, i) => message(BigInt(i), 1, time, 1));
    assert.deepEqual(
      merged([one, other]).map(({ partition, timestampMs }) => [partition, timestampMs]),
      [
        [1, 4n],
        [0, 5n],
        [0, 1n],
        [1, 6n],
        [0, 9n],
      ],
    );
  });
});
