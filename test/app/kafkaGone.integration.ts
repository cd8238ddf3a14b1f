import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { NoBrokerError, type Kafka } from '../../src/app/index';
import { freePort } from '../freePort';
import { clientOf } from '../kafka/clientOf';

const program = path.resolve(import.meta.dirname, '../../dist/broker/brokerProcess.js');

/** Runs a question, and says how long it took until it failed. */
async function failure(question: Promise<unknown>): Promise<{ error: unknown; ms: number }> {
  const begun = performance.now();
  const error = await question.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { error, ms: performance.now() - begun };
}

/** Waits until no socket of this process is open. */
async function untilNoSocket(): Promise<void> {
  const isOpen = () => process.getActiveResourcesInfo().includes('TCPSocketWrap');
  for (const deadline = Date.now() + 2000; isOpen(); await delay(10)) {
    assert.ok(Date.now() < deadline, 'sockets are left');
  }
}

describe('the Kafka client, when its broker', function () {
  this.timeout(60_000);
  let dataDir: string;
  let port: number;
  let broker: ChildProcess | undefined;
  let kafka: Kafka | undefined;

  async function start(): Promise<string> {
    const child = fork(program, [String(port), dataDir], { execArgv: [], stdio: 'ignore' });
    broker = child;
    for (let ready = false; !ready;) {
      const [message] = (await once(child, 'message')) as [object];
      ready = 'ready' in message;
    }
    return `127.0.0.1:${port}`;
  }
  async function kill(): Promise<void> {
    if (broker === undefined || broker.exitCode !== null || broker.signalCode !== null) return;
    const exited = once(broker, 'exit');
    broker.kill('SIGKILL');
    await exited;
  }

  beforeEach(async () => {
    dataDir = await mkdtemp(path.join(os.tmpdir(), 'state-folder-kafka-'));
    port = await freePort();
  });
  afterEach(async () => {
    await kafka?.close();
    kafka = undefined;
    await kill();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('is not there, says so at once', async () => {
    const { error, ms } = await failure(clientOf(`127.0.0.1:${port}`));
    assert.ok(error instanceof NoBrokerError);
    assert.equal(error.address, `127.0.0.1:${port}`);
    assert.ok(ms < 4000, `${ms} ms`);
    await untilNoSocket();
  });

  it('is another program that does not answer, says so in seconds', async () => {
    const server = net.createServer((socket) => socket.resume()).listen(port, '127.0.0.1');
    try {
      const { error, ms } = await failure(clientOf(`127.0.0.1:${port}`));
      assert.ok(error instanceof NoBrokerError);
      assert.ok(ms < 12_000, `${ms} ms`);
    } finally {
      server.close();
    }
  });

  it('is killed, says so in seconds; started again, goes on', async () => {
    kafka = await clientOf(await start());
    await kill();
    const { error, ms } = await failure(kafka.topics());
    assert.ok(error instanceof NoBrokerError);
    assert.ok(ms < 4000, `${ms} ms`);
    await start();
    assert.deepEqual(await kafka.topics(), []);
  });

  it('hangs, is given up by its user at once, by itself in seconds', async () => {
    kafka = await clientOf(await start());
    broker?.kill('SIGSTOP');
    const abort = new AbortController();
    const asked = failure(kafka.topics(abort.signal));
    setTimeout(() => abort.abort(new Error('enough')), 100);
    const { error, ms } = await asked;
    assert.match(String(error), /enough/);
    assert.ok(ms < 1000, `${ms} ms`);
    const later = await failure(kafka.lastMessages('any', { count: 1 }));
    assert.ok(later.error instanceof NoBrokerError);
    assert.ok(later.ms < 12_000, `${later.ms} ms`);
  });

  it('is left, keeps no connection, whatever was asked', async () => {
    kafka = await clientOf(await start());
    await kafka.topics();
    broker?.kill('SIGSTOP');
    const pending = failure(kafka.topics());
    await kafka.close();
    const { error, ms } = await pending;
    assert.ok(error instanceof NoBrokerError);
    assert.ok(ms < 1000, `${ms} ms`);
    await untilNoSocket();
    const closed = await failure(kafka.topics());
    assert.ok(closed.error instanceof NoBrokerError);
  });
});
