import type { Message } from './kafka';

/** What was read of a partition. */
export interface ReadRange {
  /** in order; fewer than offsets, for markers and compaction take some */
  readonly messages: readonly Message[];
  /** up to which offset; the asked one, unless there is more in between than was to be read */
  readonly reached: bigint;
}

/** Reads a partition from an offset on up to another, until it holds more than `most`. */
export type Read = (from: bigint, to: bigint, most: Amount) => Promise<ReadRange>;

export interface Amount {
  readonly messages: number;
  readonly bytes: number;
}

export interface Found {
  /** in order */
  readonly messages: Message[];
  readonly scanned: number;
  /** false: what is older was not read, though more was asked for */
  readonly complete: boolean;
}

/** Asked for at first, in messages. */
const first = 100n;
/** What is read at once, about: the way back is one of many steps forward. */
const atOnce: Amount = { messages: 5000, bytes: 4 << 20 };
/** Where a step holds so many times that, it is taken again in smaller ones. */
const tooMuch = 4;

/**
 * The newest `count` messages that are wanted, read in steps from the end back to the start, or until `enough` was read.
 * How far a step goes is learnt from what the last one held: offsets do not tell how many messages there are between
 * them, nor how large they are.
 */
export async function readBack(
  read: Read,
  { start, end }: { readonly start: bigint; readonly end: bigint },
  count: number,
  wanted: (message: Message) => boolean,
  enough: (scanned: Amount) => boolean,
): Promise<Found> {
  const messages: Message[] = [];
  let [scanned, bytes] = [0, 0];
  let step = BigInt(count) < first ? BigInt(count) : first;
  for (let to = end; to > start && messages.length < count;) {
    if (enough({ messages: scanned, bytes })) {
      return { messages: messages.slice(-count), scanned, complete: false };
    }
    const from = to - step > start ? to - step : start;
    const { messages: found, reached } = await read(from, to, {
      messages: atOnce.messages * tooMuch,
      bytes: atOnce.bytes * tooMuch,
    });
    const size = found.reduce((sum, message) => sum + sizeOf(message), 0);
    scanned += found.length;
    bytes += size;
    if (reached < to && step > 1n) {
      step = step / BigInt(tooMuch) || 1n;
      continue;
    }
    messages.unshift(...found.filter(wanted).map(copied));
    const room = Math.min(
      atOnce.messages / Math.max(found.length, 1),
      atOnce.bytes / Math.max(size, 1),
      tooMuch,
    );
    step = BigInt(Math.max(Math.floor(Number(step) * room), 1));
    to = from;
  }
  return { messages: messages.slice(-count), scanned, complete: true };
}

/** Bytes that a message holds. */
export function sizeOf({
  key,
  value,
  headers,
}: Pick<Message, 'key' | 'value' | 'headers'>): number {
  let size = (key?.length ?? 0) + (value?.length ?? 0);
  for (const [name, one] of headers) size += name.length + (one?.length ?? 0);
  return size;
}

/** One that keeps no more in memory than itself: what is read is in blocks of megabytes. */
function copied(message: Message): Message {
  const copy = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes));
  return {
    ...message,
    key: copy(message.key),
    value: copy(message.value),
    headers: message.headers.map(([name, value]) => [name, copy(value)]),
  };
}

/**
 * Messages of several partitions as one sequence, each partition's in its order: by their times, where a message counts as
 * not older than those before it.
 */
export function merged(partitions: readonly (readonly Message[])[]): Message[] {
  return partitions
    .flatMap((messages) => {
      let time = -1n;
      return messages.map((message) => {
        if (message.timestampMs > time) time = message.timestampMs;
        return { message, time };
      });
    })
    .sort((a, b) => Number(a.time - b.time))
    .map(({ message }) => message);
}
