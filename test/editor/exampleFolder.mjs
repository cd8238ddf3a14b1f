import { cp, lstat, mkdir, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const example = path.resolve(here, '../../media/example');

/** Makes `folder` the example app as a workspace of its own, with the environment of `interpreter` as its `.venv`. */
export async function makeExampleFolder(folder, interpreter) {
  await mkdir(folder, { recursive: true });
  await cp(example, folder, { recursive: true });
  const link = path.join(folder, '.venv');
  if (await lstat(link).catch(() => undefined)) await rm(link, { recursive: true });
  await symlink(path.dirname(path.dirname(interpreter)), link, 'junction');
}
