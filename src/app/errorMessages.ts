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
import {
  BrokerError,
  NoApplicationError,
  NoBrokerError,
  NoInterpreterError,
  PortInUseError,
  UntrustedError,
} from './errors';

/** What a person can do about an error; the editor makes buttons of them. */
export type NextStep =
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
  if (error instanceof NoInterpreterError) {
    return error.tried.length === 0
      ? sentence(`No Python interpreter for "${error.app}".`, 'showLog')
      : sentence(`quixstreams is not installed in ${error.tried.join(', ')}.`, 'showLog');
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
  if (error instanceof BrokerError) {
    return sentence(`The local broker does not run: ${error.reason}.`, 'showLog');
  }
  if (error instanceof NoApplicationError) {
    return sentence('No Quix Streams app found here. Open its main file and run it again.');
  }
  if (error instanceof UntrustedError) {
    return sentence('Restricted Mode: nothing runs, installs or writes.', 'manageTrust');
  }
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

function messageForStore(error: RocksDBError, subject: string): ErrorMessage {
  const file = path.basename(error.file);
  if (error instanceof CorruptionError) {
    if (error.reason === 'missing') {
      return sentence(`${file} of ${subject} is missing. It cannot be read without.`);
    }
    const at = error.offset === undefined ? '' : ` at byte ${error.offset}`;
    // Without its MANIFEST or CURRENT nothing of a store can be read, without a table the rest of it.
    return parseFileName(file)?.kind === 'table'
      ? sentence(`${file} is damaged${at}. The rest of ${subject} is shown.`)
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
