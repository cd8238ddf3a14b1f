import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import {
  fillPlaceholders,
  generateMessages,
  MessageLineError,
  parseMessageLines,
  type Kafka,
  type ParsedMessage,
  type Topic,
} from '../../app/index';

/** Sent, and read from lines, at once: between two steps the editor does other things. */
const atOnce = 500;
/** Messages a second at most, and how often a second some are sent. */
export const mostPerSecond = 1000;
const ticksPerSecond = 10;

export interface Sending {
  readonly kafka: Pick<Kafka, 'send'>;
  readonly topic: Topic;
  readonly signal: AbortSignal;
  /** hears how many were sent so far */
  readonly sent: (count: number) => void;
}

/**
 * Sends each line once, in order, when all were found to be messages. `placeholders`: whether they are filled in.
 * @throws MessageLineError, NoBrokerError, the reason of `signal`
 */
export async function sendLines(
  text: string,
  placeholders: boolean,
  { kafka, topic, signal, sent }: Sending,
): Promise<void> {
  const lines = text.split(/\r?\n/);
  const messages: ParsedMessage[] = [];
  for (let i = 0; i < lines.length; i += atOnce) {
    const some = lines.slice(i, i + atOnce);
    const filled = placeholders ? some.map((line, j) => fillPlaceholders(line, i + j + 1)) : some;
    messages.push(...parseMessageLines(filled.join('\n'), i + 1));
    await turn();
    signal.throwIfAborted();
  }
  for (const message of messages) checkPartition(message, topic);
  for (let i = 0; i < messages.length; i += atOnce) {
    const some = messages.slice(i, i + atOnce);
    await kafka.send(topic.name, some, signal);
    sent(i + some.length);
    signal.throwIfAborted();
  }
}

/**
 * Sends the lines over and over, so many a second, placeholders filled in, until `signal`.
 * @throws MessageLineError, NoBrokerError
 */
export async function sendAtRate(
  text: string,
  perSecond: number,
  { kafka, topic, signal, sent }: Sending,
): Promise<void> {
  const messages = generateMessages(text);
  const begun = performance.now();
  for (let count = 0; !signal.aborted;) {
    const due = Math.floor(((performance.now() - begun) / 1000) * perSecond) + 1 - count;
    const batch: ParsedMessage[] = [];
    while (batch.length < Math.min(due, mostPerSecond)) {
      const next = messages.next();
      if (next.done === true) return;
      checkPartition(next.value, topic);
      batch.push(next.value);
    }
    if (batch.length > 0) {
      await kafka.send(topic.name, batch, signal);
      count += batch.length;
      sent(count);
    }
    await delay(1000 / ticksPerSecond, undefined, { signal }).catch(() => undefined);
  }
}

function checkPartition({ partition, line }: ParsedMessage, { name, partitions }: Topic): void {
  if (partition === undefined || partitions.some(({ number }) => number === partition)) return;
  throw new MessageLineError(line, `${name} has no partition ${partition}`);
}
