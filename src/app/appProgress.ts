import type { AppLogEvent, LoggedException } from './appLog';

/** The message that an app failed at. */
export interface FailedMessage {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/** What an app does, as its log tells. */
export type AppStatus =
  | { readonly kind: 'starting' }
  | { readonly kind: 'running' }
  /** records of changelogs, read and to be read: both 0 before the log says, which it does every ten seconds */
  | { readonly kind: 'recovering'; readonly done: bigint; readonly total: bigint }
  | {
      readonly kind: 'waitingForLock';
      /** of the partition; '' where the log does not tell it */
      readonly path: string;
    }
  | { readonly kind: 'stopping' };

/**
 * A store that waits for its lock says so every three seconds, and nothing when it has it. It stops all else meanwhile, so
 * whatever comes next, or this silence, tells.
 */
export const lockRetryMs = 5000;

/** Exceptions that are kept: of a chain the first is often the cause. */
const mostExceptions = 10;

/** What an app's log has told so far. */
export class AppProgress {
  /** `host:port`, as the library resolved it; undefined, as for all of these: not told yet */
  broker: string | undefined;
  group: string | undefined;
  /** absolute, without the group */
  stateFolder: string | undefined;
  failedMessage: FailedMessage | undefined;
  /** `host:port` of a broker that did not answer */
  unreachable: string | undefined;
  /** in the order they were told: of a chain, the one that was raised first comes first */
  readonly exceptions: LoggedException[] = [];
  /** paths of the partitions that it has open, where its log tells */
  readonly open = new Set<string>();
  readonly #recovering = new Map<string, { done: bigint; total: bigint }>();
  readonly #recovered = new Set<string>();
  #checking = false;
  #phase: 'starting' | 'running' | 'stopping' = 'starting';
  #lock: { readonly path: string; readonly at: number } | undefined;

  /** `now` gives ms. */
  constructor(private readonly now: () => number = () => performance.now()) {}

  get status(): AppStatus {
    if (this.#phase === 'stopping') return { kind: 'stopping' };
    if (this.#lock !== undefined && this.now() - this.#lock.at < lockRetryMs) {
      return { kind: 'waitingForLock', path: this.#lock.path };
    }
    if (this.#checking || this.#recovering.size > 0) {
      let [done, total] = [0n, 0n];
      for (const one of this.#recovering.values()) {
        done += one.done;
        total += one.total;
      }
      return { kind: 'recovering', done, total };
    }
    return { kind: this.#phase };
  }

  /** Whether state came from a changelog's partition, wholly or its end: `{changelog topic}[{number}]`. */
  wasRecovered(partition: string): boolean {
    return this.#recovered.has(partition);
  }

  heard(event: AppLogEvent): void {
    this.#lock = event.kind === 'waitingForLock' ? { path: event.path, at: this.now() } : undefined;
    switch (event.kind) {
      case 'configured':
        this.broker = event.brokerAddress;
        this.group = event.consumerGroup;
        return;
      case 'stateDirectory':
        this.stateFolder = event.path;
        return;
      case 'running':
      case 'stopping':
        this.#phase = event.kind;
        return;
      case 'recovering':
        this.#recovering.set(event.partition, { done: event.done, total: event.total });
        return;
      case 'recovered':
        this.#recovering.delete(event.partition);
        this.#recovered.add(event.partition);
        return;
      case 'recoveryComplete':
        this.#recovering.clear();
        this.#checking = false;
        return;
      case 'opened':
        this.open.add(event.path);
        return;
      case 'closed':
        this.open.delete(event.path);
        return;
      case 'failedMessage': {
        const { topic, partition, offset } = event;
        this.failedMessage = { topic, partition, offset };
        return;
      }
      case 'noConnection':
        this.unreachable = event.address;
        return;
      case 'recoveryBegun':
        this.#checking = true;
        return;
      case 'exception':
        if (this.exceptions.length === mostExceptions) this.exceptions.splice(1, 1);
        this.exceptions.push(event.exception);
        return;
      case 'waitingForLock':
        return;
    }
  }
}
