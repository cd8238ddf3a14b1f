import {
  Admin,
  compatibilityPartitioner,
  Consumer,
  findErrorBy,
  Producer,
  type BaseOptions,
  type MessageToProduce,
} from '@platformatic/kafka';
import type { Kafka, LastMessages, LastMessagesOptions, Message, NewMessage, Topic } from './kafka';
import { PartitionReader } from './partitionReader';
import { merged, readBack, sizeOf, type Amount } from './readBack';

const clientId = 'state-folder';
const connectMs = 2000;
const answerMs = 3000;
/** The client itself may wait for longer, where a broker ended while it was asked. */
const longestMs = 8000;
/** What is read at most to find the last messages; the last of a key may be far back. */
const mostScanned: Amount = { messages: 100_000, bytes: 128 << 20 };
/** A broker takes 1 MB at once where nothing else is set. */
const sentAtOnce = 512 << 10;
/** What a message takes beside its own bytes, at most. */
const recordBytes = 32;
const [oldest, newest] = [-2n, -1n];

/** A client of JavaScript and WebAssembly alone. @throws what `noBroker` makes where nothing answers */
export async function openKafka(address: string, noBroker: () => Error): Promise<Kafka> {
  const kafka = new KafkaClient(address, noBroker);
  try {
    await kafka.topics();
    return kafka;
  } catch (error) {
    await kafka.close();
    throw error;
  }
}

class KafkaClient implements Kafka {
  readonly #options: BaseOptions;
  readonly #admin: Admin;
  readonly #producer: NullsProducer;
  readonly #consumers = new Set<Consumer>();
  /** Give up what is asked. */
  readonly #pending = new Set<() => void>();

  constructor(
    address: string,
    private readonly noBroker: () => Error,
  ) {
    this.#options = {
      clientId,
      bootstrapBrokers: address.split(',').map((one) => one.trim()),
      connectTimeout: connectMs,
      requestTimeout: answerMs,
      timeout: answerMs,
      retries: 1,
      retryDelay: 100,
    };
    this.#admin = new Admin(this.#options);
    // Sent again after it was not answered, a message would be there twice.
    this.#producer = new Producer({ ...this.#options, retries: 0, partitioner: byKey });
  }

  async topics(signal?: AbortSignal): Promise<Topic[]> {
    return this.#ask(signal, async () => {
      const names = await this.#admin.listTopics({ includeInternals: false });
      if (names.length === 0) return [];
      const { topics } = await this.#admin.metadata({ topics: names, forceUpdate: true });
      const all = [...topics].map(([name, { partitions }]) => ({
        name,
        numbers: [...partitions.keys()],
        led: [...partitions.keys()].filter((number) => (partitions[number]?.leader ?? -1) >= 0),
      }));
      const starts = await this.#offsets(all, oldest);
      const ends = await this.#offsets(all, newest);
      return all.map(({ name, numbers }) => ({
        name,
        partitions: numbers.map((number) => ({
          number,
          start: starts.get(`${name}[${number}]`) ?? 0n,
          end: ends.get(`${name}[${number}]`) ?? 0n,
        })),
      }));
    });
  }

  async committed(
    group: string,
    topics: readonly Topic[],
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, bigint>> {
    if (topics.length === 0) return new Map();
    return this.#ask(signal, async () => {
      const asked = topics.map(({ name, partitions }) => ({
        name,
        partitionIndexes: partitions.map(({ number }) => number),
      }));
      const answers = await this.#admin
        .listConsumerGroupOffsets({ groups: [{ groupId: group, topics: asked }] })
        .catch((error: Error) => {
          // Some brokers say so of a group that never committed, where Kafka says nothing.
          if (findErrorBy(error, 'apiId', 'GROUP_ID_NOT_FOUND')) return [];
          throw error;
        });
      const found = new Map<string, bigint>();
      for (const { name, partitions } of answers.flatMap((answer) => answer.topics)) {
        for (const { partitionIndex, committedOffset } of partitions) {
          if (committedOffset >= 0n) found.set(`${name}[${partitionIndex}]`, committedOffset);
        }
      }
      return found;
    });
  }

  async lastMessages(topic: string, options: LastMessagesOptions): Promise<LastMessages> {
    const { partition, key, count, signal } = options;
    const partitions = (await this.#partitionsOf(topic, signal)).filter(
      ({ number }) => partition === undefined || number === partition,
    );
    const wanted = (message: Message) => key === undefined || sameBytes(message.key, key);
    const until = performance.now() + longestMs;
    const enough = ({ messages, bytes }: Amount) =>
      messages * partitions.length >= mostScanned.messages ||
      bytes * partitions.length >= mostScanned.bytes ||
      performance.now() > until;
    return this.#reading(signal, async (reader) => {
      const parts = [];
      for (const { number, ...offsets } of partitions) {
        const read = (from: bigint, to: bigint, most: Amount) =>
          reader.read(topic, number, from, to, most);
        parts.push(await readBack(read, offsets, count, wanted, enough));
      }
      return {
        messages: merged(parts.map(({ messages }) => messages)).slice(-count),
        scanned: parts.reduce((sum, { scanned }) => sum + scanned, 0),
        complete: parts.every(({ complete }) => complete),
      };
    });
  }

  async message(
    topic: string,
    partition: number,
    offset: bigint,
    signal?: AbortSignal,
  ): Promise<Message | undefined> {
    const partitions = await this.#partitionsOf(topic, signal);
    const found = partitions.find(({ number }) => number === partition);
    if (found === undefined || offset < found.start || offset >= found.end) return undefined;
    return this.#reading(signal, async (reader) => {
      const read = await reader.read(topic, partition, offset, offset + 1n, mostScanned);
      return read.messages[0];
    });
  }

  async send(topic: string, messages: readonly NewMessage[], signal?: AbortSignal): Promise<void> {
    const count = (await this.#partitionsOf(topic, signal)).length;
    if (count === 0) throw new RangeError(`there is no topic ${topic}`);
    // The client takes a number that is too large for another partition's.
    const beyond = messages.find(({ partition }) => partition !== undefined && partition >= count);
    if (beyond) throw new RangeError(`${topic} has no partition ${beyond.partition}`);
    for (const batch of batched(messages)) {
      const sent = batch.map((message) => produced(topic, message));
      await this.#ask(signal, () => this.#producer.send({ messages: sent }));
    }
  }

  async close(): Promise<void> {
    for (const giveUp of this.#pending) giveUp();
    await Promise.allSettled([
      this.#admin.close(),
      this.#producer.close(),
      ...[...this.#consumers].map((consumer) => consumer.close(true)),
    ]);
  }

  async #partitionsOf(topic: string, signal: AbortSignal | undefined) {
    const found = (await this.topics(signal)).find(({ name }) => name === topic);
    return found?.partitions ?? [];
  }

  async #offsets(
    asked: readonly { readonly name: string; readonly led: readonly number[] }[],
    timestamp: bigint,
  ): Promise<Map<string, bigint>> {
    const topics = asked.map(({ name, led }) => ({
      name,
      partitions: led.map((partitionIndex) => ({ partitionIndex, timestamp })),
    }));
    const found = new Map<string, bigint>();
    for (const answer of await this.#admin.listOffsets({ topics })) {
      for (const { partitionIndex, offset } of answer.partitions) {
        found.set(`${answer.name}[${partitionIndex}]`, offset);
      }
    }
    return found;
  }

  /** With a connection of its own, so that its end ends what was fetched, and a topic that was made anew is found. */
  async #reading<T>(
    signal: AbortSignal | undefined,
    read: (reader: PartitionReader) => Promise<T>,
  ): Promise<T> {
    const consumer = new Consumer({ ...this.#options, groupId: clientId });
    this.#consumers.add(consumer);
    try {
      return await read(new PartitionReader(consumer, (question) => this.#ask(signal, question)));
    } finally {
      await consumer.close(true);
      this.#consumers.delete(consumer);
    }
  }

  /** @throws no broker where the client gives up or takes too long, the reason of `signal` */
  async #ask<T>(signal: AbortSignal | undefined, question: () => Promise<T>): Promise<T> {
    signal?.throwIfAborted();
    let stop = (): void => undefined;
    const stopped = new Promise<never>((_, reject) => {
      const abort = () => reject(signal?.reason as Error);
      const giveUp = () => reject(this.noBroker());
      const timer = setTimeout(giveUp, longestMs);
      this.#pending.add(giveUp);
      signal?.addEventListener('abort', abort);
      stop = () => {
        clearTimeout(timer);
        this.#pending.delete(giveUp);
        signal?.removeEventListener('abort', abort);
      };
    });
    try {
      return await Promise.race([question(), stopped]);
    } catch (error) {
      signal?.throwIfAborted();
      throw isUnreachable(error) ? this.noBroker() : error;
    } finally {
      stop();
    }
  }
}

/** One whose messages may be tombstones, and whose headers may have no value. */
type NullsProducer = Producer<Buffer | null, Buffer | null, Buffer, Buffer | null>;
type Produced = MessageToProduce<Buffer | null, Buffer | null, Buffer, Buffer | null>;

/** As librdkafka's `murmur2`, which quixstreams sets: a message without a key goes where an empty key does. */
function byKey(_: Produced, key: Buffer | undefined): number {
  return compatibilityPartitioner({ topic: '' }, key ?? Buffer.alloc(0));
}

function produced(topic: string, { key, value, headers, partition, timestampMs }: NewMessage) {
  const buffer = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes));
  const message: Produced = { topic, key: buffer(key), value: buffer(value) };
  if (partition !== undefined) message.partition = partition;
  if (timestampMs !== undefined) message.timestamp = timestampMs;
  // Names may repeat: each is a key of its own.
  message.headers = new Map(headers.map(([name, one]) => [Buffer.from(name), buffer(one)]));
  return message;
}

/** Messages in order, no more at once than a broker takes. */
function* batched(messages: readonly NewMessage[]): Generator<NewMessage[]> {
  let batch: NewMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = sizeOf(message) + recordBytes;
    if (batch.length > 0 && bytes + size > sentAtOnce) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(message);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

function sameBytes(a: Uint8Array | null, b: Uint8Array): boolean {
  return a !== null && Buffer.compare(a, b) === 0;
}

/** Whether the client could not reach its broker, in what it throws: errors of errors. */
function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  const codes = /^PLT_KFK_(NETWORK|TIMEOUT)$|^ECONN|^ENOTFOUND$|^EPIPE$/;
  if (typeof code === 'string' && codes.test(code)) return true;
  const nested = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  return [...nested, error.cause].some((one) => one !== error && isUnreachable(one));
}
