import * as vscode from 'vscode';
import {
  askFiles,
  countText,
  FilesError,
  type FilesAnswer,
  type FilesQuestion,
} from '../../app/index';
import { commandIds } from '../contributions';
import { CommandNotice, withoutLinks, type Commands } from '../registerCommand';
import { nodeOf } from '../value/entryCommands';
import { pickStore } from './pickStore';
import { folders, stores, type Choices, type StoreChoice } from './storeChoices';
import { StoreDocuments, storeUri } from './storeDocuments';
import type { StateFolders } from './stateFolders';
import type { StateTree } from './stateTree';
import type { StateNode } from './treeNodes';

const { l10n } = vscode;

/** What commands on the files of stores work on. */
export interface StoreFileCommandsHost {
  readonly folders: StateFolders;
  readonly tree: StateTree;
  /** the code of the thread that reads the files */
  readonly modulePath: string;
  /** what the tree calls a row */
  readonly labelOf: (node: StateNode) => string;
}

/** Verify Store, Show RocksDB Files, Show Disk Usage, Check State Folder: they only read, and work in a workspace that is not trusted. */
export function registerStoreFileCommands(
  commands: Commands,
  host: StoreFileCommandsHost,
): vscode.Disposable {
  const ask = (
    question: Pick<FilesQuestion, 'task' | 'directory'>,
    signal: AbortSignal,
    progress?: Parameters<typeof askFiles>[3],
  ) => {
    const follow = vscode.workspace.isTrusted;
    return askFiles(host.modulePath, { ...question, follow }, signal, progress);
  };
  const documents = new StoreDocuments({ isKnown: (path) => host.folders.isKnown(path), ask });

  const verify = async (target: unknown) => {
    const chosen = await choose(target, host, stores, l10n.t('Which store is to be verified?'));
    if (chosen === undefined) return;
    const title = l10n.t('Verifying {0}', chosen.name);
    const answer = await withProgress(title, (signal, report) =>
      ask({ task: 'verify', directory: chosen.path }, signal, report),
    );
    const uri = storeUri('verify', chosen.path, l10n.t('{0} verified', chosen.name));
    // Not waited for: a message stays until somebody closes it.
    void commands.attempt(async () => {
      const details = l10n.t('Show Details');
      const show = { damaged: 'showErrorMessage', unsupported: 'showWarningMessage' } as const;
      const message = answer.verdict === 'sound' ? 'showInformationMessage' : show[answer.verdict];
      const text = withoutLinks(resultText(chosen, answer));
      if ((await vscode.window[message](text, details)) !== details) return;
      await documents.show(uri, answer.text);
    });
  };

  const inspect = async (target: unknown) => {
    const chosen = await choose(
      target,
      host,
      stores,
      l10n.t("Which store's files are to be shown?"),
    );
    if (chosen === undefined) return;
    const question = { task: 'inspect', directory: chosen.path } as const;
    const { text } = await ask(question, new AbortController().signal).catch(told);
    const name = l10n.t('{0} RocksDB files', chosen.name);
    await documents.show(storeUri('inspect', chosen.path, name), text);
  };

  const showUsage = async (target: unknown) => {
    const placeHolder = l10n.t('Which state folder takes up how much?');
    const chosen = await choose(target, host, folders, placeHolder);
    if (chosen === undefined) return;
    const title = l10n.t('Reading {0}', chosen.name);
    const { text } = await withProgress(title, (signal) =>
      ask({ task: 'usage', directory: chosen.path }, signal),
    );
    const name = l10n.t('{0} disk usage', chosen.name);
    await documents.show(storeUri('usage', chosen.path, name), text);
  };

  const check = async (target: unknown) => {
    const placeHolder = l10n.t('Which state folder is to be checked?');
    const chosen = await choose(target, host, folders, placeHolder);
    if (chosen === undefined) return;
    const title = l10n.t('Checking {0}', chosen.name);
    const { text } = await withProgress(title, (signal, report) =>
      ask({ task: 'check', directory: chosen.path }, signal, report),
    );
    const name = l10n.t('{0} checked', chosen.name);
    await documents.show(storeUri('check', chosen.path, name), text);
  };

  return vscode.Disposable.from(
    documents,
    commands.register(commandIds.verifyStore, verify),
    commands.register(commandIds.showRocksdbFiles, inspect),
    commands.register(commandIds.showDiskUsage, showUsage),
    commands.register(commandIds.checkStateFolder, check),
  );
}

function resultText({ name }: StoreChoice, { verdict, findings, stores }: FilesAnswer): string {
  if (stores === 0) return l10n.t('{0} holds no store.', name);
  switch (verdict) {
    case 'sound':
      return l10n.t('{0}: every block and record was read. Nothing is damaged.', name);
    case 'unsupported':
      return l10n.t('{0} uses something that cannot be read. It is not verified.', name);
    case 'damaged':
      return findings === 1
        ? l10n.t('{0} is damaged.', name)
        : l10n.t('{0} is damaged in {1} places.', name, countText(findings));
  }
}

/** What a row stands for, or what the person picks. */
function choose(
  target: unknown,
  host: StoreFileCommandsHost,
  choices: Choices,
  placeHolder: string,
): Promise<StoreChoice | undefined> {
  const { tree, labelOf } = host;
  const node = target instanceof vscode.Uri ? tree.find(target.fsPath) : nodeOf(target);
  if (node !== undefined) return Promise.resolve(choices.of(node, labelOf));
  return pickStore(host, choices, placeHolder);
}

/** A notification with how far it is, and Cancel. @throws vscode.CancellationError, CommandNotice */
async function withProgress(
  title: string,
  run: (
    signal: AbortSignal,
    report: NonNullable<Parameters<typeof askFiles>[3]>,
  ) => Promise<FilesAnswer>,
): Promise<FilesAnswer> {
  const location = vscode.ProgressLocation.Notification;
  return vscode.window.withProgress({ location, title, cancellable: true }, (progress, token) => {
    const abort = new AbortController();
    token.onCancellationRequested(() => abort.abort(new vscode.CancellationError()));
    let shown = 0;
    return run(abort.signal, ({ done, total }) => {
      const percent = total === 0 ? 100 : Math.floor((done / total) * 100);
      progress.report({ message: `${percent}%`, increment: Math.max(0, percent - shown) });
      shown = percent;
    }).catch(told);
  });
}

/** What the thread says of a store that it cannot read is a sentence for people already. */
function told(error: unknown): never {
  if (error instanceof FilesError) throw new CommandNotice({ text: error.message, actions: [] });
  throw error;
}
