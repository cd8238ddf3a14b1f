import assert from 'node:assert/strict';
import type { TemporaryFolder } from '../vscode/workspace';
import { openSession, type Session, type SessionOptions } from './session';

interface Opened {
  readonly session: Session;
  readonly workspace: TemporaryFolder;
}

/**
 * One session for all tests of the surrounding suite. A failed test leaves a picture; after the last
 * one the page must have asked no other host and thrown nothing.
 */
export function useSession(
  prepare: () => Promise<{ workspace: TemporaryFolder; options?: SessionOptions }>,
): () => Opened {
  let opened: Opened | undefined;

  before(async () => {
    const { workspace, options } = await prepare();
    const session = await openSession({ workspace: workspace.path, ...options });
    opened = { session, workspace };
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      await opened?.session.screenshot(this.currentTest.fullTitle());
    }
  });
  after(async () => {
    await opened?.session.close();
    await opened?.workspace.remove();
    assert.deepEqual(opened?.session.foreign, []);
    assert.deepEqual(opened?.session.errors, []);
  });

  return () => {
    if (!opened) throw new Error('no session before the tests run');
    return opened;
  };
}
