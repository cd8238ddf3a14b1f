import * as vscode from 'vscode';
import {
  AppRuns,
  BrokerHost,
  Commands,
  noticeFor,
  registerEntryCommands,
  registerFolderCommands,
  registerRunCommands,
  Session,
  ValueDocuments,
  ValueLenses,
} from './ui/index';

/**
 * Builds the objects of the extension; VS Code calls it when the view, a command or a value is first asked for. What it
 * gives is for tests in the extension host, which cannot see the tree otherwise.
 */
export function activate(context: vscode.ExtensionContext): Session {
  const log = vscode.window.createOutputChannel('State Folder', { log: true });
  const broker = new BrokerHost(
    { program: context.asAbsolutePath('dist/broker'), storage: context.globalStorageUri.fsPath },
    log,
  );
  const runs = new AppRuns(broker, log);
  const session = new Session(context.workspaceState, log, runs);
  const { partitions, folders, tree, view, liveness } = session;
  const documents = new ValueDocuments(partitions, {
    isKnown: (path) => folders.isKnown(path),
    namesOf: (path) => session.namesOf(path),
    sentence: (error, path) => session.sentenceFor(error, path),
  });
  const lenses = new ValueLenses(documents, (path) => liveness.reasonOf(path));
  const commands = new Commands(log, (error) => noticeFor(error, { subject: 'State Folder' }, log));
  context.subscriptions.push(
    log,
    broker,
    runs,
    session,
    documents,
    lenses,
    registerEntryCommands(commands, { partitions, documents, selection: () => view.selection }),
    registerFolderCommands(commands, { folders, partitions, tree, view, log }),
    registerRunCommands(commands, { runs, broker, folders, log }),
  );
  return session;
}
