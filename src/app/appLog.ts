// What a Quix Streams app tells of itself, read from what it prints. Its logger writes to stderr (quixstreams/logging.py):
//
//   [2026-11-24 03:10:04,214] [INFO] [quixstreams] : text          3.x
//   [2026-11-24 03:10:04,214] [INFO] : text                        before
//   [2026-11-24 03:10:04,214] [INFO] [my-source] [4711] : text     a source, with its process

import path from 'node:path';
import { lastWritten, terminalLine } from './terminalLine';
import { TracebackReader, type LoggedException } from './traceback';

export type { Frame, LoggedException } from './traceback';

export type AppLogEvent =
  | { readonly kind: 'configured'; readonly brokerAddress: string; readonly consumerGroup: string }
  /** absolute, without the consumer group */
  | { readonly kind: 'stateDirectory'; readonly path: string }
  | { readonly kind: 'running' }
  | { readonly kind: 'stopping' }
  | { readonly kind: 'recoveryBegun' }
  /** a broker that does not answer, `host:port` */
  | { readonly kind: 'noConnection'; readonly address: string }
  | {
      readonly kind: 'recovering';
      /** `{changelog topic}[{number}]` */
      readonly partition: string;
      readonly done: bigint;
      readonly total: bigint;
    }
  | { readonly kind: 'recovered'; readonly partition: string }
  | { readonly kind: 'recoveryComplete' }
  /** `path` of the partition; '' before quixstreams 3.24, whose log does not name it */
  | { readonly kind: 'waitingForLock'; readonly path: string }
  /** paths of partitions; told where the state's loggers are at DEBUG */
  | { readonly kind: 'opened'; readonly path: string }
  | { readonly kind: 'closed'; readonly path: string }
  | {
      readonly kind: 'failedMessage';
      readonly topic: string;
      readonly partition: number;
      readonly offset: bigint;
    }
  | { readonly kind: 'exception'; readonly exception: LoggedException };

/** Characters of a line that are looked at: no line of the library is longer. */
const longestLine = 64 << 10;
/** Of a record's text: patterns that may look twice are spared hostile ones. */
const longestRecord = 8 << 10;

/** It may follow what the app printed without a line feed: Python writes that apart, and so does its logger. */
const record =
  /\[\d{4}-\d\d-\d\d [\d:,]{8,12}\] \[([A-Z]{1,10})\] (?:\[[^\]]{0,200}\] ){0,2}: (.*)$/;

const recordAlone = new RegExp(`^${record.source}`);

/** Reads what an app prints, in whatever pieces it comes, and tells what it means. */
export class AppLog {
  /** of the line that has not ended */
  #pieces: string[] = [];
  #length = 0;
  readonly #traceback = new TracebackReader();

  constructor(private readonly heard: (event: AppLogEvent) => void) {}

  /** More of what the app prints: text of a terminal, with its sequences, or plain. */
  write(text: string): void {
    let from = 0;
    for (let to = text.indexOf('\n'); to >= 0; to = text.indexOf('\n', from)) {
      this.#take(text.slice(from, to));
      this.#endLine();
      from = to + 1;
    }
    this.#take(text.slice(from));
  }

  /** The app has ended. */
  end(): void {
    this.#endLine();
  }

  #take(piece: string): void {
    if (piece === '') return;
    this.#pieces.push(piece);
    this.#length += piece.length;
    if (this.#length <= 2 * longestLine) return;
    // Of a bar of progress, which is written over and over, only the last counts.
    const line = lastWritten(this.#pieces.join('')).slice(0, longestLine);
    this.#pieces = [line];
    this.#length = line.length;
  }

  #endLine(): void {
    const line =
      this.#length === 0 ? '' : terminalLine(this.#pieces.join('')).slice(0, longestLine);
    this.#pieces = [];
    this.#length = 0;
    // What another thread or process logs in the middle of a traceback does not end it.
    const told = !recordAlone.test(line) && this.#traceback.read(line);
    if (typeof told === 'object') this.heard({ kind: 'exception', exception: told });
    if (told !== false || line === '') return;
    const event = meaningOf(line);
    if (event !== undefined) this.heard(event);
  }
}

/** What it was working on: the message, or the one whose result it could not produce. */
const failedMessage =
  /^Failed to (?:process a Row|consume a message from Kafka|produce a message to Kafka): partition="(.+)\[(\d{1,9})\]" offset="(\d{1,19})"/;
/** What librdkafka says of a connection, be it through the library's logger or, `%3|…`, by itself. */
const failedConnection =
  /\bFAIL\b.{1,200}\]: (?:\w{1,20}:\/\/)?([^\s/]{1,260}:\d{1,5})\/(?:bootstrap|\d{1,10}): /;

function meaningOf(line: string): AppLogEvent | undefined {
  const address = failedConnection.exec(line.slice(0, longestRecord))?.[1];
  if (address !== undefined) return { kind: 'noConnection', address };
  const [, , whole] = record.exec(line) ?? [];
  if (whole === undefined) return undefined;
  const text = whole.slice(0, longestRecord);
  let found: RegExpExecArray | null;
  const is = (pattern: RegExp) => (found = pattern.exec(text)) !== null;
  const part = (i: number) => found?.[i] ?? '';
  if (
    is(/^Starting the Application with the config: broker_address="(.*?)" consumer_group="(.*?)" /)
  ) {
    return { kind: 'configured', brokerAddress: serversOf(part(1)), consumerGroup: part(2) };
  }
  if (is(/^Initializing state directory at "(.+)"$/)) {
    return { kind: 'stateDirectory', path: path.dirname(part(1)) };
  }
  if (is(/^(?:The application started and is now processing|Waiting for) incoming messages/)) {
    return { kind: 'running' };
  }
  if (is(/^(?:Stopping the application|Stop processing of StreamingDataFrame)/)) {
    return { kind: 'stopping' };
  }
  if (is(/^Beginning recovery check/)) return { kind: 'recoveryBegun' };
  if (is(/^Recovery process complete!/)) return { kind: 'recoveryComplete' };
  if (is(/^Recovery progress for <RecoveryPartition "(.+)">: (-?\d{1,19}) \/ (\d{1,19})$/)) {
    // The last offset that was read, of the offset that the next record will have.
    const done = BigInt(part(2)) + 1n;
    return { kind: 'recovering', partition: part(1), done, total: BigInt(part(3)) };
  }
  // 3.0 names the partition alone.
  if (is(/^Recovery successful for (?:<RecoveryPartition ")?([^"]+\])(?:">)?$/)) {
    return { kind: 'recovered', partition: part(1) };
  }
  if (is(/^Failed to open rocksdb partition(?: on "(.+?)")? ?, cannot acquire a lock/)) {
    return { kind: 'waitingForLock', path: part(1) };
  }
  if (is(/^Successfully opened rocksdb partition on "(.+?)"/)) {
    return { kind: 'opened', path: part(1) };
  }
  if (is(/^Closed rocksdb partition on "(.+?)"/)) return { kind: 'closed', path: part(1) };
  if (is(failedMessage)) {
    const [topic, partition, offset] = [part(1), Number(part(2)), BigInt(part(3))];
    return { kind: 'failedMessage', topic, partition, offset };
  }
  return undefined;
}

/**
 * Of `{'bootstrap.servers': 'localhost:9092', …}`, as the library prints its settings, the servers: what is beside them may
 * be secret.
 */
function serversOf(settings: string): string {
  if (!settings.startsWith('{')) return settings;
  return /'bootstrap\.servers': '([^']*)'/.exec(settings)?.[1] ?? '';
}
