import assert from 'node:assert/strict';
import { MessageLineError, type NewMessage, type Topic } from '../../../src/app/index';
import { sendAtRate, sendLines, type Sending } from '../../../src/ui/topics/sendMessages';

const topic: Topic = { name: 't', partitions: [{ number: 0, start: 0n, end: 0n }] };

/** A broker that keeps what it is sent. */
class Target {
  readonly messages: NewMessage[] = [];
  readonly batches: number[] = [];
  readonly counts: number[] = [];
  readonly abort = new AbortController();

  /** `atBatch`: what happens when a batch arrives */
  constructor(private readonly atBatch: (batch: number) => void = () => undefined) {}

  get sending(): Sending {
    return {
      kafka: {
        send: (_, messages) => {
          this.batches.push(messages.length);
          this.messages.push(...messages);
          this.atBatch(this.batches.length);
          return Promise.resolve();
        },
      },
      topic,
      signal: this.abort.signal,
      sent: (count) => this.counts.push(count),
    };
  }

  get keys(): string[] {
    return this.messages.map(({ key }) => Buffer.from(key ?? []).toString());
  }
}

const lines = (count: number) =>
  Array.from({ length: count }, (_, i) => `{"key":"k${i}"}\n`).join('');

describe('sending lines', () => {
  it('sends each once, in order, and tells how far it is', async () => {
    const target = new Target();
    await sendLines(lines(1100), false, target.sending);
    assert.deepEqual(target.batches, [500, 500, 100]);
    assert.deepEqual(target.counts, [500, 1000, 1100]);
    assert.deepEqual([target.keys[0], target.keys[1099]], ['k0', 'k1099']);
  });

  it('fills in placeholders of what was written to be sent, not of what is replayed', async () => {
    const target = new Target();
    await sendLines('{"key":"a${n}"}\n{"key":"a${n}"}', true, target.sending);
    await sendLines('{"key":"a${n}"}', false, target.sending);
    assert.deepEqual(target.keys, ['a1', 'a2', 'a${n}']);
  });

  it('sends nothing when a line is none or names a partition that is not there', async () => {
    const target = new Target();
    for (const wrong of ['{"key":', '{"partition":1}']) {
      await assert.rejects(
        sendLines(`${lines(700)}\n${wrong}`, false, target.sending),
        (error) => error instanceof MessageLineError && error.line === 702,
      );
    }
    assert.deepEqual(target.messages, []);
  });

  it('ends when it is cancelled', async () => {
    const target = new Target((batch) => {
      if (batch === 2) target.abort.abort();
    });
    await assert.rejects(sendLines(lines(2000), false, target.sending), { name: 'AbortError' });
    assert.deepEqual(target.batches, [500, 500]);
  });
});

describe('sending at a rate', () => {
  it('sends the lines over and over, no more than the rate allows, until it is stopped', async () => {
    const begun = performance.now();
    const target = new Target(() => {
      if (target.messages.length >= 50) target.abort.abort();
    });
    await sendAtRate('{"key":"a${n%2}"}\n{"key":"b"}', 100, target.sending);
    const seconds = (performance.now() - begun) / 1000;
    assert.deepEqual(target.keys.slice(0, 4), ['a1', 'b', 'a1', 'b']);
    assert.equal(target.counts.at(-1), target.messages.length);
    assert.ok(
      target.messages.length <= seconds * 100 + 1,
      `${target.messages.length} in ${seconds} s`,
    );
    assert.ok(seconds >= 0.4, `${seconds} s for 50`);
  });

  it('ends at once where there is nothing to send', async () => {
    const target = new Target();
    await sendAtRate('\n', 1000, target.sending);
    assert.deepEqual(target.batches, []);
  });

  it('tells the line that is none', async () => {
    const target = new Target();
    await assert.rejects(
      sendAtRate('{}\n{"partition":"${n}"}', 1000, target.sending),
      (error) => error instanceof MessageLineError && error.line === 2,
    );
  });
});
