import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { LocalBroker, type Kafka } from '../../src/app/index';
import { checkClient, writeMessages, type ChosenPartitions } from '../kafka/checkClient';
import { clientOf } from '../kafka/clientOf';
import { editorNode } from '../kafka/editorNode';

const exec = promisify(execFile);
const root = path.resolve(import.meta.dirname, '../..');
const programFolder = path.join(root, 'dist/broker');

interface ReadAll {
  readonly node: string;
  readonly names: string[];
  readonly values: Record<string, string[]>;
  readonly sent: string;
}

describe('the Kafka client at the local broker', function () {
  this.timeout(120_000);
  let dataDir: string;
  let broker: LocalBroker;
  let kafka: Kafka;
  let chosen: ChosenPartitions;

  before(async () => {
    dataDir = await mkdtemp(path.join(os.tmpdir(), 'state-folder-kafka-'));
    broker = new LocalBroker({ programFolder, dataDir, port: 0 }, () => undefined);
    const address = await broker.acquire();
    chosen = await writeMessages(address);
    kafka = await clientOf(address);
  });
  after(async () => {
    await kafka.close();
    await broker.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  checkClient(
    () => kafka,
    () => chosen,
  );

  it('works as packaged, in the Node of the oldest editor, with every compression', async () => {
    const topics = ['none', 'gzip', 'snappy', 'lz4', 'zstd'].map((one) => `packed-${one}`);
    const program = path.join(root, 'test/kafka/readAll.mjs');
    const args = [program, path.join(root, 'dist/kafka.js'), broker.address ?? '', ...topics];
    const { stdout } = await exec(await editorNode(), args, { maxBuffer: 16 << 20 });
    const { node, names, values, sent } = JSON.parse(stdout) as ReadAll;
    assert.match(node, /^v22\.17\./);
    assert.ok(names.includes('kinds'));
    const expected = Array.from({ length: 500 }, (_, i) => i);
    for (const topic of topics) {
      const read = (values[topic] ?? []).map((value) => (JSON.parse(value) as { i: number }).i);
      assert.deepEqual(read, expected, topic);
    }
    assert.equal(sent, 'sent');
  });
});
