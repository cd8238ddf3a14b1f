import { rename, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { BrokerError, BrokerInUseError, PortInUseError } from '../errors';
import { endMs, endsWithin, joinBroker, type BrokerEnd, type BrokerLink } from './brokerLink';
import { forwardPort, type PortForward } from './portForward';
import { brokerAnswers } from './probe';
import { runningBrokerOf } from './runningBroker';
import { DataKeptError, startBroker } from './startBroker';

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
/** One that took the place of one that crashed, and ends this soon too, is not replaced: the next would end again. */
const shortestLifeMs = 5000;
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
    /** Called when the broker ended without being told to by us, and none could take its place. */
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

  /**
   * Leads who connects to another port of this machine to the broker, for apps that name that port in their code; until
   * it is closed.
   * @throws PortInUseError
   */
  alsoAt(port: number): Promise<PortForward> {
    return forwardPort(port, () => this.#address);
  }

  /**
   * Deletes all that the broker keeps: topics, messages, offsets, groups. One that we use is started anew, at its port.
   * @throws BrokerInUseError while clients are connected to it, or another window uses it
   */
  async reset(): Promise<void> {
    const { dataDir } = this.options;
    const link = await this.#current?.link.catch(() => undefined);
    const ended = link ? await link.endIfUnused() : await endsWithin(dataDir, 0);
    if (!ended && (link !== undefined || (await answers(dataDir)))) throw new BrokerInUseError();
    this.#forget();
    // Its name goes at once: no broker that starts meanwhile finds half of it.
    const deleted = `${dataDir}.deleted-${process.pid}`;
    await rename(dataDir, deleted).catch(ignoreMissing);
    await rm(deleted, { recursive: true, force: true });
    if (!this.inUse) return;
    this.#current = this.#begin(portOf(link?.address));
    await this.#current.link;
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

  /** One that was killed leaves its data, and apps that try to reach it at its port. */
  #replace(port: number | undefined): void {
    const current = this.#begin(port, true);
    this.#current = current;
    current.link.catch((error: unknown) => {
      if (!current.abort.signal.aborted) this.ended(String(error));
    });
  }

  #forget(): void {
    this.#current = undefined;
    this.#address = undefined;
  }

  /** At `port`, where apps look for it that used one before. */
  #begin(port = this.options.port, replaces = false) {
    const abort = new AbortController();
    let upSince = 0;
    const gone = ({ reason, crashed }: BrokerEnd) => {
      if (this.#current?.abort !== abort) return;
      const last = portOf(this.#address);
      this.#forget();
      const again = replaces && performance.now() - upSince < shortestLifeMs;
      if (crashed && this.inUse && !again) this.#replace(last);
      else this.ended(reason);
    };
    const link = joinOrStart({ ...this.options, port }, gone, abort.signal).then(
      (link) => {
        upSince = performance.now();
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

const portOf = (address: string | undefined) =>
  address === undefined ? undefined : Number(address.slice(address.lastIndexOf(':') + 1));

async function joinOrStart(
  options: LocalBrokerOptions,
  gone: (end: BrokerEnd) => void,
  signal: AbortSignal,
): Promise<BrokerLink> {
  const begun = Date.now();
  for (; ; await delay(pollMs, undefined, { signal }).catch(() => signal.throwIfAborted())) {
    const running = await runningBrokerOf(options.dataDir);
    signal.throwIfAborted();
    if (running) {
      const link = await joinBroker(options.dataDir, running, gone);
      if (typeof link === 'object') return link;
      // It starts or ends; else it was killed, and its pid is another program's by now.
      if (Date.now() - begun < (link === 'other' ? startMs : endMs)) continue;
    }
    try {
      return await startBroker(options, gone, signal);
    } catch (error) {
      if (error instanceof DataKeptError && Date.now() - begun < startMs) continue;
      const raced = error instanceof PortInUseError && running === undefined;
      if (!raced || !(await appears(options.dataDir, signal))) throw error;
    }
  }
}

/** Whether a broker keeps a folder, and not another program that has its process id by now. */
async function answers(dataDir: string): Promise<boolean> {
  const running = await runningBrokerOf(dataDir);
  return running !== undefined && (await brokerAnswers(`127.0.0.1:${running.port}`));
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
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
