import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { isInside } from '../statefolder/index';
import { NoInterpreterError, TooOldQuixStreamsError } from './errors';
import type { Application } from './findApplications';
import { isBefore, oldestVersion } from './quixStreamsVersion';

const exec = promisify(execFile);

/** A Python that can `import quixstreams`. */
export interface Interpreter {
  /** What to start it with: a path, or a command that is on PATH. */
  readonly command: string;
  /** In front of the program: `-3` of Windows' `py`. */
  readonly args: readonly string[];
  /** Of quixstreams. */
  readonly version: string;
}

interface Candidate {
  readonly command: string;
  readonly args: readonly string[];
  /** where it comes from, for the log */
  readonly from: string;
}

const windows = process.platform === 'win32';
const environments = ['.venv', 'venv', 'env'];
/** The version without importing it, for it may be what cannot be imported. */
const probe =
  'from importlib.metadata import version; print(version("quixstreams"), flush=True); import quixstreams';
/** Importing it takes a second or two; a cold disk takes longer. */
const probeMs = 30_000;

export interface InterpreterOptions {
  readonly workspaceFolder: string;
  /** Looked at before all others: the run configuration's, the editor's. */
  readonly preferred: readonly string[];
  /** Hears which was tried and why it was not taken. */
  readonly tell: (line: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * The first of these that can `import quixstreams`: the preferred ones; `.venv`, `venv`, `env` in the app's folder or in
 * one above it inside the workspace; `py -3` on Windows; `python3`; `python`.
 * @throws TooOldQuixStreamsError where only one that is too old is found, NoInterpreterError, `signal`'s reason
 */
export async function findInterpreter(
  application: Application,
  { workspaceFolder, preferred, tell, signal }: InterpreterOptions,
): Promise<Interpreter> {
  const tried: string[] = [];
  let tooOld: TooOldQuixStreamsError | undefined;
  const named = preferred.map((command) => ({ command, args: [], from: 'chosen' }));
  const usual = await candidates(application.folder, workspaceFolder);
  for (const { command, args, from } of [...named, ...usual]) {
    signal?.throwIfAborted();
    const shown = [command, ...args].join(' ');
    const found = await versionIn(command, args, application.folder, signal);
    if ('version' in found) {
      const { version } = found;
      if (!isBefore(version, oldestVersion)) {
        tell(`interpreter of ${application.name}: ${shown} (${from}), quixstreams ${version}`);
        return { command, args, version };
      }
      tooOld ??= new TooOldQuixStreamsError(shown, version, oldestVersion.join('.'));
    }
    const reason = 'version' in found ? `quixstreams ${found.version} is too old` : found.reason;
    tell(`interpreter of ${application.name}: not ${shown} (${from}): ${reason}`);
    if (reason !== notHere) tried.push(shown);
  }
  throw tooOld ?? new NoInterpreterError(application.name, tried);
}

const notHere = 'not here';

async function versionIn(
  command: string,
  args: readonly string[],
  cwd: string,
  signal: AbortSignal | undefined,
): Promise<{ version: string } | { reason: string }> {
  try {
    const options = { cwd, timeout: probeMs, signal, windowsHide: true };
    const { stdout } = await exec(command, [...args, '-c', probe], options);
    return { version: stdout.trim() };
  } catch (error) {
    signal?.throwIfAborted();
    const { code, stdout, stderr } = error as { code?: unknown; stdout?: string; stderr?: string };
    const version = stdout?.trim();
    // An old one may not be importable by a new Python: it is too old all the same.
    if (version && isBefore(version, oldestVersion)) return { version };
    return { reason: code === 'ENOENT' ? notHere : (stderr?.trim().split('\n').at(-1) ?? 'fails') };
  }
}

async function candidates(folder: string, workspaceFolder: string): Promise<Candidate[]> {
  const found: Candidate[] = [];
  for (let at = folder; isInside(workspaceFolder, at); at = path.dirname(at)) {
    for (const name of environments) {
      const command = path.join(at, name, windows ? 'Scripts/python.exe' : 'bin/python');
      const there = await access(command).then(
        () => true,
        () => false,
      );
      if (there) found.push({ command, args: [], from: name });
    }
    if (at === path.dirname(at)) break;
  }
  const from = 'PATH';
  if (windows) found.push({ command: 'py', args: ['-3'], from });
  return [...found, { command: 'python3', args: [], from }, { command: 'python', args: [], from }];
}
