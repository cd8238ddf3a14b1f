import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** A temporary folder with these files: relative path → text. */
export async function fileTree(files: Readonly<Record<string, string>>) {
  const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'state-folder-')));
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
