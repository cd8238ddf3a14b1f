import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { openBrowser, openWorkbench, type WorkbenchPage } from '../vscode/browser';
import type { Which } from '../vscode/install.mjs';
import { startServer, type ServerOptions, type VSCodeServer } from '../vscode/server';
import { Workbench } from '../vscode/workbench';

const root = path.resolve(import.meta.dirname, '../../..');

/** The package that `npm run package` makes. */
export const packedExtension = path.join(root, 'dist/state-folder.vsix');

/** The VS Code that a run is for: STATE_FOLDER_VSCODE=newest|oldest. */
export const whichVSCode: Which =
  process.env.STATE_FOLDER_VSCODE === 'oldest' ? 'oldest' : 'newest';

export interface SessionOptions extends ServerOptions {
  workspace?: string;
  width?: number;
  height?: number;
  colorScheme?: 'dark' | 'light';
  prepare?: (page: Page) => Promise<void>;
}

/** The packed extension in a VS Code with nothing else, seen in a browser. */
export interface Session {
  readonly workbench: Workbench;
  readonly page: Page;
  readonly server: VSCodeServer;
  /** requests to other hosts (refused) and exceptions in the page: both must stay empty */
  readonly foreign: readonly string[];
  readonly errors: readonly string[];
  /** saves what is seen to .vscode-test/screenshots/{name}.png, for people who look for a reason */
  screenshot(name: string): Promise<void>;
  close(): Promise<void>;
}

export async function openSession(options: SessionOptions = {}): Promise<Session> {
  if (!existsSync(packedExtension)) throw new Error(`npm run package makes ${packedExtension}`);
  const server = await startServer({
    which: whichVSCode,
    ...options,
    vsix: options.vsix ?? [packedExtension],
  });
  const browser = await openBrowser(options.log);
  const close = async () => {
    await browser.close();
    await server.stop();
  };
  let opened: WorkbenchPage;
  try {
    opened = await openWorkbench(server, browser, options);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    workbench: new Workbench(opened.page),
    page: opened.page,
    server,
    foreign: opened.foreign,
    errors: opened.errors,
    async screenshot(name) {
      const folder = path.join(root, '.vscode-test/screenshots');
      await mkdir(folder, { recursive: true });
      const file = `${name.replaceAll(/[^\w.-]+/g, '-')}.png`;
      await opened.page.screenshot({ path: path.join(folder, file) });
    },
    close,
  };
}
