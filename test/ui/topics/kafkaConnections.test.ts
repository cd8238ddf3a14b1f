import assert from 'node:assert/strict';
import type { Kafka } from '../../../src/app/index';
import { KafkaConnections } from '../../../src/ui/topics/kafkaConnections';

describe('connections to brokers', () => {
  let log: string[];
  let connections: KafkaConnections;

  /** A client that only says when it is made and closed. */
  const connect = (address: string): Promise<Kafka> => {
    log.push(`open ${address}`);
    if (address === 'none') return Promise.reject(new Error('nothing answers'));
    const close = () => {
      log.push(`close ${address}`);
      return Promise.resolve();
    };
    return Promise.resolve({ close } as Kafka);
  };

  beforeEach(() => {
    log = [];
    connections = new KafkaConnections(connect);
  });
  afterEach(() => connections.close());

  it('are made once for an address, and kept for the next question', async () => {
    await Promise.all(['a', 'a', 'b'].map((one) => connections.use(one, () => Promise.resolve())));
    await connections.use('a', () => Promise.resolve());
    assert.deepEqual(log, ['open a', 'open b']);
    await connections.close();
    assert.deepEqual(log.slice(2).sort(), ['close a', 'close b']);
  });

  it('are made anew when one failed', async () => {
    const failure = new Error('gone');
    await assert.rejects(
      connections.use('a', () => Promise.reject(failure)),
      failure,
    );
    await connections.use('a', () => Promise.resolve());
    assert.deepEqual(log, ['open a', 'close a', 'open a']);
    await assert.rejects(
      connections.use('none', () => Promise.resolve()),
      /nothing answers/,
    );
    await assert.rejects(
      connections.use('none', () => Promise.resolve()),
      /nothing answers/,
    );
    assert.deepEqual(log.slice(3), ['open none', 'open none']);
  });

  it('are let go while they are idle, not under a question', async () => {
    let answer = (): void => undefined;
    const asked = connections.use('a', () => new Promise<void>((resolve) => (answer = resolve)));
    await connections.use('b', () => Promise.resolve());
    connections.closeIdle();
    await new Promise(setImmediate);
    assert.deepEqual(log, ['open a', 'open b', 'close b']);
    answer();
    await asked;
    connections.closeIdle();
    await new Promise(setImmediate);
    assert.deepEqual(log.slice(3), ['close a']);
  });

  it('are all closed before what wants nobody connected, and wait for it', async () => {
    await connections.use('a', () => Promise.resolve());
    let done = (): void => undefined;
    const work = connections.without(() => {
      log.push('work');
      return new Promise<void>((resolve) => (done = resolve));
    });
    const asked = connections.use('a', () => Promise.resolve());
    await new Promise(setImmediate);
    assert.deepEqual(log, ['open a', 'close a', 'work']);
    done();
    await work;
    await asked;
    assert.deepEqual(log.slice(3), ['open a']);
  });
});
