import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { isSkipped } from '../../statefolder/index';
import { readPython, type PythonSource } from '../pythonSource';

/** Folders in folders, and files of one app. */
const deepest = 6;
const mostFiles = 500;

/** The Python files below a folder, without environments and packages. */
export async function pythonFiles(folder: string): Promise<PythonSource[]> {
  const found: PythonSource[] = [];
  let level = [folder];
  for (let depth = 0; level.length > 0 && depth < deepest; depth++) {
    const next: string[] = [];
    for (const at of level) {
      const entries = await readdir(at, { withFileTypes: true }).catch(() => []);
      if (entries.some(({ name }) => name === 'pyvenv.cfg')) continue;
      for (const entry of entries) {
        const file = path.join(at, entry.name);
        if (entry.isDirectory() && !isSkipped(entry.name) && !entry.name.startsWith('.')) {
          next.push(file);
        } else if (entry.isFile() && entry.name.endsWith('.py')) {
          if (found.length >= mostFiles) return found;
          const source = await readPython(file);
          if (source !== undefined) found.push(source);
        }
      }
    }
    level = next;
  }
  return found;
}
