import path from 'node:path';
import { connectKafka, type Kafka } from '../../src/app/index';

const clientModule = path.resolve(import.meta.dirname, '../../src/app/kafka/kafkaClient.ts');

/** The extension's client, in this process; Node 20 lacks a function that the editor's has. */
export function clientOf(address: string): Promise<Kafka> {
  const promises = Promise as { withResolvers?: unknown };
  promises.withResolvers ??= function withResolvers() {
    let resolve, reject;
    const promise = new Promise((...both) => ([resolve, reject] = both));
    return { promise, resolve, reject };
  };
  return connectKafka(clientModule, address);
}
