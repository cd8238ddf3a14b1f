import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { isInside, isSkipped } from '../statefolder/index';
import { readText } from './readText';

/** A Quix Streams app in the workspace. */
export interface Application {
  /** app.yaml's name, else the folder's. */
  readonly name: string;
  /** Absolute; the app runs in it. */
  readonly folder: string;
  /** Absolute path of the Python file that is run. */
  readonly mainFile: string;
}

/** Folders deeper than this in the workspace are not looked into. */
const deepest = 6;
/** A Python file larger than this is data, not an app. */
const largestSource = 1 << 20;
const mostFiles = 5000;

/**
 * The apps below a folder: each folder with an app.yaml whose main file is there, and each with a
 * Python file that imports quixstreams and makes an `Application(…)`, `main.py` before others; or with
 * a `main.py` that imports such a file. Sorted by folder.
 */
export async function findApplications(
  workspaceFolder: string,
  signal?: AbortSignal,
): Promise<Application[]> {
  const found: Application[] = [];
  let level = [workspaceFolder];
  let budget = mostFiles;
  for (let depth = 0; level.length > 0 && depth < deepest && budget > 0; depth++) {
    const next: string[] = [];
    for (const folder of level) {
      signal?.throwIfAborted();
      const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
      const files = entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
      if (files.includes('pyvenv.cfg')) continue; // a Python environment of any name
      const application = await applicationIn(folder, files.slice(0, budget));
      budget -= files.length;
      if (application) found.push(application);
      for (const entry of entries) {
        if (entry.isDirectory() && !isSkipped(entry.name) && !entry.name.startsWith('.')) {
          next.push(path.join(folder, entry.name));
        }
      }
    }
    level = next;
  }
  return found.sort((a, b) => (a.folder < b.folder ? -1 : 1));
}

/** A file that is open in the editor, as an app: it imports quixstreams. */
export async function applicationOfFile(file: string): Promise<Application | undefined> {
  if (!file.endsWith('.py') || !(await importsQuixStreams(file))) return undefined;
  const folder = path.dirname(file);
  return { name: path.basename(folder), folder, mainFile: file };
}

async function applicationIn(
  folder: string,
  files: readonly string[],
): Promise<Application | undefined> {
  const described = files.includes('app.yaml') ? await readAppYaml(folder) : undefined;
  const name = described?.name ?? path.basename(folder);
  const named = path.resolve(folder, described?.mainFile ?? '');
  if (
    named !== folder &&
    isInside(folder, named) &&
    (await readText(named, largestSource)) !== undefined
  ) {
    return { name, folder, mainFile: named };
  }
  const sources = files.filter((file) => file.endsWith('.py') && !isTest(file));
  sources.sort((a, b) => Number(b === 'main.py') - Number(a === 'main.py') || (a < b ? -1 : 1));
  for (const source of sources) {
    const mainFile = path.join(folder, source);
    if (!(await makesApplication(mainFile))) continue;
    const main = path.join(folder, 'main.py');
    const runsIt = files.includes('main.py') && (await importsModule(main, source.slice(0, -3)));
    return { name, folder, mainFile: runsIt ? main : mainFile };
  }
  return undefined;
}

/** pytest's names: what makes an Application in them is a test. */
function isTest(file: string): boolean {
  return /^test_|_test\.py$|^conftest\.py$/.test(file);
}

interface AppYaml {
  readonly name: string | undefined;
  /** Relative to the folder. */
  readonly mainFile: string | undefined;
}

/** What Quix's app.yaml says: `name`, and `runEntryPoint` or `defaultFile`. */
async function readAppYaml(folder: string): Promise<AppYaml | undefined> {
  try {
    const text = await readText(path.join(folder, 'app.yaml'), largestSource);
    if (text === undefined) return undefined;
    const { parse } = await import('yaml'); // loading it takes 20 ms: not at activation
    const document = parse(text, { logLevel: 'silent' }) as Record<string, unknown> | null;
    const field = (name: string) => {
      const value = document?.[name];
      return typeof value === 'string' && value !== '' ? value : undefined;
    };
    const files = [field('runEntryPoint'), field('defaultFile')];
    const language = field('language')?.toLowerCase() ?? 'python';
    if (language !== 'python') return undefined;
    return { name: field('name'), mainFile: files.find((file) => file?.endsWith('.py')) };
  } catch {
    return undefined; // an unfinished app.yaml says nothing yet
  }
}

async function source(file: string): Promise<string> {
  return (await readText(file, largestSource)) ?? '';
}

const imports = /^[ \t]*(from|import)[ \t]+quixstreams\b/m;

async function importsQuixStreams(file: string): Promise<boolean> {
  return imports.test(await source(file));
}

async function importsModule(file: string, module: string): Promise<boolean> {
  const statements = (await source(file)).match(/^[ \t]*(from|import)[ \t].*/gm) ?? [];
  return statements.some((statement) => statement.split(/[^\w]+/).includes(module));
}

async function makesApplication(file: string): Promise<boolean> {
  const text = await source(file);
  return imports.test(text) && /\bApplication(\.Quix)?\s*\(/.test(text);
}
