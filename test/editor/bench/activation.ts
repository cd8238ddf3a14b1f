// How long the packed extension takes to activate, over an extension that does nothing.
// Usage: tsx activation.ts [newest|oldest]
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openSession, packedExtension } from '../outside/session';
import { fixtureWorkspace, temporaryFolder } from '../vscode/workspace';

const times = 5;
const empty = {
  name: 'empty',
  displayName: 'Empty',
  publisher: 'empty',
  version: '0.0.1',
  engines: { vscode: '^1.103.0' },
  main: './extension.js',
  activationEvents: ['onStartupFinished'],
};

async function main(): Promise<void> {
  const which = process.argv[2] === 'oldest' ? 'oldest' : 'newest';
  const folder = await temporaryFolder();
  const extension = path.join(folder.path, 'empty');
  await mkdir(extension);
  await writeFile(path.join(extension, 'package.json'), JSON.stringify(empty));
  await writeFile(path.join(extension, 'extension.js'), 'exports.activate = () => {};');
  const workspace = await fixtureWorkspace('12-real-app');
  const measured: [number, number][] = [];
  try {
    for (let i = 0; i < times; i++) {
      const session = await openSession({
        which,
        workspace: workspace.path,
        vsix: [packedExtension],
        unpacked: [extension],
      });
      try {
        await session.page.waitForTimeout(3000); // the workbench is still loading its other parts
        await session.workbench.openContainer('State Folder');
        await session.workbench.waitForRows('State', (rows) => rows.length > 0);
        await session.workbench.command('Developer: Show Running Extensions');
        const timeOf = async (name: string) => {
          const row = session.page.locator('.runtime-extensions-editor .monaco-list-row', {
            hasText: name,
          });
          const text = await row.locator('.activation-time').first().textContent();
          return Number(/(\d+)\s*ms/.exec(text ?? '')?.[1]);
        };
        measured.push([await timeOf('State Folder'), await timeOf('Empty')]);
      } finally {
        await session.close();
      }
    }
  } finally {
    await workspace.remove();
    await folder.remove();
  }
  const shown = measured.map(([ours, none]) => `${ours} / ${none}`).join(', ');
  const over = measured.map(([ours, none]) => ours - none).sort((a, b) => a - b);
  console.log(`Activation, ours / empty, ms: ${shown}; median over empty ${over[times >> 1]} ms`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
