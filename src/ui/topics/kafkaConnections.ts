import type { Kafka } from '../../app/index';

interface Connection {
  readonly kafka: Promise<Kafka>;
  users: number;
  idle: NodeJS.Timeout | undefined;
}

/** How long a connection is kept for the next question. */
const idleMs = 5000;

/** Connections to brokers, one for each address, kept while they are used. */
export class KafkaConnections {
  readonly #open = new Map<string, Connection>();
  #paused: Promise<unknown> | undefined;

  constructor(private readonly connect: (address: string) => Promise<Kafka>) {}

  /** Asks the broker at an address. @throws NoBrokerError, what `ask` throws */
  async use<T>(address: string, ask: (kafka: Kafka) => Promise<T>): Promise<T> {
    await this.#paused?.catch(() => undefined);
    const connection = this.#connection(address);
    connection.users++;
    clearTimeout(connection.idle);
    try {
      return await ask(await connection.kafka);
    } catch (error) {
      void this.#drop(address, connection); // a broker that was started anew is found by a new client
      throw error;
    } finally {
      connection.users--;
      if (connection.users === 0) {
        connection.idle = setTimeout(() => void this.#drop(address, connection), idleMs);
      }
    }
  }

  /** Does what wants nobody connected. */
  async without<T>(work: () => Promise<T>): Promise<T> {
    const done = this.close().then(work);
    this.#paused = done;
    try {
      return await done;
    } finally {
      this.#paused = undefined;
    }
  }

  /** Lets go of the connections that nothing is asked of: the local broker lives as long as one is there. */
  closeIdle(): void {
    for (const [address, connection] of this.#open) {
      if (connection.users === 0) void this.#drop(address, connection);
    }
  }

  /** Lets go of all. */
  async close(): Promise<void> {
    const all = [...this.#open];
    await Promise.all(all.map(([address, connection]) => this.#drop(address, connection)));
  }

  #connection(address: string): Connection {
    const known = this.#open.get(address);
    if (known !== undefined) return known;
    const made = { kafka: this.connect(address), users: 0, idle: undefined };
    this.#open.set(address, made);
    return made;
  }

  #drop(address: string, connection: Connection): Promise<void> {
    clearTimeout(connection.idle);
    if (this.#open.get(address) === connection) this.#open.delete(address);
    return connection.kafka.then(
      (kafka) => kafka.close(),
      () => undefined,
    );
  }
}
