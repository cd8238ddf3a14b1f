import type { Consumer } from '@platformatic/kafka';
import { committedMessages, offsetAfter } from './fetchedBatches';
import type { Message } from './kafka';
import { sizeOf, type Amount, type ReadRange } from './readBack';

/** An answer's size, about: a batch more, and more where one message is larger. */
const answerBytes = 1 << 20;
const answerMs = 100;
const readCommitted = 1;

/** Waits for what a broker is asked, within limits. */
export type Ask = <T>(question: () => Promise<T>) => Promise<T>;

/** Reads by offset, for one after the other: what it asks is of one session with the broker, which counts it. */
export class PartitionReader {
  constructor(
    /** in no group; only fetches are asked of it */
    private readonly consumer: Consumer,
    private readonly ask: Ask,
  ) {}

  /** The committed messages from an offset on up to another, or until they are more than `most`. */
  async read(
    topic: string,
    partition: number,
    from: bigint,
    to: bigint,
    most: Amount,
  ): Promise<ReadRange> {
    const messages: Message[] = [];
    let bytes = 0;
    let at = from;
    while (at < to && messages.length <= most.messages && bytes <= most.bytes) {
      const fetched = await this.ask(() => this.#fetch(topic, partition, at));
      const last = fetched?.records?.at(-1);
      // None before the end: what follows is of a transaction that is open.
      if (fetched === undefined || last === undefined) return { messages, reached: to };
      for (const message of committedMessages(topic, partition, fetched)) {
        if (message.offset < at || message.offset >= to) continue;
        messages.push(message);
        bytes += sizeOf(message);
      }
      at = offsetAfter(last);
    }
    return { messages, reached: at < to ? at : to };
  }

  async #fetch(topic: string, partition: number, fetchOffset: bigint) {
    const { topics } = await this.consumer.metadata({ topics: [topic] });
    const metadata = topics.get(topic);
    const leader = metadata?.partitions[partition]?.leader;
    if (metadata === undefined || leader === undefined) return undefined;
    // Brokers before Kafka 3.1 are asked by name, which it knows of the topics that it tracks.
    this.consumer.topics.track(topic);
    const wanted = {
      partition,
      currentLeaderEpoch: -1,
      fetchOffset,
      lastFetchedEpoch: -1,
      partitionMaxBytes: answerBytes,
    };
    const { responses } = await this.consumer.fetch({
      node: leader,
      maxWaitTime: answerMs,
      minBytes: 1,
      maxBytes: answerBytes,
      isolationLevel: readCommitted,
      topics: [{ topicId: metadata.id, partitions: [wanted] }],
    });
    return responses[0]?.partitions[0];
  }
}
