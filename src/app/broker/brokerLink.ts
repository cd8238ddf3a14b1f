import { setTimeout as delay } from 'node:timers/promises';
import { probe } from './probe';
import { hasCrashed, runningBrokerOf, type RunningBroker } from './runningBroker';

/** How a broker that we use ended. */
export interface BrokerEnd {
  readonly reason: string;
  /** It was killed or failed: nobody told it to end. */
  readonly crashed: boolean;
}

/** A broker that runs, and our hold on it. */
export interface BrokerLink {
  /** `127.0.0.1:port` */
  readonly address: string;
  /** Needs it no more: with its last user it ends. */
  leave(): Promise<void>;
  /** Ends it where nobody else uses it; false: others do, and we still do. */
  endIfUnused(): Promise<boolean>;
  /** Ends it, whoever uses it, where it is ours. */
  stop(): Promise<void>;
}

/** How long one that ends may take to. */
export const endMs = 3000;
const pollMs = 50;

/** Whether the broker that keeps a folder ends within `ms`, or has ended. */
export async function endsWithin(dataDir: string, ms: number): Promise<boolean> {
  for (const until = Date.now() + ms; ; await delay(pollMs)) {
    const running = await runningBrokerOf(dataDir);
    if (running === undefined) return true;
    if (Date.now() > until + (running.ending ? endMs : 0)) return false;
  }
}

/**
 * Becomes a user of a broker that another window started: an open connection, which it counts. `gone`
 * hears when it ends.
 * @returns the link, or what listens there instead: one that starts answers late, one that ends not at all
 */
export async function joinBroker(
  dataDir: string,
  { port, pid }: RunningBroker,
  gone: (end: BrokerEnd) => void,
): Promise<BrokerLink | 'other' | 'nothing'> {
  const address = `127.0.0.1:${port}`;
  const found = await probe(address);
  if (found.kind !== 'broker') return found.kind;
  let { socket } = found;
  const ended = () => {
    const reason = 'the local broker of another window ended';
    gone({ reason, crashed: hasCrashed(dataDir, pid) });
  };
  socket.on('close', ended);
  const leave = (): Promise<void> => {
    socket.off('close', ended);
    socket.destroy();
    return Promise.resolve();
  };
  const endIfUnused = async (): Promise<boolean> => {
    await leave();
    if (await endsWithin(dataDir, unusedMs)) return true;
    const again = await probe(address);
    if (again.kind !== 'broker') return endsWithin(dataDir, endMs);
    ({ socket } = again);
    socket.on('close', ended);
    return false;
  };
  return { address, leave, endIfUnused, stop: leave };
}

/** How soon a broker begins to end whose last user has left. */
const unusedMs = 500;
