import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { python } from '../../python.mjs';
import { exampleWorkspace } from '../exampleWorkspace';
import { freePort } from '../../freePort';
import { Debugging } from '../outside/debugging';
import { useSession } from '../outside/useSession';

const exec = promisify(execFile);

/** Where a Python keeps its packages. */
async function packagesOf(interpreter: string): Promise<string> {
  const script = 'import sysconfig; print(sysconfig.get_path("purelib"))';
  return (await exec(interpreter, ['-c', script])).stdout.trim();
}

/** An environment of its own with all packages of the tests' Python but debugpy. */
async function makeEnvironment(folder: string): Promise<void> {
  const whole = await python();
  await rm(folder);
  await exec(whole, ['-m', 'venv', folder]);
  const links = path.join(folder, 'links');
  await mkdir(links);
  const packages = await packagesOf(whole);
  for (const name of await readdir(packages)) {
    if (name.startsWith('debugpy')) continue;
    await symlink(path.join(packages, name), path.join(links, name));
  }
  const own = await packagesOf(path.join(folder, 'bin/python'));
  await writeFile(path.join(own, 'links.pth'), links);
}

describe('debugging with an interpreter that has no debugpy', function () {
  this.timeout(240_000);
  const opened = useSession(async () => {
    const workspace = await exampleWorkspace();
    await makeEnvironment(path.join(workspace.path, '.venv'));
    const settings = { 'stateFolder.localBroker.port': await freePort() };
    return { workspace, options: { settings } };
  });

  let line: number;

  it('says so and offers to install it', async () => {
    const { session, workspace } = opened();
    const { workbench } = session;
    const debugging = new Debugging(workbench);
    line = await debugging.openAt(workspace.path, 'main.py', 'state.set("total"');
    await debugging.toggleBreakpoint(true);
    await debugging.start();
    const toast = workbench.toasts.filter({ hasText: 'debugpy is not installed in' });
    await toast.waitFor({ timeout: 60_000 });
    assert.match(await toast.innerText(), /debugpy is not installed in .*\.venv\/bin\/python\./);
    await toast.getByRole('button', { name: 'Install' }).waitFor();
  });

  it('Install installs it and goes on to the breakpoint', async () => {
    const { session, workspace } = opened();
    const debugging = new Debugging(session.workbench);
    await session.workbench.toasts.getByRole('button', { name: 'Install' }).click();
    await debugging.standsAt(line, 120_000);
    const installed = await packagesOf(path.join(workspace.path, '.venv/bin/python'));
    assert.ok((await readdir(installed)).includes('debugpy'));
    await debugging.stop();
  });
});
