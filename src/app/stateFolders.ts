// Where an app keeps its state (quixstreams/app.py): the argument `state_dir`, else the variable
// Quix__Deployment__State__Path, else Quix__State__Dir (deprecated), else `state`; relative to the
// working directory.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Application } from './findApplications';

/** A directory, or the default of a variable, that the code gives as `state_dir`. */
const stateDirArgument =
  /\bstate_dir\s*=\s*(?:Path\()?\s*(?:os\.(?:getenv|environ\.get)\(\s*["'][^"']*["']\s*,\s*)?["']([^"'\n]+)["']/;

/** The state folder that an app uses when it runs with `environment`. Absolute; need not be there. */
export async function stateFolderOf(
  application: Application,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const code = await readFile(application.mainFile, 'utf8').catch(() => '');
  const directory =
    stateDirArgument.exec(code)?.[1] ??
    environment['Quix__Deployment__State__Path'] ??
    environment['Quix__State__Dir'] ??
    'state';
  return path.resolve(application.folder, directory);
}

/**
 * Where an app's state may be, however it was started: in what it says, and in `state` of its own
 * folder and of the workspace.
 */
export async function stateFolderCandidates(
  application: Application,
  workspaceFolder: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string[]> {
  const own = await stateFolderOf(application, environment);
  const usual = [application.folder, workspaceFolder].map((folder) => path.join(folder, 'state'));
  return [...new Set([own, ...usual])];
}
