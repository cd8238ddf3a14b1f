import * as vscode from 'vscode';
import {
  AppRuns,
  AskedVariables,
  BrokerChoice,
  BrokerHost,
  Commands,
  noticeFor,
  registerDebugging,
  registerEntryCommands,
  registerFolderCommands,
  registerRunCommands,
  registerStoreFileCommands,
  RunPreparation,
  RunSteps,
  Session,
  Topics,
  ValueDocuments,
  ValueLenses,
} from './ui/index';

/**
 * Builds the objects of the extension; VS Code calls it when the view, a command or a value is first asked for. What it
 * gives is for tests in the extension host, which cannot see the tree otherwise.
 */
export function activate(context: vscode.ExtensionContext): Session & { readonly topics: Topics } {
  const log = vscode.window.createOutputChannel('State Folder', { log: true });
  const broker = new BrokerHost(
    { program: context.asAbsolutePath('dist/broker'), storage: context.globalStorageUri.fsPath },
    log,
  );
  const kafkaModule = context.asAbsolutePath('dist/kafka.js');
  const preparation = new RunPreparation(
    new AskedVariables(context.secrets),
    new BrokerChoice(broker, context.workspaceState),
    context.workspaceState,
    kafkaModule,
    log,
  );
  const runs = new AppRuns(preparation, log);
  const session = new Session(context.workspaceState, log, runs);
  const { partitions, folders, tree, view, liveness } = session;
  const documents = new ValueDocuments(partitions, {
    isKnown: (path) => folders.isKnown(path),
    namesOf: (path) => session.namesOf(path),
    sentence: (error, path) => session.sentenceFor(error, path),
  });
  const lenses = new ValueLenses(documents, (path) => liveness.reasonOf(path));
  const commands = new Commands(log, (error) => noticeFor(error, { subject: 'State Folder' }, log));
  const steps = new RunSteps(commands, preparation, runs, log);
  const topics = new Topics(commands, {
    runs,
    broker,
    apps: () => folders.apps,
    kafkaModule,
    storage: context.storageUri ?? context.globalStorageUri,
    log,
  });
  context.subscriptions.push(
    log,
    broker,
    runs,
    session,
    documents,
    lenses,
    registerEntryCommands(commands, { partitions, documents, selection: () => view.selection }),
    registerFolderCommands(commands, { folders, partitions, tree, view, log }),
    registerStoreFileCommands(commands, {
      folders,
      tree,
      modulePath: context.asAbsolutePath('dist/files.js'),
      labelOf: (node) => session.labelOf(node),
    }),
    registerRunCommands(commands, { runs, broker, folders, steps }),
    topics,
    registerDebugging(commands, { folders, preparation, runs, steps, log }),
  );
  return Object.assign(session, { topics });
}
