import assert from 'node:assert/strict';
import { committedMessages, offsetAfter } from '../../src/app/kafka/fetchedBatches';

type Fetched = Parameters<typeof committedMessages>[2];
type Batch = NonNullable<Fetched['records']>[number];

const [brokerTime, transactional, control] = [1 << 3, 1 << 4, 1 << 5];

/** A batch of messages one after the other, each with its offset as its value. */
function batch(firstOffset: number, count: number, more: Partial<Batch> = {}): Batch {
  return {
    firstOffset: BigInt(firstOffset),
    length: 0,
    partitionLeaderEpoch: 0,
    magic: 2,
    crc: 0,
    attributes: 0,
    lastOffsetDelta: count - 1,
    firstTimestamp: 1000n,
    maxTimestamp: 9000n,
    producerId: -1n,
    producerEpoch: 0,
    firstSequence: 0,
    records: Array.from({ length: count }, (_, i) => ({
      length: 0,
      attributes: 0,
      timestampDelta: BigInt(i),
      offsetDelta: i,
      key: null,
      value: Buffer.from(String(firstOffset + i)),
      headers: [],
    })),
    ...more,
  };
}

const of = (producerId: bigint) => ({ attributes: transactional, producerId });

/** The mark of a transaction's end. */
function mark(offset: number, producerId: bigint, type: 'abort' | 'commit'): Batch {
  const made = batch(offset, 1, { attributes: transactional | control, producerId });
  const [record] = made.records;
  assert.ok(record);
  record.key = Buffer.from([0, 0, 0, type === 'abort' ? 0 : 1]);
  return made;
}

function read(records: Batch[], abortedTransactions: Fetched['abortedTransactions'] = []) {
  return [...committedMessages('t', 3, { records, abortedTransactions })];
}

const values = (messages: ReturnType<typeof read>) =>
  messages.map(({ value }) => Number(Buffer.from(value ?? []).toString()));

describe('the messages of fetched batches', () => {
  it('have the offsets and times of their batch', () => {
    const messages = read([batch(5, 2)]);
    assert.deepEqual(
      messages.map(({ topic, partition, offset, timestampMs }) => {
        return { topic, partition, offset, timestampMs };
      }),
      [
        { topic: 't', partition: 3, offset: 5n, timestampMs: 1000n },
        { topic: 't', partition: 3, offset: 6n, timestampMs: 1001n },
      ],
    );
  });

  it('have the time of the broker where the topic says so', () => {
    const [message] = read([batch(0, 1, { attributes: brokerTime })]);
    assert.equal(message?.timestampMs, 9000n);
  });

  it('leave out what was aborted, also more than once by one producer, and marks', () => {
    const messages = read(
      [
        batch(0, 2, of(7n)),
        batch(2, 1, of(8n)),
        mark(3, 7n, 'abort'),
        batch(4, 1, of(7n)),
        mark(5, 7n, 'commit'),
        batch(6, 1),
        batch(7, 1, of(7n)),
        mark(8, 7n, 'abort'),
        mark(9, 8n, 'commit'),
        batch(10, 1, of(7n)),
        mark(11, 7n, 'commit'),
      ],
      [
        { producerId: 7n, firstOffset: 7n },
        { producerId: 7n, firstOffset: 0n },
      ],
    );
    assert.deepEqual(values(messages), [2, 4, 6, 10]);
  });

  it('leave out what was aborted where its mark is not in the answer', () => {
    const messages = read(
      [batch(0, 1, of(7n)), batch(1, 1, of(8n))],
      [{ producerId: 7n, firstOffset: 0n }],
    );
    assert.deepEqual(values(messages), [1]);
  });

  it('are none where compaction took all, though offsets go on behind them', () => {
    const empty = batch(20, 5, { records: [] });
    assert.deepEqual(read([empty]), []);
    assert.equal(offsetAfter(empty), 25n);
  });
});
