import path from 'node:path';
import { isInside } from '../statefolder/index';
import type { Frame, LoggedException } from './appLog';
import type { AppProgress } from './appProgress';
import {
  AheadOfChangelogError,
  AppFailedError,
  AppKilledError,
  IncompatibleStoreError,
  LockedError,
  MissingVariableError,
  NoBrokerError,
  NoInterpreterError,
  NoTokenError,
} from './errors';
import type { Application } from './findApplications';

/** What a run was given, for what its log does not name, or should not. */
export interface Given {
  /** `host:port` */
  readonly broker?: string | undefined;
  readonly interpreter?: string;
  /** values that are never shown */
  readonly secrets?: readonly string[];
}

/**
 * Why an app ended that nobody stopped, as far as its log and its exit code tell; undefined where it ended well, was
 * interrupted, or nothing is known.
 */
export function failureOf(
  progress: AppProgress,
  app: Application,
  exitCode: number | undefined,
  given: Given = {},
): Error | undefined {
  const last = progress.exceptions.at(-1);
  if (exitCode === 0 || (exitCode !== undefined && interrupted.has(exitCode))) return undefined;
  if (last?.type === 'KeyboardInterrupt') return undefined;
  // What was logged before a signal, or a crash, is not why.
  const crashed = exitCode !== undefined && (exitCode < 0 || exitCode > 128);
  if (last !== undefined && !crashed) return errorOf(progress, app, last, given);
  return exitCode === undefined ? undefined : new AppKilledError(app.name, exitCode);
}

/** SIGINT, and Windows' STATUS_CONTROL_C_EXIT, unsigned and signed. */
const interrupted = new Set([130, 0xc000013a, 0xc000013a | 0]);

function errorOf(
  progress: AppProgress,
  app: Application,
  last: LoggedException,
  given: Given,
): Error {
  const { unreachable, broker } = progress;
  const chain = chainOf(progress.exceptions);
  const raised = (name: string, text?: RegExp) =>
    chain.find(
      ({ type, message }) => nameOf(type) === name && (text === undefined || text.test(message)),
    );
  if (raised('ModuleNotFoundError', /^No module named 'quixstreams'/)) {
    return new NoInterpreterError(
      app.name,
      given.interpreter === undefined ? [] : [given.interpreter],
    );
  }
  const missing = missingVariable(app, last);
  if (missing !== undefined) return missing;
  if (raised('ValueError', /^Either "broker_address" or "quix_sdk_token" must be provided/)) {
    return new NoTokenError(app.name);
  }
  const locked = chain.map(({ message }) => /While lock file: (.+)[\\/]LOCK:/.exec(message)?.[1]);
  const partition = locked.find((one) => one !== undefined);
  if (partition !== undefined) return new LockedError(partitionLabel(partition), undefined);
  const incompatible = raised('IncompatibleStateStoreError');
  if (incompatible) return new IncompatibleStoreError(app.name, pathIn(incompatible.message));
  if (raised('InvalidStoreChangelogOffset')) return new AheadOfChangelogError(app.name);
  const kafka = raised('KafkaException', /_TRANSPORT|_ALL_BROKERS_DOWN|_RESOLVE|timed out/i);
  if (kafka ?? raised('KafkaBrokerUnavailableError')) {
    return new NoBrokerError(unreachable ?? broker ?? given.broker ?? '');
  }
  // These say only when, and in which source, their cause came.
  const cause = wrappers.has(nameOf(last.type)) ? chain.at(-2) : undefined;
  const { type, message } = cause ?? last;
  const frame = ownFrame(app, cause ?? last) ?? ownFrame(app, last) ?? last.frames.at(-1);
  const text = masked(message === '' ? nameOf(type) : `${nameOf(type)}: ${message}`, given);
  return new AppFailedError(app.name, frame, text, progress.failedMessage);
}

/** The last exception, after those that led to it; others the app has outlived. */
function chainOf(exceptions: readonly LoggedException[]): LoggedException[] {
  const first = exceptions.findLastIndex(({ chained }) => !chained);
  return exceptions.slice(Math.max(first, 0));
}

const wrappers = new Set(['PartitionAssignmentError', 'SourceException']);

const nameOf = (type: string) => type.split('.').at(-1) ?? '';

/** `os.environ["X"]` of a variable that is not there: a KeyError out of os.py, called from the app. */
function missingVariable(app: Application, last: LoggedException): Error | undefined {
  const [, name] = /^'(.+)'$/.exec(last.message) ?? [];
  if (last.type !== 'KeyError' || name === undefined) return undefined;
  const inner = last.frames.at(-1)?.file ?? '';
  const isOs = path.basename(inner) === 'os.py' || /<frozen os>/.test(inner);
  return isOs ? new MissingVariableError(app.name, name, ownFrame(app, last)) : undefined;
}

/** The innermost frame of the app's own code, its path absolute. */
function ownFrame(app: Application, { frames }: LoggedException): Frame | undefined {
  const own = frames
    .filter(({ file }) => !file.startsWith('<')) // `<frozen os>`, `<string>`
    .map(({ file, line }) => ({ file: path.resolve(app.folder, file), line }))
    .filter(({ file }) => file === app.mainFile || isOwn(app, file));
  return own.at(-1);
}

const environments = /[\\/](?:site-packages|dist-packages|\.venv|venv|env)[\\/]/;

function isOwn({ folder }: Application, file: string): boolean {
  return isInside(folder, file) && !environments.test(path.sep + path.relative(folder, file));
}

/** A path that a message names in quotes. */
function pathIn(message: string): string | undefined {
  return /(?:path=|store at )['"]([^'"]+)['"]/.exec(message)?.[1];
}

/** `f-in[0]` of `…/default/f-in/0`, as logs name a partition. */
export function partitionLabel(folder: string): string {
  const [stream, number] = folder.split(/[\\/]/).slice(-2);
  return `${stream}[${number}]`;
}

/** Text without the values of secrets. */
function masked(text: string, { secrets = [] }: Given): string {
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
}
