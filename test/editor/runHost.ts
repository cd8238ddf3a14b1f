// Runs the suites of test/editor/host in a VS Code from npm.
// Usage: tsx runHost.ts newest|oldest [SUITE…]   `tree`: tree.test.ts; all without one
import { versions, type Which } from './vscode/install.mjs';
import { runHostSuites } from './vscode/hostSuites';
import { fixtureWorkspace } from './vscode/workspace';

async function main(): Promise<number> {
  const which = process.argv[2] ?? 'newest';
  if (!(which in versions))
    throw new Error(`"${which}" is none of ${Object.keys(versions).join()}`);
  const workspace = await fixtureWorkspace('12-real-app');
  try {
    return await runHostSuites({
      which: which as Which,
      workspace: workspace.path,
      timeoutMs: 520_000,
      suites: process.argv.slice(3),
      log: (text) => console.log(text),
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
