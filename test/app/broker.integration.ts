import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { brokerAnswers, LocalBroker, PortInUseError } from '../../src/app/index';
import { python } from '../python.mjs';

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

  it('is shared by port: the second window uses the first one’s and does not end it', async () => {
    const address = await broker().acquire();
    const second = broker(Number(address.split(':')[1]));
    assert.equal(await second.acquire(), address);
    await second.release();
    assert.ok(await brokerAnswers(address));
  });

  it('says when its port belongs to another program', async () => {
    const server = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as net.AddressInfo;
    try {
      await assert.rejects(broker(port).acquire(), (error) => {
        return error instanceof PortInUseError && error.port === port;
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

  it('ends when the process that started it is killed', async () => {
    const program = path.join(dataDir, 'starter.cjs');
    await build({
      stdin: {
        contents: `import { LocalBroker } from './src/app/index';
          const broker = new LocalBroker(
            { programFolder: ${JSON.stringify(programFolder)}, dataDir: ${JSON.stringify(dataDir)}, port: 0 },
            () => {},
          );
          void broker.acquire().then(console.log);
          setInterval(() => {}, 1000);`,
        resolveDir: root,
      },
      bundle: true,
      platform: 'node',
      outfile: program,
      logLevel: 'error',
    });
    const starter = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (
      await new Promise<string>((resolve) =>
        starter.stdout.once('data', (data: Buffer) => resolve(data.toString())),
      )
    ).split('\n');
    assert.ok(await brokerAnswers(line ?? ''));
    const gone = new Promise<void>((resolve, reject) => {
      const { port, host } = { host: '127.0.0.1', port: Number(line?.split(':')[1]) };
      const socket = net.connect({ host, port });
      socket.on('error', () => resolve());
      socket.on('close', () => resolve());
      socket.on('connect', () => starter.kill('SIGKILL'));
      socket.setTimeout(20_000, () => reject(new Error('still there after 20 s')));
    });
    await gone;
    assert.equal(await brokerAnswers(line ?? ''), false);
  });
});
