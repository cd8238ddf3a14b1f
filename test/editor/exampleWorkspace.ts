import { cp, symlink } from 'node:fs/promises';
import path from 'node:path';
import { python } from '../python.mjs';
import { temporaryFolder, type TemporaryFolder } from './vscode/workspace';

const example = path.resolve(import.meta.dirname, '../../media/example');

/** The example app as a workspace of its own, with an interpreter that has quixstreams as its `.venv`. */
export async function exampleWorkspace(): Promise<TemporaryFolder> {
  const parent = await temporaryFolder();
  const workspace = path.join(parent.path, 'cpu-load-counter');
  await cp(example, workspace, { recursive: true });
  const environment = path.dirname(path.dirname(await python()));
  await symlink(environment, path.join(workspace, '.venv'), 'junction');
  return { path: workspace, remove: () => parent.remove() };
}
