import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { LocalBroker } from '../../src/app/index';
import { python } from '../python.mjs';

const programFolder = path.resolve(import.meta.dirname, '../../dist/broker');

/** Counts the messages of a topic in its state; prints each one's value, its offset and the count. */
const counter = `
import sys
from quixstreams import Application, message_context
app = Application(broker_address=sys.argv[1], consumer_group="killed", state_dir=sys.argv[2],
                  auto_offset_reset="earliest", commit_interval=0.5)
topic = app.topic("numbers", value_deserializer="json", key_deserializer="str")
def count(value, state):
    n = state.get("n", 0) + 1
    state.set("n", n)
    print(f"{value} {message_context().offset} {n}", flush=True)
app.dataframe(topic).update(count, stateful=True)
app.run()
`;

/** Sends 1, 2, 3 … until it is ended; what it is not told to have arrived it sends again. */
const numbers = `
import itertools, sys, time
from confluent_kafka import Producer
producer = Producer({"bootstrap.servers": sys.argv[1], "enable.idempotence": True})
for i in itertools.count(1):
    producer.produce("numbers", str(i), key="k")
    producer.poll(0.01)
`;

describe('a stateful app, whose broker is killed', function () {
  this.timeout(120_000);
  let folder: string;

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'state-folder-killed-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('goes on with the one that takes its place: none is lost, none is counted twice', async () => {
    const dataDir = path.join(folder, 'data');
    const program = path.join(folder, 'main.py');
    await writeFile(program, counter);
    const broker = new LocalBroker({ programFolder, dataDir, port: 0 }, () => undefined);
    const address = await broker.acquire();
    const interpreter = await python();
    const state = path.join(folder, 'state');
    const app = spawn(interpreter, [program, address, state], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const producer = spawn(interpreter, ['-c', numbers, address], { stdio: 'ignore' });
    try {
      const lines = createInterface(app.stdout)[Symbol.asyncIterator]();
      let sent = 0;
      const countTo = async (most: number): Promise<void> => {
        for (;;) {
          const line = (await lines.next()) as { value?: string };
          assert.ok(line.value !== undefined, 'the app ended');
          const [value = 0, offset = 0, count = 0] = line.value.split(' ').map(Number);
          assert.equal(count, offset + 1, `${line.value} after ${sent}`);
          assert.ok(value <= sent + 1, `${sent}, then ${value}`);
          sent = Math.max(sent, value);
          if (count >= most) return;
        }
      };
      await countTo(300);
      const running = await readFile(path.join(dataDir, 'running.json'), 'utf8');
      process.kill((JSON.parse(running) as { pid: number }).pid, 'SIGKILL');
      await countTo(1500);
      assert.equal(broker.address, address);
      const ended = once(app, 'exit');
      app.kill('SIGINT');
      assert.deepEqual(await ended, [0, null]);
    } finally {
      producer.kill('SIGKILL');
      app.kill('SIGKILL');
      await broker.stop();
    }
  });
});
