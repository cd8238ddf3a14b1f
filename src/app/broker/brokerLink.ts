import type { RunningBroker } from './runningBroker';
import { probe } from './probe';

/** A broker that runs, and our hold on it. */
export interface BrokerLink {
  /** `127.0.0.1:port` */
  readonly address: string;
  /** Needs it no more: with its last user it ends. */
  leave(): Promise<void>;
  /** Ends it, whoever uses it, where it is ours. */
  stop(): Promise<void>;
}

/**
 * Becomes a user of a broker that another window started: an open connection, which it counts. `gone`
 * hears when it ends.
 * @returns the link, or what listens there instead: one that starts answers late, one that ends not at all
 */
export async function joinBroker(
  { port }: RunningBroker,
  gone: (reason: string) => void,
): Promise<BrokerLink | 'other' | 'nothing'> {
  const address = `127.0.0.1:${port}`;
  const found = await probe(address);
  if (found.kind !== 'broker') return found.kind;
  const { socket } = found;
  const ended = () => gone('the local broker of another window ended');
  socket.on('close', ended);
  const leave = (): Promise<void> => {
    socket.off('close', ended);
    socket.destroy();
    return Promise.resolve();
  };
  return { address, leave, stop: leave };
}
