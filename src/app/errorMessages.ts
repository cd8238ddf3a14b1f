import { statSync } from 'node:fs';
import path from 'node:path';
import { printable } from '../quixstreams/index';
import {
  AccessError,
  CorruptionError,
  FileGoneError,
  NotADatabaseError,
  parseFileName,
  RocksDBError,
  UnsupportedFormatError,
  WalElsewhereError,
  WalMissingError,
  WalTailError,
} from '../rocksdb/index';
import type { Frame } from './appLog';
import { partitionLabel } from './failures';
import { MessageLineError } from './messageLines';
import { StateEditError, type StateEditObstacle } from './quixYaml/stateEditError';
import {
  AheadOfChangelogError,
  AppFailedError,
  AppKilledError,
  BrokerError,
  BrokerInCodeError,
  BrokerInUseError,
  IncompatibleStoreError,
  InstallError,
  LockedError,
  MissingVariableError,
  NoApplicationError,
  NoBrokerError,
  NoDebugpyError,
  NoInterpreterError,
  NoTokenError,
  PortInCodeInUseError,
  PortInUseError,
  SeveralPartitionsError,
  StoreIncompleteError,
  StoreRecreatedError,
  TooOldQuixStreamsError,
  UntrustedError,
} from './errors';

/** What a person can do about an error; the editor makes buttons of them. */
export type NextStep =
  | 'install'
  | 'selectInterpreter'
  | 'runAnyway'
  | 'stopApp'
  | 'restart'
  | 'useAnotherGroup'
  | 'showFailedMessage'
  | { readonly goTo: Frame }
  | { readonly copyFolder: readonly string[] }
  | { readonly reveal: string }
  /** the folder of a store */
  | { readonly verify: string }
  | { readonly open: string }
  | 'tryAgain'
  | 'reportIssue'
  | 'copyPath'
  | 'chooseFolder'
  | 'runApp'
  | 'useLocalBroker'
  | { readonly usePort: number }
  | 'openEnv'
  | 'openSettings'
  | 'manageTrust'
  | 'showLog';

/** A sentence for people, and what they can do next. */
export interface ErrorMessage {
  readonly text: string;
  readonly nextSteps: readonly NextStep[];
}

/** Names come from disk and from others: what could move a terminal's cursor in them is escaped. */
const sentence = (text: string, ...nextSteps: NextStep[]): ErrorMessage => ({
  text: printable(text),
  nextSteps,
});

/**
 * The sentence for an error. `subject` is what was read or run, as people call it: a partition as
 * quixstreams logs it (`f-in[0]`), an app's name, or a path.
 */
export function messageFor(error: unknown, subject: string): ErrorMessage {
  if (error instanceof RocksDBError) return messageForStore(error, subject);
  const forRun = messageForRun(error) ?? messageForFailure(error);
  if (forRun !== undefined) return forRun;
  const { code, message, path: file } = error as Partial<NodeJS.ErrnoException>;
  if (code === 'ENOENT') {
    const missing = file ?? subject;
    return sentence(`State folder "${missing}" does not exist yet. The app makes it.`, 'runApp');
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return noPermission(file ?? subject);
  }
  return sentence(`${subject}: ${message ?? String(error)}`, 'showLog');
}

const stateEditReasons: Readonly<Record<StateEditObstacle, string>> = {
  alias: 'it is written elsewhere, and an alias stands here',
  anchor: 'others use it by its anchor, and would change with it',
  twice: 'the same key is written twice',
  placeholder: 'a placeholder stands there, whose value is elsewhere',
  notAMap: 'what is written there is not what state has',
  tag: 'a tag stands there',
  unclear: 'no place for it was found that leaves the rest of the file as it is',
};

/** What keeps an app from being run. */
function messageForRun(error: unknown): ErrorMessage | undefined {
  if (error instanceof NoInterpreterError) {
    return error.tried.length === 0
      ? sentence(`No Python interpreter for "${error.app}".`, 'selectInterpreter', 'showLog')
      : sentence(
          `quixstreams is not installed in ${error.tried.join(', ')}.`,
          'install',
          'selectInterpreter',
        );
  }
  if (error instanceof TooOldQuixStreamsError) {
    const { version, interpreter, needed } = error;
    return sentence(
      `quixstreams ${version} in ${interpreter} is too old. State needs ${needed} or newer.`,
      'install',
      'selectInterpreter',
    );
  }
  if (error instanceof InstallError) {
    return sentence(`"${error.command}" failed. Its terminal says why.`, 'install');
  }
  if (error instanceof NoDebugpyError) {
    return sentence(`debugpy is not installed in ${error.interpreter}.`, 'install');
  }
  if (error instanceof PortInUseError) {
    const { port, free } = error;
    const step = free === undefined ? 'openSettings' : { usePort: free };
    return sentence(`Port ${port} is in use by another program.`, step);
  }
  if (error instanceof NoBrokerError) {
    const text = `No Kafka broker answers at ${error.address}.`;
    return sentence(text, 'useLocalBroker', 'openEnv');
  }
  if (error instanceof NoTokenError) {
    return sentence(
      `"${error.app}" connects to Quix Cloud, but Quix__Sdk__Token is not set.`,
      'useLocalBroker',
      'openEnv',
    );
  }
  if (error instanceof PortInCodeInUseError) {
    const { app, port, file } = error;
    return sentence(`Port ${port}, which "${app}" names in code, is in use by another program.`, {
      open: file,
    });
  }
  if (error instanceof BrokerInCodeError) {
    const { app, file, address } = error;
    return sentence(
      `"${app}" names its broker ${address} in code. Read it from a variable to use another.`,
      { open: file },
    );
  }
  if (error instanceof BrokerInUseError) {
    return sentence('Other programs are connected to the local broker. Stop them first.');
  }
  if (error instanceof MessageLineError) {
    return sentence(`Line ${error.line} is no message: ${error.reason}.`);
  }
  if (error instanceof StateEditError) {
    const { deployment, line, obstacle } = error;
    const state = deployment === undefined ? 'This state' : `The state of "${deployment}"`;
    return sentence(`${state} is not changed: ${stateEditReasons[obstacle]} (line ${line}).`);
  }
  if (error instanceof BrokerError) {
    return sentence(`The local broker does not run: ${error.reason}.`, 'showLog');
  }
  if (error instanceof LockedError) {
    const { partition, pid } = error;
    const holder = pid === undefined ? 'another process' : `process ${pid}`;
    const text = `${partition} is in use by ${holder}. Stop it first.`;
    return sentence(text, 'stopApp', 'runAnyway');
  }
  if (error instanceof SeveralPartitionsError) return messageForSeveral(error.errors);
  if (error instanceof StoreIncompleteError) {
    const { partition, path: folder, cause } = error;
    const file = cause instanceof CorruptionError ? path.basename(cause.file) : 'A file';
    return sentence(
      `${file} of ${partition} is missing. The app cannot open it.`,
      { copyFolder: [folder] },
      { reveal: folder },
      'runAnyway',
    );
  }
  if (error instanceof AheadOfChangelogError && error.seen !== undefined) {
    const { partition, offset, end } = error.seen;
    return sentence(
      `${partition} is at offset ${offset}, its changelog ends at ${end}. Counts may be wrong.`,
      'useAnotherGroup',
      'runAnyway',
    );
  }
  if (error instanceof StoreRecreatedError) {
    const { partition, path: folder } = error;
    return sentence(
      `${partition} is damaged. The app will destroy it and restore it from the changelog.`,
      { copyFolder: [folder] },
      'runAnyway',
    );
  }
  if (error instanceof NoApplicationError) {
    return sentence('No Quix Streams app found here. Open its main file and run it again.');
  }
  if (error instanceof UntrustedError) {
    return sentence('Restricted Mode: nothing runs, installs or writes.', 'manageTrust');
  }
  return undefined;
}

/** The same of several partitions: named, the first few of them. */
function messageForSeveral(
  errors: readonly (Error & { readonly partition: string })[],
): ErrorMessage {
  const names = errors.slice(0, 3).map(({ partition }) => partition);
  if (errors.length > names.length) names.push(`${errors.length - names.length} more`);
  const all = names.join(', ');
  const [first] = errors;
  if (first instanceof LockedError) {
    const pids = new Set(errors.map((one) => (one instanceof LockedError ? one.pid : undefined)));
    const holder = pids.size === 1 ? `process ${first.pid}` : 'other processes';
    return sentence(`${all} are in use by ${holder}. Stop it first.`, 'stopApp', 'runAnyway');
  }
  const folders = errors.flatMap((one) => ('path' in one ? [String(one.path)] : []));
  return sentence(
    first instanceof StoreRecreatedError
      ? `${all} are damaged. The app will destroy them and restore them from the changelog.`
      : `${all} lack files. The app cannot open them.`,
    { copyFolder: folders },
    'runAnyway',
  );
}

/** Why an app ended. */
function messageForFailure(error: unknown): ErrorMessage | undefined {
  const notCommitted = 'The latest checkpoint is not committed.';
  if (error instanceof AppFailedError) {
    const { app, place, error: text, failedMessage } = error;
    const at = place === undefined ? '' : ` at ${path.basename(place.file)}:${place.line}`;
    const message =
      failedMessage === undefined
        ? ''
        : ` It worked on message ${failedMessage.offset} of ${failedMessage.topic}[${failedMessage.partition}].`;
    return sentence(
      `"${app}" failed${at}: ${text.replace(/\.$/, '')}. ${notCommitted}${message}`,
      ...(place === undefined ? [] : [{ goTo: place }]),
      ...(failedMessage === undefined ? [] : (['showFailedMessage'] as const)),
      'showLog',
    );
  }
  if (error instanceof MissingVariableError) {
    const { app, variable, place } = error;
    return sentence(
      `"${app}" reads ${variable}, which is not set.`,
      'openEnv',
      ...(place === undefined ? [] : [{ goTo: place }]),
    );
  }
  if (error instanceof IncompatibleStoreError) {
    const { app, path: folder } = error;
    return sentence(
      `"${app}" cannot open ${folder === undefined ? 'a partition' : partitionLabel(folder)}: its TTL has a format that this quixstreams does not know. Quix Streams asks to delete its folder.`,
      ...(folder === undefined ? [] : [{ reveal: folder }]),
    );
  }
  if (error instanceof AheadOfChangelogError) {
    return sentence(
      `The state of "${error.app}" is ahead of its changelog, which was deleted or made anew. Counts may be wrong.`,
      'useAnotherGroup',
    );
  }
  if (error instanceof AppKilledError) {
    return sentence(
      `"${error.app}" ended with exit code ${error.exitCode}. ${notCommitted}`,
      'restart',
      'showLog',
    );
  }
  return undefined;
}

function messageForStore(error: RocksDBError, subject: string): ErrorMessage {
  const file = path.basename(error.file);
  if (error instanceof CorruptionError) {
    if (error.reason === 'missing') {
      return sentence(`${file} of ${subject} is missing. It cannot be read without.`);
    }
    const at = error.offset === undefined ? '' : ` at byte ${error.offset}`;
    // Without its MANIFEST or CURRENT nothing of a store can be read, without a table the rest of it.
    const isTable = parseFileName(file)?.kind === 'table';
    return isTable
      ? sentence(`${file} is damaged${at}. The rest of ${subject} is shown.`, {
          verify: path.dirname(error.file),
        })
      : sentence(`${file} is damaged${at}. ${subject} cannot be shown.`);
  }
  if (error instanceof UnsupportedFormatError) {
    const text = `${file} uses ${error.reason}, which cannot be read. It is not shown.`;
    return sentence(text, 'reportIssue');
  }
  if (error instanceof FileGoneError) {
    return sentence(`${subject} changes faster than it can be read.`, 'tryAgain');
  }
  if (error instanceof AccessError) {
    return noPermission(error.file);
  }
  if (error instanceof NotADatabaseError) {
    return sentence(`${subject} is not a store: it has no CURRENT.`, 'copyPath');
  }
  if (error instanceof WalTailError) {
    return error.torn
      ? sentence(`${file} ends in the middle of a write. All before it is shown.`)
      : sentence(
          `${file} is damaged at byte ${error.offset} (${error.reason}). RocksDB drops what follows; all before it is shown.`,
        );
  }
  if (error instanceof WalMissingError) {
    return sentence(
      `${file} of ${subject} is missing. Checkpoints since the last flush are not shown.`,
    );
  }
  if (error instanceof WalElsewhereError) {
    const missing = 'Checkpoints since the last flush are not shown.';
    const place = `The WAL of ${subject} is in ${error.file}`;
    return error.reason === 'not followed'
      ? sentence(`${place}, where Restricted Mode does not look. ${missing}`, 'manageTrust')
      : sentence(`${place}, which is not here. ${missing}`, 'chooseFolder');
  }
  return sentence(`${subject}: ${error.message}`, 'showLog');
}

function noPermission(file: string): ErrorMessage {
  const uid = ownerOf(file);
  const owner = uid === undefined ? '' : `, owned by user ${uid}`;
  return sentence(`No permission to read ${file}${owner}.`, 'copyPath');
}

/** The owner of a file, or of the folder that hides it; Windows has none. */
function ownerOf(file: string): number | undefined {
  if (process.platform === 'win32') return undefined;
  for (const at of [file, path.dirname(file)]) {
    try {
      return statSync(at).uid;
    } catch {
      // not even that
    }
  }
  return undefined;
}
