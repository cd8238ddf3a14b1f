// Where an app keeps its state (quixstreams/app.py): the argument `state_dir`, else the variable
// Quix__Deployment__State__Path, else Quix__State__Dir (deprecated), else `state`; relative to the
// working directory.

import path from 'node:path';
import { readApplicationCode, resolveArgument, type ApplicationCode } from './applicationCode';
import type { Application } from './findApplications';
import type { Environment } from './variables';

/**
 * The state folder that an app uses when it runs with `environment` in `workingDirectory`, relative to its folder, as far
 * as its text tells: `code`, where that is read already. Absolute; need not be there.
 */
export async function stateFolderOf(
  application: Application,
  environment: Environment,
  workingDirectory = '.',
  code?: ApplicationCode,
): Promise<string> {
  const { stateDir } = code ?? (await readApplicationCode(application));
  // An empty variable counts as none, an empty argument does not occur.
  const directory =
    resolveArgument(stateDir, environment) ??
    (environment['Quix__Deployment__State__Path'] || environment['Quix__State__Dir'] || 'state');
  return path.resolve(application.folder, workingDirectory, directory);
}

/**
 * Where an app's state may be, however it was started: in what it says, and in `state` of its own
 * folder and of the workspace.
 */
export async function stateFolderCandidates(
  application: Application,
  workspaceFolder: string,
  environment: Environment,
  code?: ApplicationCode,
): Promise<string[]> {
  const own = await stateFolderOf(application, environment, '.', code);
  const folders = [application.folder, path.dirname(application.mainFile), workspaceFolder];
  return [...new Set([own, ...folders.map((folder) => path.join(folder, 'state'))])];
}
