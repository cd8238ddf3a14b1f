import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { isInside } from '../statefolder/index';
import { NoInterpreterError } from './errors';
import type { Application } from './findApplications';

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
}

const windows = process.platform === 'win32';
const environments = ['.venv', 'venv', 'env'];
const probe = 'import quixstreams; print(quixstreams.__version__)';
/** Importing it takes a second or two; a cold disk takes longer. */
const probeMs = 30_000;

/**
 * The first of these that can `import quixstreams`: `.venv`, `venv`, `env` in the app's folder or in
 * one above it inside the workspace; `py -3` on Windows; `python3`; `python`. `tell` hears which was
 * tried and why it was not taken.
 * @throws NoInterpreterError, `signal`'s reason
 */
export async function findInterpreter(
  application: Application,
  workspaceFolder: string,
  tell: (line: string) => void,
  signal?: AbortSignal,
): Promise<Interpreter> {
  const tried: string[] = [];
  for (const candidate of await candidates(application.folder, workspaceFolder)) {
    signal?.throwIfAborted();
    const shown = [candidate.command, ...candidate.args].join(' ');
    try {
      const { stdout } = await exec(candidate.command, [...candidate.args, '-c', probe], {
        cwd: application.folder,
        timeout: probeMs,
        signal,
        windowsHide: true,
      });
      const version = stdout.trim();
      tell(`interpreter of ${application.name}: ${shown}, quixstreams ${version}`);
      return { ...candidate, version };
    } catch (error) {
      signal?.throwIfAborted();
      const { code, stderr } = error as { code?: unknown; stderr?: string };
      const missing = code === 'ENOENT';
      const reason = missing ? 'not here' : (stderr?.trim().split('\n').at(-1) ?? 'fails');
      tell(`interpreter of ${application.name}: not ${shown}: ${reason}`);
      if (!missing) tried.push(shown);
    }
  }
  throw new NoInterpreterError(application.name, tried);
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
      if (there) found.push({ command, args: [] });
    }
    if (at === path.dirname(at)) break;
  }
  if (windows) found.push({ command: 'py', args: ['-3'] });
  return [...found, { command: 'python3', args: [] }, { command: 'python', args: [] }];
}
