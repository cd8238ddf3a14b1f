import * as vscode from 'vscode';
import { MessageLineError, type Topic } from '../../app/index';
import { printable } from '../../quixstreams/index';
import { commandIds, messagesScheme } from '../contributions';
import { cancellable } from '../progress';
import { CommandNotice, type Commands } from '../registerCommand';
import { pickTopic } from './pickTopic';
import { mostPerSecond, sendAtRate, sendLines, type Sending } from './sendMessages';
import { isTestMessages, type TestMessages } from './testMessages';
import type { TopicsRow } from './topicRows';
import { localBroker, type UsedBroker } from './usedBroker';

/** A file that is replayed is read at once. */
const mostFileBytes = 50_000_000;

/** Test messages in the editor, and where they go. */
interface OpenMessages {
  readonly document: vscode.TextDocument;
  readonly topic: Topic;
}

/** Messages that are sent again as they were. */
interface Replayed {
  readonly text: string;
  /** where they are shown; undefined: in no editor */
  readonly document: vscode.TextDocument | undefined;
}

/** Send Test Message, and what an editor of test messages does: Send Messages, Send at a Rate, Replay File. */
export function registerSendCommands(
  commands: Commands,
  { used, tests }: { readonly used: UsedBroker; readonly tests: TestMessages },
): vscode.Disposable {
  const { l10n, window } = vscode;
  /** Sends each line once; what is wrong with one is shown at that line. */
  const send = async ({ document, topic }: OpenMessages, text: string, replayed?: Replayed) => {
    const work = (sending: Sending) => sendLines(text, replayed === undefined, sending);
    await atLine(replayed === undefined ? document : replayed.document, () =>
      cancellable(sendingTo(topic), (signal) =>
        tests.send(document.uri, topic, signal, () => undefined, work),
      ),
    );
  };
  /** Sends until it is told to stop. */
  const keepSending = async ({ document, topic }: OpenMessages, rate: number) => {
    const text = document.getText();
    const title = sendingTo(topic);
    const location = vscode.ProgressLocation.Notification;
    const run = (
      progress: vscode.Progress<{ message: string }>,
      stop: vscode.CancellationToken,
    ) => {
      const abort = new AbortController();
      stop.onCancellationRequested(() => abort.abort());
      const sent = (count: number) => progress.report({ message: l10n.t('{0} sent', count) });
      const work = (sending: Sending) => sendAtRate(text, rate, sending);
      return tests.send(document.uri, topic, abort.signal, sent, work).catch((error: unknown) => {
        if (!abort.signal.aborted) throw error;
      });
    };
    await atLine(document, () => window.withProgress({ location, title, cancellable: true }, run));
  };
  return vscode.Disposable.from(
    commands.registerTrusted(commandIds.sendTestMessage, async (target) => {
      const row = target as Partial<TopicsRow> | undefined;
      if (used.broker !== localBroker) throw new CommandNotice(notLocal(used.broker));
      const topic = row?.kind === 'topic' ? row.topic : (await topicToSendTo(tests))?.name;
      if (topic === undefined) return;
      const title = l10n.t('Reading messages of {0}', printable(topic));
      const file = await cancellable(title, (signal) => tests.fileOf(topic, signal));
      await window.showTextDocument(file, { preview: false });
    }),
    commands.registerTrusted(commandIds.sendMessages, async (target) => {
      const open = await openMessages(target, tests);
      if (open === undefined) return;
      await send(open, open.document.getText());
    }),
    commands.registerTrusted(commandIds.sendAtARate, async (target) => {
      const open = await openMessages(target, tests);
      const rate = open === undefined ? undefined : await askForRate(open.topic);
      if (open === undefined || rate === undefined) return;
      await keepSending(open, rate);
    }),
    commands.registerTrusted(commandIds.replayFile, async (target) => {
      const open = await openMessages(target, tests);
      const source = open === undefined ? undefined : await textToReplay(open.topic);
      if (open === undefined || source === undefined) return;
      await send(open, source.text, source);
    }),
  );
}

function notLocal(broker: string) {
  const text = vscode.l10n.t(
    'Test messages are sent to the local broker only. The app that runs uses {0}.',
    printable(broker),
  );
  return { text, actions: [] };
}

function topicToSendTo(tests: TestMessages): Promise<Topic | undefined> {
  const { l10n } = vscode;
  return pickTopic((signal) => tests.topics(signal), l10n.t('Send to which topic?'));
}

/** The test messages of the editor that is meant, saved, and the topic that they are for. */
async function openMessages(
  target: unknown,
  tests: TestMessages,
): Promise<OpenMessages | undefined> {
  const uri = target instanceof vscode.Uri ? target : vscode.window.activeTextEditor?.document.uri;
  if (uri === undefined || !isTestMessages(uri)) return undefined;
  const document = await vscode.workspace.openTextDocument(uri);
  const title = vscode.l10n.t('Looking for the topic');
  const topics = await cancellable(title, (signal) => tests.topics(signal));
  const topic = tests.topicOf(uri, topics) ?? (await topicToSendTo(tests));
  if (topic === undefined) return undefined;
  await document.save();
  return { document, topic };
}

const sendingTo = ({ name }: Topic) => vscode.l10n.t('Sending to {0}', printable(name));

/** Does something with the messages of a document; selects the line that is none. */
async function atLine(
  document: vscode.TextDocument | undefined,
  work: () => Thenable<unknown>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof MessageLineError && document !== undefined)
      await showLine(document, error);
    throw error;
  }
}

async function showLine(document: vscode.TextDocument, { line }: MessageLineError): Promise<void> {
  const at = document.lineAt(Math.min(line, document.lineCount) - 1).range;
  await vscode.window.showTextDocument(document, { selection: at });
}

/** How many a second; undefined when the person gives none. */
async function askForRate(topic: Topic): Promise<number | undefined> {
  const { l10n, window } = vscode;
  const text = await window.showInputBox({
    title: l10n.t('Send to {0} at a Rate', printable(topic.name)),
    prompt: l10n.t(
      'Messages a second. In the lines, {0} counts, {1} gives five numbers in turn, {2} is a number from 0 to 100, {3} the time.',
      '${n}',
      '${n%5}',
      '"${random}"',
      '"${now}"',
    ),
    value: '10',
    validateInput: (given) => {
      const rate = Number(given);
      return rate >= 0.1 && rate <= mostPerSecond
        ? undefined
        : l10n.t('A number from 0.1 to {0}.', mostPerSecond);
    },
  });
  return text === undefined ? undefined : Number(text);
}

/** What is replayed: messages that are shown, or a file. */
async function textToReplay(topic: Topic): Promise<Replayed | undefined> {
  const { l10n, window, workspace } = vscode;
  const shown = workspace.textDocuments.filter(({ uri }) => uri.scheme === messagesScheme);
  if (shown.length > 0) {
    const fromFile = { label: l10n.t('Choose File...'), document: undefined };
    const items = shown.map((document) => ({
      label: document.uri.path.slice(1),
      document,
    }));
    const placeHolder = l10n.t('Replay which messages to {0}?', printable(topic.name));
    const chosen = await window.showQuickPick([...items, fromFile], { placeHolder });
    if (chosen === undefined) return undefined;
    if (chosen.document !== undefined) {
      return { text: chosen.document.getText(), document: chosen.document };
    }
  }
  const [file] =
    (await window.showOpenDialog({
      title: l10n.t('Replay to {0}', printable(topic.name)),
      filters: { 'JSON Lines': ['jsonl', 'ndjson', 'json'] },
    })) ?? [];
  if (file === undefined) return undefined;
  const { size } = await workspace.fs.stat(file);
  if (size > mostFileBytes) {
    const text = l10n.t('{0} is larger than 50 MB.', printable(file.path));
    throw new CommandNotice({ text, actions: [] });
  }
  const bytes = await workspace.fs.readFile(file);
  return { text: Buffer.from(bytes).toString('utf8'), document: undefined };
}
