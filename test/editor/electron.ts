// Runs the suites of test/editor/host in the desktop's VS Code, which @vscode/test-electron downloads.
// Where it cannot be downloaded this says so and ends with 0: nothing passed, nothing failed.
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import path from 'node:path';
import { bundleHostSuites } from './vscode/hostSuites';
import { fixtureWorkspace } from './vscode/workspace';

const root = path.resolve(import.meta.dirname, '../..');

async function download(): Promise<string | undefined> {
  try {
    return await downloadAndUnzipVSCode({ version: 'stable', extensionDevelopmentPath: root });
  } catch (error) {
    console.log(`VS Code could not be downloaded (${String(error)}). Nothing was run.`);
    return undefined;
  }
}

async function main(): Promise<number> {
  const vscodeExecutablePath = await download();
  if (vscodeExecutablePath === undefined) return 0;
  const workspace = await fixtureWorkspace('12-real-app');
  try {
    return await runTests({
      vscodeExecutablePath,
      extensionDevelopmentPath: root,
      extensionTestsPath: await bundleHostSuites(),
      launchArgs: [workspace.path, '--disable-extensions', '--disable-workspace-trust'],
    });
  } finally {
    await workspace.remove();
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
