import { pathToFileURL } from 'node:url';
import { NoBrokerError } from '../errors';
import type { Kafka, OpenKafka } from './kafka';

/**
 * Connects to a broker at `host:port`, or one of several with commas between. The client is in a file of its own, as
 * large as all the rest, which is loaded when it is first needed: `modulePath`.
 * @throws NoBrokerError where nothing answers
 */
export async function connectKafka(modulePath: string, address: string): Promise<Kafka> {
  const module = (await import(pathToFileURL(modulePath).href)) as { openKafka: OpenKafka };
  return module.openKafka(address, () => new NoBrokerError(address));
}
