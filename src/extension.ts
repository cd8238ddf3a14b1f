import * as vscode from 'vscode';
import { DecodingThread } from './quixstreams/index';
import {
  AppRuns,
  AskedVariables,
  BrokerChoice,
  BrokerHost,
  Commands,
  FileDocuments,
  noticeFor,
  registerDebugging,
  registerEntryCommands,
  registerFilterCommands,
  registerFolderCommands,
  registerOpenAs,
  registerQuixYaml,
  registerRunCommands,
  registerStoreFileCommands,
  RunPreparation,
  RunSteps,
  SchemaFiles,
  Session,
  StoreFormats,
  Topics,
  ValueDecoder,
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
  const decoding = new DecodingThread({
    thread: context.asAbsolutePath('dist/formatsThread.js'),
    formats: context.asAbsolutePath('dist/formats.js'),
  });
  const decoder = new ValueDecoder(decoding, new SchemaFiles());
  const formats = new StoreFormats();
  const session = new Session(context.workspaceState, log, runs, decoder, formats);
  const { partitions, folders, tree, view, liveness } = session;
  const documents = new ValueDocuments(partitions, {
    isKnown: (path) => folders.isKnown(path),
    namesOf: (path) => session.namesOf(path),
    sentence: (error, path) => session.sentenceFor(error, path),
    decoder,
    formats,
  });
  const files = new FileDocuments({ isKnown: (path) => folders.isKnown(path), decoder });
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
  const selection = () => view.selection;
  context.subscriptions.push(
    log,
    broker,
    runs,
    session,
    documents,
    lenses,
    formats,
    files,
    { dispose: () => void decoding.dispose() },
    registerEntryCommands(commands, { partitions, documents, selection }),
    registerOpenAs(commands, { partitions, documents, files, decoder, formats, selection }),
    registerFolderCommands(commands, { folders, partitions, tree, view, log }),
    registerFilterCommands(commands, {
      folders,
      partitions,
      tree,
      view,
      patternsModule: context.asAbsolutePath('dist/patterns.js'),
      labelOf: (node) => session.labelOf(node),
      partitionCounts: () => topics.partitionCounts(),
    }),
    registerStoreFileCommands(commands, {
      folders,
      tree,
      modulePath: context.asAbsolutePath('dist/files.js'),
      labelOf: (node) => session.labelOf(node),
    }),
    registerRunCommands(commands, { runs, broker, folders, steps }),
    topics,
    registerQuixYaml(commands, log),
    registerDebugging(commands, { folders, preparation, runs, steps, log }),
  );
  return Object.assign(session, { topics });
}
