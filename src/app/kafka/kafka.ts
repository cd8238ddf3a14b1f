/** A partition of a topic. */
export interface TopicPartition {
  readonly number: number;
  /** offset of the oldest message that is kept */
  readonly start: bigint;
  /** offset of the next message */
  readonly end: bigint;
}

export interface Topic {
  readonly name: string;
  /** by number */
  readonly partitions: readonly TopicPartition[];
}

export interface Message {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** ms since epoch */
  readonly timestampMs: bigint;
  readonly key: Uint8Array | null;
  /** null: a tombstone */
  readonly value: Uint8Array | null;
  readonly headers: readonly (readonly [string, Uint8Array | null])[];
}

/** A message to be sent. */
export interface NewMessage {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly (readonly [string, Uint8Array | null])[];
  /** undefined: by its key, as quixstreams and Kafka's own clients choose (murmur2) */
  readonly partition: number | undefined;
  /** ms since epoch; now, where there is none */
  readonly timestampMs?: bigint;
}

export interface LastMessagesOptions {
  /** undefined: of all partitions */
  readonly partition?: number;
  /** only messages with this key */
  readonly key?: Uint8Array;
  readonly count: number;
  readonly signal?: AbortSignal;
}

export interface LastMessages {
  /** the newest last */
  readonly messages: readonly Message[];
  /** how many were read for them */
  readonly scanned: number;
  /** false: older ones were not read, though more were asked for */
  readonly complete: boolean;
}

/**
 * A Kafka broker. It is asked in seconds at most, and at most twice.
 * @throws NoBrokerError where it does not answer, the reason of `signal`
 */
export interface Kafka {
  /** All topics but Kafka's own. */
  topics(signal?: AbortSignal): Promise<Topic[]>;
  /** What a group has committed: by `{topic}[{partition}]`, the offset of the next message. */
  committed(
    group: string,
    topics: readonly Topic[],
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, bigint>>;
  /** The newest messages that are committed, read backwards within bounds; none of a topic that does not exist. */
  lastMessages(topic: string, options: LastMessagesOptions): Promise<LastMessages>;
  /** One message; undefined where it is not kept any more, or not there yet. */
  message(
    topic: string,
    partition: number,
    offset: bigint,
    signal?: AbortSignal,
  ): Promise<Message | undefined>;
  /** @throws Error where the topic, or a partition that a message names, does not exist; nothing is sent then */
  send(topic: string, messages: readonly NewMessage[], signal?: AbortSignal): Promise<void>;
  /** Ends its connections, and with them what is still asked. */
  close(): Promise<void>;
}

/** What the client's file exports; it is a program of its own, so the error that tells of no broker is made by its user. */
export type OpenKafka = (address: string, noBroker: () => Error) => Promise<Kafka>;
