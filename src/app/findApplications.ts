import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { isInside, isSkipped } from '../statefolder/index';
import { makesApplication } from './applicationCode';
import { applicationFolders } from './pipeline';
import { ownSources, readPython, type PythonSource } from './pythonSource';
import { readYaml, textOf } from './yamlFile';

/** A Quix Streams app in the workspace. */
export interface Application {
  /** app.yaml's name, else the folder's; with the file's where one folder has several apps. */
  readonly name: string;
  /** Absolute; the app runs in it. */
  readonly folder: string;
  /** Absolute path of the Python file that is run. One file is one app. */
  readonly mainFile: string;
}

/** Folders deeper than this in the workspace are not looked into. */
const deepest = 6;
const mostFiles = 5000;

/**
 * The apps below a folder, sorted by file: each folder with an app.yaml whose main file is there, or that a quix.yaml names
 * and that has a main.py; each Python file that imports quixstreams and makes an `Application(…)`, or in its place the
 * `main.py` or `__main__.py`, beside it or above, that imports it.
 */
export async function findApplications(
  workspaceFolder: string,
  signal?: AbortSignal,
): Promise<Application[]> {
  const search = new Search(workspaceFolder);
  let level = [workspaceFolder];
  let budget = mostFiles;
  for (let depth = 0; level.length > 0 && depth < deepest && budget > 0; depth++) {
    const next: string[] = [];
    for (const folder of level) {
      signal?.throwIfAborted();
      const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
      const files = entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
      if (files.includes('pyvenv.cfg')) continue; // a Python environment of any name
      await search.lookIn(folder, files.slice(0, budget));
      budget -= files.length;
      for (const entry of entries) {
        if (entry.isDirectory() && !isSkipped(entry.name) && !entry.name.startsWith('.')) {
          next.push(path.join(folder, entry.name));
        }
      }
    }
    level = next;
  }
  await search.lookForNamed();
  return [...search.found.values()].sort((a, b) => (a.mainFile < b.mainFile ? -1 : 1));
}

/** A search from the top down. */
class Search {
  /** by main file */
  readonly found = new Map<string, Application>();
  /** Files that an app imports: they are parts of it. */
  readonly #parts = new Set<string>();
  /** Folders that a quix.yaml calls applications. */
  readonly #named = new Set<string>();

  constructor(private readonly workspaceFolder: string) {}

  async lookIn(folder: string, files: readonly string[]): Promise<void> {
    if (files.includes('quix.yaml') || files.includes('quix.yml')) {
      for (const named of await applicationFolders(folder)) this.#named.add(named);
    }
    const described = files.includes('app.yaml') ? await readAppYaml(folder) : undefined;
    const main = described?.mainFile;
    const others = await this.#mainFilesIn(folder, files, main);
    if (main === undefined && others.length === 0) return;
    const runFolder = main === undefined ? await runFolderOf(folder, this.workspaceFolder) : folder;
    const name = described?.name ?? path.basename(runFolder);
    if (main !== undefined) this.#add({ name, folder, mainFile: main });
    const isAlone = main === undefined && others.length === 1;
    for (const file of others) {
      this.#add({
        name: isAlone ? name : `${name}/${path.basename(file, '.py')}`,
        folder: runFolder,
        mainFile: file,
      });
    }
  }

  /** The folders that a quix.yaml names and that have no app yet, but a main.py. */
  async lookForNamed(): Promise<void> {
    for (const folder of this.#named) {
      const mainFile = path.join(folder, 'main.py');
      const isFound = [...this.found.values()].some((app) => isInside(folder, app.mainFile));
      if (isFound || !isInside(this.workspaceFolder, folder)) continue;
      if ((await readPython(mainFile)) === undefined) continue;
      this.#add({ name: path.basename(folder), folder, mainFile });
    }
  }

  /** What an app.yaml above names is that app. */
  #add(app: Application): void {
    if (!this.found.has(app.mainFile)) this.found.set(app.mainFile, app);
  }

  /** The files of a folder that are run, besides `main`: none that another of them imports. */
  async #mainFilesIn(folder: string, files: readonly string[], main?: string): Promise<string[]> {
    const found: string[] = [];
    const entries = ['main.py', '__main__.py'].filter((name) => files.includes(name));
    for (const file of new Set([
      ...(main === undefined ? [] : [main]),
      ...entries.map((name) => path.join(folder, name)),
    ])) {
      const [own, ...imported] = await ownSources(file, folder);
      // One that makes none itself runs what it imports.
      if (own === undefined || (file !== main && isApplication(own))) continue;
      const parts = imported.filter(isApplication);
      for (const part of parts) this.#parts.add(part.file);
      if (file !== main && parts.length > 0) found.push(file);
    }
    for (const name of files.filter((one) => one.endsWith('.py') && !isTest(one))) {
      const file = path.join(folder, name);
      if (file === main || this.#parts.has(file) || found.includes(file)) continue;
      const source = await readPython(file);
      if (source !== undefined && isApplication(source)) found.push(file);
    }
    return found;
  }
}

/** A file that is open in the editor, as an app: it imports quixstreams. */
export async function applicationOfFile(
  file: string,
  workspaceFolder: string,
): Promise<Application | undefined> {
  if (!file.endsWith('.py')) return undefined;
  const source = await readPython(file);
  if (source === undefined || !importsQuixStreams(source)) return undefined;
  const folder = await runFolderOf(path.dirname(file), workspaceFolder);
  return { name: path.basename(folder), folder, mainFile: file };
}

/** pytest's names: what makes an Application in them is a test. */
function isTest(file: string): boolean {
  return /^test_|_test\.py$|^conftest\.py$/.test(file);
}

/**
 * The folder that an app in `folder` runs in: the nearest with an app.yaml, else the one that holds `src`, as people
 * start what lies in it from there, else its own.
 */
async function runFolderOf(folder: string, workspaceFolder: string): Promise<string> {
  for (let at = folder; isInside(workspaceFolder, at); at = path.dirname(at)) {
    if ((await readYaml(path.join(at, 'app.yaml'))) !== undefined) return at;
    if (at === path.dirname(at)) break;
  }
  const relative = path.relative(workspaceFolder, folder).split(path.sep);
  const source = relative.lastIndexOf('src');
  return source === -1 ? folder : path.join(workspaceFolder, ...relative.slice(0, source));
}

interface AppYaml {
  readonly name: string | undefined;
  /** Absolute; inside the folder, and there. */
  readonly mainFile: string | undefined;
}

/** What Quix's app.yaml says: `name`, and `runEntryPoint` or `defaultFile`. */
async function readAppYaml(folder: string): Promise<AppYaml | undefined> {
  const document = await readYaml(path.join(folder, 'app.yaml'));
  const field = (name: string) => textOf(document?.[name]) || undefined;
  if ((field('language')?.toLowerCase() ?? 'python') !== 'python') return undefined;
  const files = [field('runEntryPoint'), field('defaultFile')];
  const named = path.resolve(folder, files.find((file) => file?.endsWith('.py')) ?? '');
  const there = named !== folder && isInside(folder, named) && (await readPython(named));
  return { name: field('name'), mainFile: there ? named : undefined };
}

const isApplication = (source: PythonSource) =>
  importsQuixStreams(source) && makesApplication(source);

/** Whether a source imports the library. */
export function importsQuixStreams({ blanked }: PythonSource): boolean {
  return /^[ \t]*(from|import)[ \t]+quixstreams\b/m.test(blanked);
}
