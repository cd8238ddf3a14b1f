import { setTimeout as delay } from 'node:timers/promises';
import { BrokerError, PortInUseError } from '../errors';
import { joinBroker, type BrokerLink } from './brokerLink';
import { runningBrokerOf } from './runningBroker';
import { startBroker } from './startBroker';

export interface LocalBrokerOptions {
  /** The folder with brokerProcess.js and the WebAssembly. */
  readonly programFolder: string;
  /** Where topics and offsets are kept over restarts; one broker at a time keeps it. */
  readonly dataDir: string;
  /** Where it listens on 127.0.0.1; 0: any free port. */
  readonly port: number;
}

/** How long a broker that another window is starting may take to answer. */
const startMs = 60_000;
/** How long one that ends may take to. */
const endMs = 3000;
const pollMs = 50;

/**
 * The Kafka broker that comes with the extension, in a process of its own on 127.0.0.1. One that another
 * window started on the same data is used, not started again, at whatever port that has; it ends with
 * the last user of any window.
 */
export class LocalBroker {
  #users = 0;
  #current: { readonly abort: AbortController; readonly link: Promise<BrokerLink> } | undefined;
  #address: string | undefined;

  constructor(
    private readonly options: LocalBrokerOptions,
    /** Called when the broker ends without being told to by us. */
    private readonly ended: (reason: string) => void,
  ) {}

  /** `127.0.0.1:port` while we use one. */
  get address(): string | undefined {
    return this.#address;
  }

  /** Whether it has a user of ours, be it one that ended under them. */
  get inUse(): boolean {
    return this.#users > 0;
  }

  /**
   * Counts one more user and gives the address, started unless it runs.
   * @throws PortInUseError, BrokerError, `signal`'s reason
   */
  async acquire(signal?: AbortSignal): Promise<string> {
    signal?.throwIfAborted();
    this.#users++;
    const current = (this.#current ??= this.#begin());
    let abort = (): void => undefined;
    const aborted = new Promise<never>((_, reject) => {
      abort = () => reject(signal?.reason as Error);
    });
    signal?.addEventListener('abort', abort);
    try {
      return (await Promise.race([current.link, aborted])).address;
    } catch (error) {
      await this.release();
      throw error;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Counts one user less; with the last one of all windows the broker ends. */
  async release(): Promise<void> {
    if (this.#users > 0) this.#users--;
    if (this.#users === 0) await this.leave();
  }

  /** Stops using the broker, as with the last `release`. */
  leave(): Promise<void> {
    return this.#end((link) => link.leave());
  }

  /** Ends the broker if it is of this window, whoever uses it; what it knows is on disk. */
  stop(): Promise<void> {
    return this.#end((link) => link.stop());
  }

  async #end(end: (link: BrokerLink) => Promise<void>): Promise<void> {
    const current = this.#current;
    if (!current) return;
    this.#forget();
    current.abort.abort(new BrokerError('it was stopped'));
    const link = await current.link.catch(() => undefined);
    if (link) await end(link);
  }

  #forget(): void {
    this.#current = undefined;
    this.#address = undefined;
  }

  #begin() {
    const abort = new AbortController();
    const gone = (reason: string) => {
      if (this.#current?.abort !== abort) return;
      this.#forget();
      this.ended(reason);
    };
    const link = joinOrStart(this.options, gone, abort.signal).then(
      (link) => {
        if (this.#current?.abort === abort) this.#address = link.address;
        return link;
      },
      (error: unknown) => {
        if (this.#current?.abort === abort) this.#forget();
        throw error;
      },
    );
    return { abort, link };
  }
}

async function joinOrStart(
  options: LocalBrokerOptions,
  gone: (reason: string) => void,
  signal: AbortSignal,
): Promise<BrokerLink> {
  const begun = Date.now();
  for (; ; await delay(pollMs, undefined, { signal }).catch(() => signal.throwIfAborted())) {
    const running = await runningBrokerOf(options.dataDir);
    signal.throwIfAborted();
    if (running) {
      const link = await joinBroker(running, gone);
      if (typeof link === 'object') return link;
      // It starts or ends; else it was killed, and its pid is another program's by now.
      if (Date.now() - begun < (link === 'other' ? startMs : endMs)) continue;
    }
    try {
      return await startBroker(options, gone, signal);
    } catch (error) {
      const raced = error instanceof PortInUseError && running === undefined;
      if (!raced || !(await appears(options.dataDir, signal))) throw error;
    }
  }
}

/** Whether another window was quicker to start a broker on the same data. */
async function appears(dataDir: string, signal: AbortSignal): Promise<boolean> {
  for (let tries = 0; tries < 10; tries++) {
    if ((await runningBrokerOf(dataDir)) !== undefined) return true;
    signal.throwIfAborted();
    await delay(pollMs);
  }
  return false;
}
