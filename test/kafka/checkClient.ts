import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import type { Kafka, Message, NewMessage } from '../../src/app/index';
import { python } from '../python.mjs';

const exec = promisify(execFile);
const program = path.join(import.meta.dirname, 'writeMessages.py');
const time = 1_764_000_000_123n;

/** By what writeMessages.py chose for each key. */
export type ChosenPartitions = Readonly<Record<string, number>>;

/** Has Kafka's most used client write what `checkClient` looks for. */
export async function writeMessages(address: string): Promise<ChosenPartitions> {
  const { stdout } = await exec(await python(), [program, address]);
  return JSON.parse(stdout) as ChosenPartitions;
}

const text = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString());
const values = (messages: readonly Message[]) => messages.map(({ value }) => text(value));
const message = (key: string | null, value: string | null): NewMessage => ({
  key: key === null ? null : Buffer.from(key),
  value: value === null ? null : Buffer.from(value),
  headers: [],
  partition: undefined,
});

/** Tests of the client at a broker where `writeMessages` has written. */
export function checkClient(kafka: () => Kafka, chosen: () => ChosenPartitions): void {
  it('lists topics with the offsets of their partitions, without those of Kafka itself', async () => {
    const topics = await kafka().topics();
    const names = topics.map(({ name }) => name);
    assert.deepEqual(
      names.filter((name) => name.startsWith('__')),
      [],
    );
    const find = (wanted: string) => topics.find(({ name }) => name === wanted)?.partitions;
    assert.deepEqual(find('kinds'), [
      { number: 0, start: 0n, end: 3n },
      { number: 1, start: 0n, end: 3n },
    ]);
    assert.deepEqual(find('empty'), [{ number: 0, start: 0n, end: 0n }]);
    assert.deepEqual(find('many'), [{ number: 0, start: 0n, end: 12_000n }]);
    assert.equal(find('keyed')?.length, 3);
  });

  it('gives what a group has committed, and nothing of one that is not known', async () => {
    const topics = await kafka().topics();
    assert.deepEqual(
      await kafka().committed('known', topics),
      new Map([
        ['kinds[0]', 2n],
        ['many[0]', 11_000n],
      ]),
    );
    assert.deepEqual(await kafka().committed('never-seen', topics), new Map());
    assert.deepEqual(await kafka().committed('known', []), new Map());
  });

  it('reads every kind of message, in the order of their times', async () => {
    const { messages, complete, scanned } = await kafka().lastMessages('kinds', { count: 10 });
    assert.equal(complete, true);
    assert.equal(scanned, 6);
    assert.deepEqual(
      messages.map(({ partition, offset, key, value }) => [
        partition,
        offset,
        text(key),
        text(value),
      ]),
      [
        [0, 0n, 'a', '1'],
        [1, 0n, 'b', '2'],
        [0, 1n, null, '3'],
        [0, 2n, 'a', null],
        [1, 1n, '\x00\x01', '{"n": 5}'],
        [1, 2n, '', ''],
      ],
    );
    assert.deepEqual(
      messages.map(({ timestampMs }) => timestampMs - time),
      [0n, 1n, 2n, 3n, 4n, 5n],
    );
    assert.deepEqual(messages[4]?.headers, [
      ['trace', Buffer.from('x1')],
      ['trace', Buffer.from('x2')],
      ['none', null],
      ['bytes', Buffer.from([0, 0xff])],
    ]);
  });

  it('reads the last ones of a partition, and one by its offset', async () => {
    const last = await kafka().lastMessages('kinds', { partition: 1, count: 2 });
    assert.deepEqual(
      last.messages.map(({ partition, offset }) => [partition, offset]),
      [
        [1, 1n],
        [1, 2n],
      ],
    );
    const one = await kafka().message('many', 0, 4321n);
    assert.equal(text(one?.value ?? null), '4321');
    assert.equal(one?.offset, 4321n);
    assert.equal(await kafka().message('many', 0, 12_000n), undefined);
    assert.equal(await kafka().message('many', 7, 0n), undefined);
    assert.equal(await kafka().message('no-topic', 0, 0n), undefined);
  });

  it('reads what each compression has packed', async () => {
    const compressions = ['none', 'gzip', 'snappy', 'lz4'];
    if ('zstdDecompressSync' in zlib) compressions.push('zstd'); // in Node 22.15, which editors have
    for (const compression of compressions) {
      const topic = `packed-${compression}`;
      const { messages } = await kafka().lastMessages(topic, { count: 500 });
      assert.deepEqual(
        messages.map(({ value }) => (JSON.parse(text(value) ?? '') as { i: number }).i),
        Array.from({ length: 500 }, (_, i) => i),
        compression,
      );
      const { messages: ofKey } = await kafka().lastMessages(topic, {
        count: 2,
        key: Buffer.from('k3'),
      });
      assert.deepEqual(
        ofKey.map(({ offset }) => offset),
        [486n, 493n],
        compression,
      );
    }
  });

  it('finds the last ones of a key, however far back', async () => {
    const find = (key: string, count: number) =>
      kafka().lastMessages('many', { key: Buffer.from(key), count });
    const near = await find('k4', 3);
    assert.deepEqual(values(near.messages), ['11974', '11984', '11994']);
    assert.ok(near.scanned < 500, String(near.scanned));
    const far = await find('rare', 3);
    assert.deepEqual(values(far.messages), ['17']);
    assert.deepEqual([far.scanned, far.complete], [12_000, true]);
    const none = await find('no such key', 1);
    assert.deepEqual([none.messages, none.complete], [[], true]);
  });

  it('reads large messages', async () => {
    const { messages, complete } = await kafka().lastMessages('large', { count: 12 });
    assert.equal(complete, true);
    assert.deepEqual(
      messages.map(({ value }) => text(value)?.replace(/x+$/, '')),
      Array.from({ length: 12 }, (_, i) => String(i)),
    );
  });

  it('reads what transactions committed, nothing that they aborted or hold open', async () => {
    const { messages } = await kafka().lastMessages('transactions', { count: 100 });
    const kept = (number: number) => [0, 1, 2].map((i) => `${number}.${i} kept`);
    assert.deepEqual(values(messages), [...kept(0), ...kept(2), 'between', ...kept(4)]);
    const last = await kafka().lastMessages('transactions', { count: 1 });
    assert.deepEqual(values(last.messages), ['4.2 kept']);
  });

  it('sends to the partition that quixstreams would choose', async () => {
    const keys = Object.keys(chosen()).map((key) => (key === '' ? null : key));
    await kafka().send(
      'keyed',
      keys.map((key) => message(key, 'ours')),
    );
    const { messages } = await kafka().lastMessages('keyed', { count: keys.length });
    assert.deepEqual(
      Object.fromEntries(messages.map(({ key, partition }) => [text(key) ?? '', partition])),
      chosen(),
    );
    assert.ok(values(messages).every((value) => value === 'ours'));
  });

  it('sends every kind of message as it was read', async () => {
    const { messages } = await kafka().lastMessages('kinds', { count: 6 });
    await kafka().send(
      'empty',
      messages.map((one) => ({ ...one, partition: 0 })),
    );
    const sent = await kafka().lastMessages('empty', { count: 6 });
    const parts = ({ key, value, headers, timestampMs }: Message) => {
      return { key, value, headers, timestampMs };
    };
    assert.deepEqual(sent.messages.map(parts), messages.map(parts));
  });

  it('sends more than a broker takes at once', async () => {
    const megabytes = Array.from({ length: 30 }, (_, i) => message(`${i}`, 'y'.repeat(100_000)));
    await kafka().send('large', megabytes);
    const { messages } = await kafka().lastMessages('large', { count: 30 });
    assert.deepEqual(
      messages.map(({ key }) => text(key)),
      megabytes.map(({ key }) => text(key)),
    );
  });

  it('sends nothing to a topic or partition that does not exist', async () => {
    await assert.rejects(kafka().send('no-topic', [message('k', 'v')]), /no topic no-topic/);
    const beyond = { ...message('k', 'v'), partition: 2 };
    await assert.rejects(kafka().send('kinds', [message('k', 'v'), beyond]), /no partition 2/);
    const [kinds] = (await kafka().topics()).filter(({ name }) => name === 'kinds');
    assert.deepEqual(
      kinds?.partitions.map(({ end }) => end),
      [3n, 3n],
    );
  });
}
