import path from 'node:path';
import { python } from '../python.mjs';
import { makeExampleFolder } from './exampleFolder.mjs';
import { temporaryFolder, type TemporaryFolder } from './vscode/workspace';

/** The example app in a temporary workspace. */
export async function exampleWorkspace(): Promise<TemporaryFolder> {
  const parent = await temporaryFolder();
  const workspace = path.join(parent.path, 'cpu-load-counter');
  await makeExampleFolder(workspace, await python());
  return { path: workspace, remove: () => parent.remove() };
}
