import net from 'node:net';
import { BrokerError, PortInUseError } from '../errors';
import { isTaken } from './startBroker';

/** A port of this machine that leads elsewhere. */
export interface PortForward {
  close(): Promise<void>;
}

/**
 * Leads connections to 127.0.0.1:`port` to an address (`host:port`), as it is at the time; while there is none, they are
 * closed. Kafka's clients come here once: they go on with the address that the broker tells them.
 * @throws PortInUseError, BrokerError
 */
export async function forwardPort(
  port: number,
  target: () => string | undefined,
): Promise<PortForward> {
  // On some systems 127.0.0.1 can be had beside a program that listens on all addresses.
  if (await isTaken(port)) throw new PortInUseError(port);
  const sockets = new Set<net.Socket>();
  const server = net.createServer((incoming) => {
    const address = target();
    if (address === undefined) {
      incoming.destroy();
      return;
    }
    const colon = address.lastIndexOf(':');
    const outgoing = net.connect(Number(address.slice(colon + 1)), address.slice(0, colon));
    for (const [one, other] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      const taken = code === 'EADDRINUSE' || code === 'EACCES';
      reject(taken ? new PortInUseError(port) : new BrokerError(message));
    });
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
