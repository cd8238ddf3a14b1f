import assert from 'node:assert/strict';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { brokerAnswers, BrokerInUseError, LocalBroker, PortInUseError } from '../../src/app/index';
import { freePort } from '../freePort';
import { python } from '../python.mjs';
import { killWindow, startWindow, type BrokerWindow } from './brokerWindow';

const exec = promisify(execFile);
const programFolder = path.resolve(import.meta.dirname, '../../dist/broker');

/** Sends values to a topic. */
const send = `
import sys
from confluent_kafka import Producer
broker, topic, *values = sys.argv[1:]
producer = Producer({"bootstrap.servers": broker})
for value in values: producer.produce(topic, value)
assert producer.flush(30) == 0
`;

/** Prints the names of all topics. */
const topics = `
import sys
from confluent_kafka.admin import AdminClient
print(*sorted(AdminClient({"bootstrap.servers": sys.argv[1]}).list_topics(timeout=20).topics))
`;

/** Prints the values of a topic as they come. */
const receive = `
import sys
from confluent_kafka import Consumer
broker, topic = sys.argv[1:]
consumer = Consumer({"bootstrap.servers": broker, "group.id": "shared", "auto.offset.reset": "earliest",
                     "allow.auto.create.topics": True, "reconnect.backoff.max.ms": 500})
consumer.subscribe([topic])
while True:
    message = consumer.poll(0.2)
    if message is not None and message.error() is None: print(message.value().decode(), flush=True)
`;

/** An app whose broker nothing can change but its code. */
const literalApp = (port: number) => `
from quixstreams import Application
app = Application(broker_address="localhost:${port}", consumer_group="literal", auto_offset_reset="earliest")
topic = app.topic("literal-in", value_deserializer="str", value_serializer="str")
with app.get_producer() as producer:
    for value in ("a", "b", "c"): producer.produce(topic.name, key="k", value=value)
def count(value, state):
    state.set("n", state.get("n", 0) + 1)
    print(value, state.get("n"), flush=True)
app.dataframe(topic).update(count, stateful=True)
app.run(count=3, timeout=60)
`;

function isAlive(pid: number): boolean {
  try {
    return pid !== 0 && process.kill(pid, 0);
  } catch {
    return false;
  }
}

const portOf = (address: string) => Number(address.split(':')[1]);

/** Looks until it is so. */
async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 30_000; !(await holds()); await delay(20)) {
    assert.ok(Date.now() < deadline, `not within 30 s: ${what}`);
  }
}

describe('the local broker, shared', function () {
  this.timeout(120_000);
  let folder: string;
  let dataDir: string;
  let interpreter: string;
  const brokers: LocalBroker[] = [];
  const windows: BrokerWindow[] = [];
  const clients: ChildProcess[] = [];

  const broker = (ended: (reason: string) => void = () => undefined): LocalBroker => {
    const made = new LocalBroker({ programFolder, dataDir, port: 0 }, ended);
    brokers.push(made);
    return made;
  };
  const window = async (): Promise<BrokerWindow> => {
    const made = await startWindow(folder, dataDir);
    windows.push(made);
    return made;
  };
  const run = async (script: string, ...args: string[]): Promise<string> => {
    const { stdout } = await exec(interpreter, ['-c', script, ...args]);
    return stdout.trim();
  };
  const pidOfBroker = async (): Promise<number> => {
    const text = await readFile(path.join(dataDir, 'running.json'), 'utf8').catch(() => '{}');
    return (JSON.parse(text) as { pid?: number }).pid ?? 0;
  };
  /** Kills the broker's process and waits until there is another one at its address. */
  const killBroker = async (address: string): Promise<void> => {
    const pid = await pidOfBroker();
    process.kill(pid, 'SIGKILL');
    await until('another broker', async () => {
      const now = await pidOfBroker();
      return now !== 0 && now !== pid && (await brokerAnswers(address));
    });
  };

  before(async () => {
    interpreter = await python();
  });
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'state-folder-shared-'));
    dataDir = path.join(folder, 'data');
    await mkdir(dataDir);
  });
  afterEach(async () => {
    for (const one of clients.splice(0)) one.kill('SIGKILL');
    for (const one of brokers.splice(0)) await one.stop();
    for (const one of windows.splice(0)) await killWindow(one);
    await until('no broker', async () => !isAlive(await pidOfBroker()));
    await rm(folder, { recursive: true, force: true });
  });

  it('is replaced at its port when it was killed, and its client goes on', async () => {
    let reason: string | undefined;
    const one = broker((said) => (reason = said));
    const address = await one.acquire();
    await run(send, address, 'kept', 'before');
    const client = spawn(interpreter, ['-c', receive, address, 'kept'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    clients.push(client);
    const lines = createInterface(client.stdout)[Symbol.asyncIterator]();
    assert.equal((await lines.next()).value, 'before');

    await killBroker(address);

    await until('its address', () => Promise.resolve(one.address === address));
    await run(send, address, 'kept', 'after');

    let line: unknown = 'before'; // again, where its offset was not committed yet
    while (line === 'before') line = (await lines.next()).value;
    assert.equal(line, 'after');
    assert.equal(reason, undefined);
  });

  it('is replaced once for all windows that use it', async () => {
    const other = await window();
    const one = broker();
    assert.equal(await one.acquire(), other.address);
    await killBroker(other.address);
    await until('its address', () => Promise.resolve(one.address === other.address));
    const pid = await pidOfBroker();
    await killWindow(other);
    await delay(500); // time to do the wrong thing
    assert.ok(await brokerAnswers(other.address));
    assert.equal(await pidOfBroker(), pid);
  });

  it('says when it was killed again and again', async () => {
    let heard = (reason: string): void => void reason;
    const ended = new Promise<string>((resolve) => (heard = resolve));
    const one = broker(heard);
    const address = await one.acquire();
    await killBroker(address);
    process.kill(await pidOfBroker(), 'SIGKILL');
    assert.match(await ended, /SIGKILL/);
    assert.equal(one.address, undefined);
  });

  it('stays when the window that started it is killed, or one that joined it', async () => {
    const [first, second] = [await window(), await window()];
    assert.equal(second.address, first.address);
    const pid = await pidOfBroker();
    await run(send, first.address, 'kept', 'value');
    await killWindow(first);
    await delay(500); // time to do the wrong thing
    assert.equal(await run(topics, second.address), 'kept');
    const third = await window();
    assert.equal(third.address, second.address);
    await killWindow(second);
    await delay(500);
    assert.equal(await run(topics, third.address), 'kept');
    assert.equal(await pidOfBroker(), pid);
  });

  it('is one, when windows with different ports start it in the same moment', async () => {
    const made = [await freePort(), await freePort()].map(
      (port) => new LocalBroker({ programFolder, dataDir, port }, () => undefined),
    );
    brokers.push(...made);
    const addresses = await Promise.all(made.map((one) => one.acquire()));
    assert.equal(addresses[0], addresses[1]);
  });

  it('is found at another port too, also by an app that names that in code', async () => {
    const one = broker();
    const address = await one.acquire();
    const port = await freePort();
    const forward = await one.alsoAt(port);
    await assert.rejects(one.alsoAt(port), PortInUseError);
    const app = path.join(folder, 'app');
    await mkdir(app);
    await writeFile(path.join(app, 'main.py'), literalApp(port));
    const { stdout } = await exec(interpreter, ['main.py'], { cwd: app });
    assert.equal(stdout.trim().replaceAll('\r', ''), 'a 1\nb 2\nc 3');

    await killBroker(address);
    await until('it at the other port', () => brokerAnswers(`127.0.0.1:${port}`));
    const client = net.connect(port, '127.0.0.1');
    await once(client, 'connect');
    const closed = once(client, 'close');
    await forward.close();
    await closed;
    assert.equal(await brokerAnswers(`127.0.0.1:${port}`), false);
    assert.ok(await brokerAnswers(address));
  });

  describe('is reset', () => {
    it('while nobody uses it', async () => {
      const one = broker();
      await run(send, await one.acquire(), 'kept', 'value');
      await one.release();
      await one.reset();
      assert.ok(!existsSync(dataDir));
      assert.equal(await run(topics, await one.acquire()), '');
    });

    it('while only we use it, at its port', async () => {
      const one = broker();
      const address = await one.acquire();
      await run(send, address, 'kept', 'value');
      assert.equal(await run(topics, address), 'kept');
      await one.reset();
      assert.equal(one.address, address);
      assert.equal(await run(topics, address), '');
      await one.release();
      assert.equal(await brokerAnswers(address), false);
    });

    it('while only we use one that another window started', async () => {
      const other = await window();
      const one = broker();
      const address = await one.acquire();
      await run(send, address, 'kept', 'value');
      await killWindow(other);
      await one.reset();
      assert.equal(await run(topics, address), '');
    });

    it('not while a client is connected', async () => {
      const one = broker();
      const address = await one.acquire();
      await run(send, address, 'kept', 'value');
      const client = net.connect(portOf(address), '127.0.0.1');
      await once(client, 'connect');
      await assert.rejects(one.reset(), BrokerInUseError);
      assert.equal(one.address, address);
      client.destroy();
      await delay(500); // time to end though it is in use
      assert.equal(await run(topics, address), 'kept');
      await one.reset();
      assert.equal(await run(topics, address), '');
    });

    it('not while another window uses it', async () => {
      const other = await window();
      const one = broker();
      await run(send, other.address, 'kept', 'value');
      await assert.rejects(one.reset(), BrokerInUseError);
      await one.acquire();
      await assert.rejects(one.reset(), BrokerInUseError);
      assert.equal(one.address, other.address);
      await killWindow(other);
      assert.equal(await run(topics, other.address), 'kept');
    });
  });
});
