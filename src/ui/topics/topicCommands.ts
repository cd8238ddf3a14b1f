import * as vscode from 'vscode';
import {
  AppFailedError,
  changelogOf,
  countText,
  type Application,
  type Topic,
} from '../../app/index';
import { printable } from '../../quixstreams/index';
import { commandIds, topicsViewId } from '../contributions';
import { CommandNotice, type Commands } from '../registerCommand';
import type { AppRuns } from '../run/appRuns';
import type { BrokerHost } from '../run/brokerHost';
import { nodeOf } from '../value/entryCommands';
import type { KafkaConnections } from './kafkaConnections';
import { usualCount, type MessageDocuments } from './messageDocuments';
import type { MessageRange } from './messageRange';
import { pickTopic } from './pickTopic';
import type { MoreRow, TopicsRow } from './topicRows';
import type { TopicsView } from './topicsView';
import type { UsedBroker } from './usedBroker';

export interface TopicCommandsHost {
  readonly runs: AppRuns;
  readonly broker: BrokerHost;
  readonly apps: () => readonly Application[];
  readonly connections: KafkaConnections;
  readonly used: UsedBroker;
  readonly documents: MessageDocuments;
  readonly view: TopicsView;
}

/** Show Messages, Show Failed Message, Reset Local Broker, and what their documents and rows do. */
export function registerTopicCommands(
  commands: Commands,
  host: TopicCommandsHost,
): vscode.Disposable {
  const { documents, used, view } = host;
  return vscode.Disposable.from(
    commands.registerTrusted(commandIds.showMessages, async (target) => {
      const range = rangeOf(target, used);
      if (range !== undefined) await documents.show(range);
      else await showChosen(host);
    }),
    commands.registerTrusted(commandIds.showFailedMessage, (target) =>
      showFailed(host, target as Application | undefined),
    ),
    commands.registerTrusted(commandIds.refreshMessages, async (target) => {
      const uri = documentOf(target);
      if (uri !== undefined) await documents.refresh(uri);
    }),
    commands.registerTrusted(commandIds.showOlderMessages, async (target) => {
      const uri = documentOf(target);
      if (uri === undefined) return;
      const text = vscode.l10n.t('There are no older messages to show.');
      if (!(await documents.showOlder(uri))) throw new CommandNotice({ text, actions: [] });
    }),
    commands.register(commandIds.loadMoreTopics, (target) => {
      if (target !== undefined) view.loadMore(target as MoreRow);
    }),
    commands.registerTrusted(commandIds.resetLocalBroker, () => reset(host)),
  );
}

/** What a row stands for; of a message key in the State view, its messages. */
function rangeOf(target: unknown, { broker }: UsedBroker): MessageRange | undefined {
  const node = nodeOf(target);
  if (node?.kind === 'messageKey') {
    const { streamId, partition } = node.partition;
    const key = Buffer.from(node.messageKey.prefix).toString('hex');
    return streamId === undefined
      ? undefined
      : { broker, topic: streamId, partition: partition.number, key };
  }
  const row = target as Partial<TopicsRow> | undefined;
  if (row?.kind === 'topic' && row.topic !== undefined) return { broker, topic: row.topic };
  if (row?.kind === 'partition' && row.topic !== undefined && 'partition' in row) {
    return { broker, topic: row.topic, partition: row.partition };
  }
  return undefined;
}

function documentOf(target: unknown): vscode.Uri | undefined {
  return target instanceof vscode.Uri ? target : vscode.window.activeTextEditor?.document.uri;
}

/** Asks which topic, which of its messages, and how many. */
async function showChosen({ documents, used }: TopicCommandsHost): Promise<void> {
  const { l10n, window } = vscode;
  const { broker } = used;
  const topics = async (signal: AbortSignal) =>
    sorted(await used.ask(broker, signal, (kafka) => kafka.topics(signal)));
  const topic = await pickTopic(topics, l10n.t('Show messages of which topic?'));
  if (topic === undefined) return;
  const { name, partitions } = topic;
  const title = printable(name);
  const all = l10n.t('All partitions');
  const ofKey = l10n.t('Messages of one key...');
  const numbers = partitions.length === 1 ? [] : partitions.map(({ number }) => `[${number}]`);
  const chosen = await window.showQuickPick([all, ofKey, ...numbers], { title });
  if (chosen === undefined) return;
  if (chosen === ofKey) {
    const prompt = l10n.t('The key as text');
    const text = await window.showInputBox({ title, prompt });
    const key = text === undefined ? undefined : Buffer.from(text).toString('hex');
    if (key !== undefined) await documents.show({ broker, topic: name, key });
    return;
  }
  const partition = chosen === all ? undefined : Number(chosen.slice(1, -1));
  const counts = [usualCount, 10 * usualCount, 100 * usualCount].map((count) => ({
    label: l10n.t('The last {0} messages', countText(count)),
    count,
  }));
  const count = (await window.showQuickPick(counts, { title }))?.count;
  if (count !== undefined) await documents.show({ broker, topic: name, partition }, count);
}

/** By name, changelogs last. */
function sorted(topics: readonly Topic[]): Topic[] {
  const order = ({ name }: Topic) => (changelogOf(name) === undefined ? '0' : '1') + name;
  return [...topics].sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

/** The message that an app failed at, of the broker that it used: of a run that ended, the local one may have to be started. */
async function showFailed(
  { apps, runs, used, documents }: TopicCommandsHost,
  target: Application | undefined,
): Promise<void> {
  const error = target === undefined ? runs.newestFailure : runs.lastFailure(target);
  const failed = error instanceof AppFailedError ? error.failedMessage : undefined;
  if (failed === undefined) {
    const text = vscode.l10n.t('No app of this window has failed at a message.');
    throw new CommandNotice({ text, actions: [] });
  }
  const app = target ?? apps().find((one) => runs.lastFailure(one) === error);
  const broker = (app && used.brokerOfLastRun(app)) ?? used.broker;
  const { topic, partition, offset } = failed;
  await documents.show({ broker, topic, partition, offset: String(offset) });
}

/** All that the local broker keeps goes, once the person agreed and our apps have ended. */
async function reset({ runs, broker, connections, view }: TopicCommandsHost): Promise<void> {
  const { l10n, window } = vscode;
  const users = runs.onLocalBroker;
  const names = users.map(({ name }) => `"${printable(name)}"`).join(', ');
  const lost = l10n.t('Delete all topics, messages and offsets of the local broker?');
  const kept = l10n.t(
    'State folders stay as they are. An app that goes on with one is ahead of its changelog, and counts may be wrong: delete its state folder too, or use another consumer group.',
  );
  const inUse = l10n.t('The local broker is in use by {0}.', names);
  const confirm =
    users.length === 0 ? l10n.t('Reset Local Broker') : l10n.t('Stop Apps and Reset Broker');
  const detail = users.length === 0 ? kept : `${inUse}\n\n${kept}`;
  const chosen = await window.showWarningMessage(lost, { modal: true, detail }, confirm);
  if (chosen !== confirm) return;
  if (!(await runs.stopAll(users))) return;
  const location = { viewId: topicsViewId };
  // Our own connection is one, too.
  await window.withProgress({ location }, () => connections.without(() => broker.reset()));
  view.refresh();
}
