import { stat } from 'node:fs/promises';
import path from 'node:path';
import { commandAnswers } from './commandAnswers';
import { NoInterpreterError } from './errors';
import type { Application } from './findApplications';
import type { LaunchConfiguration } from './launchConfiguration';
import { oldestVersion } from './quixStreamsVersion';

const windows = process.platform === 'win32';

const isThere = (file: string) =>
  stat(file).then(
    () => true,
    () => false,
  );

/**
 * The commands that make `.venv` in an app's folder and install its requirements.txt and quixstreams into it: by uv where
 * it is on PATH, else by venv and pip. To be run one after the other.
 * @throws NoInterpreterError where there is no Python to make it with, `signal`'s reason
 */
export async function installCommands(
  application: Application,
  signal?: AbortSignal,
): Promise<LaunchConfiguration[]> {
  const { folder } = application;
  const requirements = path.join(folder, 'requirements.txt');
  const isListed = await isThere(requirements);
  // A version that is there already and is too old is replaced; requirements.txt may ask for a certain one.
  const packages = [
    ...(isListed ? ['-r', requirements] : []),
    `quixstreams>=${oldestVersion.join('.')}`,
  ];
  const environment = path.join(folder, '.venv');
  const python = path.join(environment, windows ? 'Scripts/python.exe' : 'bin/python');
  const command = (name: string, ...args: string[]) => ({
    command: name,
    args,
    cwd: folder,
    env: {},
  });
  const isMade = await isThere(python);
  if (await commandAnswers('uv', ['--version'], signal)) {
    return [
      ...(isMade ? [] : [command('uv', 'venv', environment)]),
      command('uv', 'pip', 'install', '--python', python, ...packages),
    ];
  }
  const base: readonly (readonly [string, ...string[]])[] = windows
    ? [['py', '-3'], ['python']]
    : [['python3'], ['python']];
  for (const [name, ...args] of isMade ? [] : base) {
    if (!(await commandAnswers(name, [...args, '-c', 'import venv, ensurepip'], signal))) continue;
    return [
      command(name, ...args, '-m', 'venv', environment),
      command(python, '-m', 'pip', 'install', ...packages),
    ];
  }
  if (isMade) return [command(python, '-m', 'pip', 'install', ...packages)];
  throw new NoInterpreterError(application.name, []);
}
