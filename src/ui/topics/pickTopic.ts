import * as vscode from 'vscode';
import type { Topic } from '../../app/index';
import { printable } from '../../quixstreams/index';
import { commandIds } from '../contributions';
import { cancellable } from '../progress';
import { CommandNotice } from '../registerCommand';

/** The topic that a person chooses of those that a broker has; undefined when they choose none. @throws NoBrokerError */
export async function pickTopic(
  read: (signal: AbortSignal) => Promise<readonly Topic[]>,
  placeHolder: string,
): Promise<Topic | undefined> {
  const { l10n, window, commands } = vscode;
  const topics = await cancellable(l10n.t('Looking for topics'), read);
  if (topics.length === 0) {
    const text = l10n.t('The broker has no topics yet. An app makes its topics at its start.');
    const title = l10n.t('Run App with State');
    const run = () => commands.executeCommand(commandIds.runAppWithState);
    throw new CommandNotice({ text, actions: [{ title, run }] });
  }
  const items = topics.map((topic) => ({ label: printable(topic.name), topic }));
  return (await window.showQuickPick(items, { placeHolder }))?.topic;
}
