import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { commandAnswers } from './commandAnswers';
import { NoDebugpyError } from './errors';
import type { Interpreter } from './interpreter';
import type { LaunchConfiguration } from './launchConfiguration';

const exec = promisify(execFile);
const probeMs = 30_000;

/** Prints nothing where debugpy is there: finding it is enough, importing it takes ten times as long. */
const probe = 'import importlib.util as u; print(u.find_spec("debugpy") is not None)';

/**
 * Whether an interpreter can debug.
 * @throws NoDebugpyError where debugpy is not installed in it
 */
export async function checkDebugpy({ command, args }: Interpreter, cwd: string): Promise<void> {
  const { stdout } = await exec(command, [...args, '-c', probe], {
    cwd,
    timeout: probeMs,
    windowsHide: true,
  });
  if (stdout.trim() !== 'True') throw new NoDebugpyError([command, ...args].join(' '));
}

/** Installs debugpy in an interpreter: with uv where that is on PATH, for environments of it have no pip. */
export async function installDebugpyCommand(
  { command, args }: Interpreter,
  cwd: string,
): Promise<LaunchConfiguration> {
  // uv wants an interpreter without arguments: `py -3` is none.
  if (args.length === 0 && (await commandAnswers('uv', ['--version']))) {
    return {
      command: 'uv',
      args: ['pip', 'install', '--python', command, 'debugpy'],
      cwd,
      env: {},
    };
  }
  return { command, args: [...args, '-m', 'pip', 'install', 'debugpy'], cwd, env: {} };
}
