import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import { changelogOf, messageLine, timeText, type Kafka, type Topic } from '../../app/index';
import { pathSegment } from '../value/valueUri';
import type { Sending } from './sendMessages';
import { localBroker, type UsedBroker } from './usedBroker';

/** What a topic's file of test messages ends in. */
const suffix = '.messages.jsonl';

/** Messages to try an app with: a file for each topic, kept, and sent to the local broker only. */
export class TestMessages implements vscode.Disposable {
  readonly #said = new Map<string, string>();
  readonly #sent = new vscode.EventEmitter<void>();
  /** Messages were sent; `lastSent` says how many. */
  readonly onDidSend = this.#sent.event;

  constructor(
    private readonly used: UsedBroker,
    private readonly folder: vscode.Uri,
  ) {}

  /** The topics of the local broker that messages can be sent to: changelogs are written by their apps alone. */
  async topics(signal: AbortSignal): Promise<Topic[]> {
    const topics = await this.used.ask(localBroker, signal, (kafka) => kafka.topics(signal));
    return topics
      .filter(({ name }) => changelogOf(name) === undefined)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The file of a topic's test messages: as it was left, or with the newest message of the topic. */
  async fileOf(topic: string, signal: AbortSignal): Promise<vscode.Uri> {
    const file = this.#fileOf(topic);
    if (!(await exists(file))) {
      const line = await this.used.ask(localBroker, signal, (kafka) =>
        template(kafka, topic, signal),
      );
      await vscode.workspace.fs.writeFile(file, Buffer.from(`${line}\n`));
    }
    return file;
  }

  /** The topic, of those, whose test messages a file holds. */
  topicOf(file: vscode.Uri, topics: readonly Topic[]): Topic | undefined {
    return topics.find(({ name }) => this.#fileOf(name).toString() === file.toString());
  }

  /** Sends to the local broker; gives how many. @throws what `send` throws */
  async send(
    file: vscode.Uri,
    topic: Topic,
    signal: AbortSignal,
    sent: (count: number) => void,
    send: (sending: Sending) => Promise<void>,
  ): Promise<number> {
    let count = 0;
    const heard = (now: number) => {
      count = now;
      sent(now);
    };
    try {
      await this.used.ask(localBroker, signal, (kafka) =>
        send({ kafka, topic, signal, sent: heard }),
      );
    } finally {
      if (count > 0) this.#say(file, count);
    }
    return count;
  }

  /** What was sent last from a file. */
  lastSent(file: vscode.Uri): string | undefined {
    return this.#said.get(file.toString());
  }

  dispose(): void {
    this.#sent.dispose();
  }

  #say(file: vscode.Uri, count: number): void {
    const { t } = vscode.l10n;
    const time = timeText(Date.now());
    const text =
      count === 1 ? t('1 message sent at {0}', time) : t('{0} messages sent at {1}', count, time);
    this.#said.set(file.toString(), text);
    this.#sent.fire();
    vscode.window.setStatusBarMessage(text, 5000);
  }

  /** Names are cut in file names, and some systems take no difference of case for one. */
  #fileOf(topic: string): vscode.Uri {
    const digest = createHash('sha256').update(topic).digest('hex').slice(0, 16);
    return vscode.Uri.joinPath(this.folder, digest, `${pathSegment(topic)}${suffix}`);
  }
}

/** Whether a file holds test messages. */
export function isTestMessages({ scheme, path }: vscode.Uri): boolean {
  return scheme === 'file' && path.endsWith(suffix);
}

/** The newest message of a topic, as a line to be changed and sent: where and when it was is not its own any more. */
async function template(kafka: Kafka, topic: string, signal: AbortSignal): Promise<string> {
  const { messages } = await kafka.lastMessages(topic, { count: 1, signal });
  const [newest] = messages;
  if (newest === undefined) return '{"key":"key","value":{}}';
  return messageLine(newest).replace(/^\{"partition":\d+,"offset":\d+,"time":[^,]+,/, '{');
}

async function exists(file: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(file);
    return true;
  } catch {
    return false;
  }
}
