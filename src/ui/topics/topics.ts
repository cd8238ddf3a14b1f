import * as vscode from 'vscode';
import { connectKafka, type Application } from '../../app/index';
import type { Commands } from '../registerCommand';
import type { AppRuns } from '../run/appRuns';
import type { BrokerHost } from '../run/brokerHost';
import { KafkaConnections } from './kafkaConnections';
import { MessageDocuments } from './messageDocuments';
import { MessageLenses } from './messageLenses';
import { registerSendCommands } from './sendCommands';
import { TestMessageLenses } from './testMessageLenses';
import { TestMessages } from './testMessages';
import { registerTopicCommands } from './topicCommands';
import { TopicsView } from './topicsView';
import { UsedBroker } from './usedBroker';

export interface TopicsHost {
  readonly runs: AppRuns;
  readonly broker: BrokerHost;
  readonly apps: () => readonly Application[];
  /** the file with the Kafka client */
  readonly kafkaModule: string;
  /** where test messages are kept */
  readonly storage: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
}

/** The Topics view, messages of topics as documents, and messages to be sent. */
export class Topics implements vscode.Disposable {
  readonly view: TopicsView;
  readonly #subscriptions: vscode.Disposable;

  readonly #used: UsedBroker;

  constructor(commands: Commands, host: TopicsHost) {
    const { runs, broker, apps, log } = host;
    const connections = new KafkaConnections((address) => connectKafka(host.kafkaModule, address));
    const used = new UsedBroker(runs, broker, apps, connections);
    this.#used = used;
    this.view = new TopicsView(connections, used, log);
    const { view } = this;
    const documents = new MessageDocuments(used);
    const tests = new TestMessages(used, vscode.Uri.joinPath(host.storage, 'messages'));
    this.#subscriptions = vscode.Disposable.from(
      used,
      view,
      documents,
      new MessageLenses(documents),
      tests,
      tests.onDidSend(() => view.refresh()),
      new TestMessageLenses(tests),
      registerTopicCommands(commands, { runs, broker, apps, connections, used, documents, view }),
      registerSendCommands(commands, { used, tests }),
      { dispose: () => void connections.close() },
    );
  }

  /** How many partitions each topic of the broker in use has; nothing is asked where none runs, or nothing may. */
  async partitionCounts(): Promise<ReadonlyMap<string, number>> {
    const { broker, address } = this.#used;
    if (!vscode.workspace.isTrusted || address === undefined) return new Map();
    const topics = await this.#used.ask(broker, undefined, (kafka) => kafka.topics());
    return new Map(topics.map(({ name, partitions }) => [name, partitions.length]));
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }
}
