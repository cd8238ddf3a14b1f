// Where an app keeps its state (quixstreams/app.py): the argument `state_dir`, else the variable
// Quix__Deployment__State__Path, else Quix__State__Dir (deprecated), else `state`; relative to the
// working directory.

import path from 'node:path';
import type { Application } from './findApplications';
import { readText } from './readText';

const quoted = String.raw`["']([^"'\n]+)["']`;
/** `os.getenv("NAME", "default")`, `os.environ.get(…)`, `os.environ["NAME"]`: a name, perhaps a default. */
const variable = String.raw`os\.(?:getenv|environ\.get|environ)\s*[([]\s*${quoted}\s*(?:,\s*${quoted})?`;
/** What the code gives as `state_dir`: a directory, or a variable. */
const stateDirArgument = new RegExp(
  String.raw`\bstate_dir\s*=\s*(?:(?:pathlib\.)?Path\(\s*)?(?:${quoted}|${variable})`,
);
const comments = /^[ \t]*#.*$/gm;
/** A Python file larger than this is data, not an app. */
const largestSource = 1 << 20;

/** The state folder that an app uses when it runs with `environment`. Absolute; need not be there. */
export async function stateFolderOf(
  application: Application,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const code = (await readText(application.mainFile, largestSource)) ?? '';
  const [, literal, name, byDefault] = stateDirArgument.exec(code.replace(comments, '')) ?? [];
  const argument = literal ?? (name === undefined ? undefined : (environment[name] ?? byDefault));
  // An empty variable counts as none, an empty argument does not occur.
  const directory =
    argument ??
    (environment['Quix__Deployment__State__Path'] || environment['Quix__State__Dir'] || 'state');
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
