import { cp, mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

const fixtures = path.resolve(import.meta.dirname, '../../fixtures');

/** A folder that goes away. */
export interface TemporaryFolder {
  readonly path: string;
  remove(): Promise<void>;
}

export async function temporaryFolder(): Promise<TemporaryFolder> {
  const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'sfw-')));
  return {
    path: folder,
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** Copies a fixture's `state` to `{temporary}/{fixture}/state`: a workspace to open. */
export async function fixtureWorkspace(fixture: string): Promise<TemporaryFolder> {
  const parent = await temporaryFolder();
  const workspace = path.join(parent.path, fixture);
  await cp(path.join(fixtures, fixture, 'state'), path.join(workspace, 'state'), {
    recursive: true,
  });
  return { path: workspace, remove: () => parent.remove() };
}
