// What of fetched record batches (Kafka's message format v2) a reader of committed messages sees:
//
//   batch attributes   bit 3: times are the broker's, all `maxTimestamp`
//                      bit 4: of a transaction
//                      bit 5: control, no messages but a transaction's end
//   control record     key: int16 version | int16 type, 0 aborts, 1 commits, big-endian
//
// The answer names the transactions that were aborted, each by producer and by the offset where it begins. From there on
// the producer's batches are dropped up to its abort marker (KIP-98).

import type { Consumer } from '@platformatic/kafka';
import type { Message } from './kafka';

const brokerTime = 1 << 3;
const transactional = 1 << 4;
const control = 1 << 5;
const aborts = 0;

type FetchResponse = Awaited<ReturnType<Consumer['fetch']>>;
type FetchedPartition = FetchResponse['responses'][number]['partitions'][number];
type Batch = NonNullable<FetchedPartition['records']>[number];

/** The offset after a batch's last message, be it there or compacted away. */
export const offsetAfter = (batch: Batch): bigint =>
  batch.firstOffset + BigInt(batch.lastOffsetDelta) + 1n;

/** The messages in a partition's answer that are of no transaction, or of one that was committed; in order. */
export function* committedMessages(
  topic: string,
  partition: number,
  { records, abortedTransactions }: Pick<FetchedPartition, 'records' | 'abortedTransactions'>,
): Generator<Message> {
  const aborted = [...(abortedTransactions ?? [])].sort((a, b) =>
    Number(a.firstOffset - b.firstOffset),
  );
  const dropped = new Set<bigint>();
  for (const batch of records ?? []) {
    const { attributes, producerId } = batch;
    while (aborted[0] !== undefined && aborted[0].firstOffset < offsetAfter(batch)) {
      dropped.add(aborted[0].producerId);
      aborted.shift();
    }
    if ((attributes & control) !== 0) {
      const type = batch.records[0]?.key?.readInt16BE(2);
      if (type === aborts) dropped.delete(producerId);
      continue;
    }
    if ((attributes & transactional) !== 0 && dropped.has(producerId)) continue;
    for (const record of batch.records) {
      yield {
        topic,
        partition,
        offset: batch.firstOffset + BigInt(record.offsetDelta),
        timestampMs:
          (attributes & brokerTime) === 0
            ? batch.firstTimestamp + record.timestampDelta
            : batch.maxTimestamp,
        key: record.key,
        value: record.value,
        headers: record.headers.map(([name, value]) => [name?.toString('utf8') ?? '', value]),
      };
    }
  }
}
