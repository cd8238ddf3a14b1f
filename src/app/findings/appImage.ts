// How the image of an app starts it: its Dockerfile's WORKDIR and the Python file of its ENTRYPOINT or CMD, as text.
//
//   WORKDIR "/app/${MAINAPPPATH}"      with ENV or ARG above it
//   ENTRYPOINT ["python3", "main.py"]

import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { isInside } from '../../statefolder/index';
import { readText } from '../readText';
import { readYaml, textOf } from '../yamlFile';

/** A Dockerfile larger than this is none. */
const largest = 1 << 16;
/** Longest line, and value of a variable: values that repeat others multiply. */
const longest = 4096;

export interface AppImage {
  /** Where the app runs in the image; undefined where its Dockerfile does not say it plainly. */
  readonly workingDirectory: string | undefined;
  /** The Python file that is run, absolute; undefined where none is there. */
  readonly mainFile: string | undefined;
}

/** Quix's own templates work there. */
const usualDirectory = '/app';

/** What the app in a folder is started as. */
export async function appImage(folder: string): Promise<AppImage> {
  const app = await readYaml(path.join(folder, 'app.yaml'));
  const files = await readdir(folder, { recursive: false }).catch(() => [] as string[]);
  const named = textOf(app?.dockerfile);
  const dockerfile =
    named === undefined ? files.find((file) => file.toLowerCase() === 'dockerfile') : named;
  const inside = path.resolve(folder, dockerfile ?? '.');
  const text =
    dockerfile === undefined || !isInside(folder, inside)
      ? undefined
      : await readText(inside, largest);
  const { workingDirectory, started } =
    text === undefined ? { workingDirectory: usualDirectory, started: [] } : readDockerfile(text);
  const candidates = [
    ...started,
    textOf(app?.runEntryPoint),
    textOf(app?.defaultFile),
    'main.py',
  ].filter((file) => file?.endsWith('.py') === true);
  for (const candidate of candidates) {
    const file = path.resolve(folder, candidate ?? '');
    if (isInside(folder, file) && (await readText(file, 1 << 20)) !== undefined) {
      return { workingDirectory, mainFile: file };
    }
  }
  return { workingDirectory, mainFile: undefined };
}

function readDockerfile(text: string) {
  const values = new Map<string, string>();
  let workingDirectory: string | undefined = '/';
  let started: string[] = [];
  const replaced = (value: string) =>
    value
      .replace(/^(["'])(.*)\1$/, '$2')
      .replace(/\$\{?(\w+)\}?/g, (whole, name: string) => values.get(name) ?? whole);
  for (const line of text.replace(/\\\r?\n/g, ' ').split(/\r?\n/)) {
    if (line.length > longest) continue;
    const [, instruction = '', rest = ''] = /^\s*([A-Za-z]+)\s+(.*?)\s*$/.exec(line) ?? [];
    switch (instruction.toUpperCase()) {
      case 'FROM':
        workingDirectory = '/';
        started = [];
        break;
      case 'ENV':
      case 'ARG': {
        const [, name, value] = /^(\w+)(?:=|\s+)(\S*)$/.exec(rest) ?? [];
        if (name === undefined) break;
        const known = replaced(value ?? '');
        if (known.length <= longest) values.set(name, known);
        else values.delete(name);
        break;
      }
      case 'WORKDIR': {
        const directory = replaced(rest);
        if (directory.includes('$')) workingDirectory = undefined;
        else if (workingDirectory !== undefined || directory.startsWith('/')) {
          workingDirectory = path.posix.resolve(workingDirectory ?? '/', directory);
        }
        break;
      }
      case 'ENTRYPOINT':
      case 'CMD':
        started = [...rest.matchAll(/[^\s"',[\]]+\.py\b/g)].map(([file]) =>
          workingDirectory !== undefined && file.startsWith(`${workingDirectory}/`)
            ? path.posix.relative(workingDirectory, file)
            : file,
        );
    }
  }
  return { workingDirectory, started };
}
