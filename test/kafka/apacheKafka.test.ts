import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { brokerAnswers, changelogOf, type Kafka } from '../../src/app/index';
import { ExampleApp, sum } from '../exampleApp';
import { startApacheKafka, type ApacheKafka } from './apacheKafka';
import { checkClient, writeMessages, type ChosenPartitions } from './checkClient';
import { clientOf } from './clientOf';

describe('Apache Kafka', function () {
  this.timeout(180_000);
  let folder: string;
  let broker: ApacheKafka;
  let kafka: Kafka;

  before(async function () {
    this.timeout(600_000); // its jars are fetched once
    folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'state-folder-apache-')));
    const own = path.join(folder, 'broker');
    await mkdir(own);
    broker = await startApacheKafka(own);
    assert.ok(await brokerAnswers(broker.address));
    kafka = await clientOf(broker.address);
  });
  after(async () => {
    await kafka.close();
    await broker.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('runs the example app, which after a restart goes on from where it was', async () => {
    const app = await ExampleApp.copyTo(path.join(folder, 'app'));
    const stopped = await app.countTwice(broker.address);
    const again = await app.goOn(broker.address, stopped);

    const topics = await kafka.topics();
    const names = topics.map(({ name }) => name);
    const changelog = names.find((name) => name.startsWith('changelog__')) ?? '';
    assert.deepEqual(changelogOf(changelog), {
      group: 'cpu-load-counter',
      store: 'default',
      streamId: changelogOf(changelog)?.streamId,
    });
    const input = topics.find(({ name }) => name === changelogOf(changelog)?.streamId);
    assert.ok(input, names.join(' '));
    assert.ok(!names.some((name) => name.startsWith('__')));

    // Each message that was counted is committed: the group is at the end of what it has read.
    const committed = await kafka.committed('cpu-load-counter', topics);
    const position = committed.get(`${input.name}[0]`);
    assert.equal(position, BigInt(sum(again)));
    assert.ok(position <= (input.partitions[0]?.end ?? 0n));

    const { messages, complete } = await kafka.lastMessages(input.name, { count: 3 });
    assert.deepEqual([messages.length, complete], [3, true]);
    for (const { key, value } of messages) {
      assert.match(Buffer.from(key ?? []).toString(), /^PC[1-5]$/);
      assert.match(Buffer.from(value ?? []).toString(), /^\{"cpu": ?[\d.]+\}$/);
    }
    // The newest total of a device in the changelog is the one on disk.
    const [device, total] = [...again][0] ?? [];
    const kept = await kafka.lastMessages(changelog, { count: 1000 });
    const totals = kept.messages.filter(({ key }) =>
      Buffer.from(key ?? [])
        .toString()
        .includes(`${device}|"total"`),
    );
    assert.equal(Buffer.from(totals.at(-1)?.value ?? []).toString(), String(total));
  });

  describe('and the Kafka client', () => {
    let chosen: ChosenPartitions;
    before(async () => {
      chosen = await writeMessages(broker.address);
    });
    checkClient(
      () => kafka,
      () => chosen,
    );
  });
});
