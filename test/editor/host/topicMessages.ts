import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import readline from 'node:readline';
import { python } from './debugApp';
import { root } from './stateView';

/** A message as the other side of Kafka has it; bytes in base64. */
export interface RealMessage {
  readonly key: string | null;
  readonly value: string | null;
  readonly headers?: readonly (readonly [string, string | null])[];
  readonly partition?: number;
  /** ms since epoch */
  readonly timestamp?: number;
}

export const base64 = (text: string | Uint8Array) => Buffer.from(text).toString('base64');

/** The real quixstreams and confluent-kafka at work on a broker's topics. */
export class TopicMessages {
  readonly #lines: AsyncIterator<string>;
  readonly #ended: Promise<unknown>;
  #said = '';

  private constructor(private readonly child: ChildProcess) {
    this.#ended = new Promise((resolve) => child.once('exit', resolve));
    assert.ok(child.stdout && child.stderr);
    this.#lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    child.stderr.on('data', (data) => (this.#said += String(data)));
  }

  static async start(address: string): Promise<TopicMessages> {
    const script = path.join(root(), 'test/editor/host/topicMessages.py');
    return new TopicMessages(spawn(await python(), ['-W', 'ignore', script, address]));
  }

  async create(topic: string, partitions: number): Promise<void> {
    await this.#ask('create', topic, partitions);
  }

  async produce(topic: string, messages: readonly RealMessage[]): Promise<void> {
    await this.#ask('produce', topic, messages);
  }

  /** By partition: the offset of the next message. */
  async commit(group: string, topic: string, offsets: readonly number[]): Promise<void> {
    await this.#ask('commit', group, topic, offsets);
  }

  async consume(
    topic: string,
    partition: number,
    offset: number,
    count: number,
  ): Promise<(RealMessage & { readonly offset: number })[]> {
    const found = await this.#ask('consume', topic, partition, offset, count);
    return found as (RealMessage & { readonly offset: number })[];
  }

  async stop(): Promise<void> {
    this.child.stdin?.end();
    await this.#ended;
  }

  async #ask(name: string, ...args: unknown[]): Promise<unknown> {
    this.child.stdin?.write(`${JSON.stringify([name, args])}\n`);
    const next = await this.#lines.next();
    assert.ok(next.done !== true, `${name}: ${this.#said}`);
    return JSON.parse(next.value);
  }
}
