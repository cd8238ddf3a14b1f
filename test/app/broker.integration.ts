import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { brokerAnswers, LocalBroker, PortInUseError } from '../../src/app/index';
import { python } from '../python.mjs';
import { killWindow, startWindow } from './brokerWindow';

const exec = promisify(execFile);
const root = path.resolve(import.meta.dirname, '../..');
const programFolder = path.join(root, 'dist/broker');

/** Commits an offset for one group, then asks for that group's and an unknown group's. */
const offsets = `
import sys
from confluent_kafka import Consumer, Producer, TopicPartition
broker, commit = sys.argv[1], sys.argv[2] == "commit"
if commit:
    producer = Producer({"bootstrap.servers": broker})
    for i in range(5): producer.produce("offsets", str(i))
    producer.flush(20)
def consumer(group): return Consumer({"bootstrap.servers": broker, "group.id": group, "enable.auto.commit": False})
known = consumer("known")
if commit: known.commit(offsets=[TopicPartition("offsets", 0, 3)], asynchronous=False)
for group in ("known", "never-seen"):
    (partition,) = consumer(group).committed([TopicPartition("offsets", 0)], timeout=20)
    print(group, partition.offset, partition.error)
`;

/** Waits until nothing listens at an address any more. */
async function untilGone(address: string): Promise<void> {
  for (const deadline = Date.now() + 20_000; await brokerAnswers(address); await delay(20)) {
    assert.ok(Date.now() < deadline, 'still there after 20 s');
  }
}

/** Waits until a file is not there any more. */
async function untilRemoved(file: string): Promise<void> {
  for (const deadline = Date.now() + 20_000; existsSync(file); await delay(20)) {
    assert.ok(Date.now() < deadline, 'still there after 20 s');
  }
}

describe('the local broker', function () {
  this.timeout(120_000);
  let dataDir: string;
  const brokers: LocalBroker[] = [];
  const broker = (port = 0): LocalBroker => {
    const made = new LocalBroker({ programFolder, dataDir, port }, () => undefined);
    brokers.push(made);
    return made;
  };

  before(async () => {
    dataDir = await mkdtemp(path.join(os.tmpdir(), 'state-folder-broker-'));
  });
  afterEach(async () => {
    for (const one of brokers.splice(0)) await one.stop();
  });
  after(() => rm(dataDir, { recursive: true, force: true }));

  it('answers on 127.0.0.1, and on no other address', async () => {
    const address = await broker().acquire();
    assert.match(address, /^127\.0\.0\.1:\d+$/);
    assert.ok(await brokerAnswers(address));
    const port = Number(address.split(':')[1]);
    const others = Object.values(os.networkInterfaces())
      .flat()
      .filter((found) => found?.family === 'IPv4' && !found.internal);
    for (const other of others) {
      assert.equal(await brokerAnswers(`${other?.address}:${port}`), false);
    }
  });

  it('ends with its last user', async () => {
    const one = broker();
    const address = await one.acquire();
    assert.equal(await one.acquire(), address);
    await one.release();
    assert.ok(await brokerAnswers(address));
    await one.release();
    assert.equal(await brokerAnswers(address), false);
    assert.equal(one.address, undefined);
  });

  it('is shared by windows, whatever their ports, and ends with the last user of any', async () => {
    const [first, second] = [broker(), broker()];
    const address = await first.acquire();
    assert.equal(await second.acquire(), address);
    await first.release();
    assert.ok(await brokerAnswers(address));
    assert.equal(second.address, address);
    await second.release();
    await untilGone(address);
  });

  it('says to the other window when it ends', async () => {
    const first = broker();
    await first.acquire();
    const reason = await new Promise((resolve) => {
      const second = new LocalBroker({ programFolder, dataDir, port: 0 }, resolve);
      void second.acquire().then(() => first.stop());
    });
    assert.match(String(reason), /another window ended/);
  });

  it('says when its port belongs to another program', async () => {
    const server = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as net.AddressInfo;
    try {
      await assert.rejects(broker(port).acquire(), (error) => {
        if (!(error instanceof PortInUseError)) return false;
        assert.ok(error.free !== undefined && error.free !== port);
        return error.port === port;
      });
    } finally {
      server.close();
    }
  });

  it('keeps offsets over a restart, and knows no others', async () => {
    const interpreter = await python();
    const ask = async (what: string) => {
      const one = broker();
      const { stdout } = await exec(interpreter, ['-c', offsets, await one.acquire(), what]);
      await one.stop();
      return stdout.trim().split('\n');
    };
    const expected = ['known 3 None', 'never-seen -1001 None'];
    assert.deepEqual(await ask('commit'), expected);
    assert.deepEqual(await ask('ask'), expected);
  });

  it('starts again after it was killed, whoever has its process id now', async () => {
    const first = broker();
    const address = await first.acquire();
    const file = path.join(dataDir, 'running.json');
    const { pid } = JSON.parse(await readFile(file, 'utf8')) as { pid: number };
    process.kill(pid, 'SIGKILL');
    await untilGone(address);
    const port = Number(address.split(':')[1]);
    assert.deepEqual(JSON.parse(await readFile(file, 'utf8')), { pid, port, ending: false });
    assert.ok(await brokerAnswers(await broker().acquire()));
    for (const one of brokers) await one.stop();
    assert.ok(!existsSync(file));
    await writeFile(file, JSON.stringify({ pid: process.pid, port }));
    assert.ok(await brokerAnswers(await broker().acquire()));
  });

  it('ends with its last client when the process that started it is killed', async () => {
    const window = await startWindow(dataDir, dataDir);
    const { address } = window;
    const client = net.connect(Number(address.split(':')[1]), '127.0.0.1');
    await once(client, 'connect');
    await killWindow(window);
    await delay(500); // time to do the wrong thing
    assert.ok(await brokerAnswers(address));
    client.destroy();
    await untilGone(address);
    await untilRemoved(path.join(dataDir, 'running.json'));
  });
});
