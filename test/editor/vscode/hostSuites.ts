import { build } from 'esbuild';
import { appendFileSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { openBrowser, openWorkbench } from './browser';
import { startServer, type ServerOptions } from './server';

const root = path.resolve(import.meta.dirname, '../../..');
const suitesFolder = path.join(root, 'test/editor/host');

/** Inside the checkout, so that the bundle finds mocha. */
const outputFolder = path.join(root, '.vscode-test/host');

/**
 * Bundles test/editor/host/*.test.ts, or those of them that are named, into one module with `run()`, as
 * `extensionTestsPath` wants it. Gives its path without extension.
 */
export async function bundleHostSuites(names: readonly string[] = []): Promise<string> {
  const files = (await readdir(suitesFolder))
    .filter((file) => file.endsWith('.test.ts'))
    .filter((file) => names.length === 0 || names.includes(file.slice(0, -'.test.ts'.length)))
    .sort();
  const suites = files.map((file) => `${JSON.stringify(file)}: () => import('./${file}')`);
  await build({
    stdin: {
      contents: `import { runSuites } from './runSuites';
export const run = () => runSuites({ ${suites.join(', ')} });`,
      resolveDir: suitesFolder,
    },
    bundle: true,
    outfile: path.join(outputFolder, 'index.js'),
    platform: 'node',
    mainFields: ['module', 'main'], // as the extension is bundled: some packages' main cannot be
    format: 'cjs',
    target: 'node22',
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return path.join(outputFolder, 'index');
}

export interface HostRun {
  which: ServerOptions['which'];
  /** the folder or .code-workspace file to open */
  workspace: string;
  env?: NodeJS.ProcessEnv;
  settings?: Record<string, unknown>;
  timeoutMs: number;
  /** the suites to run; none: all */
  suites: readonly string[];
  log: (text: string) => void;
}

/**
 * Runs the suites inside the extension host of a VS Code from npm. Gives 0 when all passed, 1 when
 * one failed, 124 after `timeoutMs`, 125 when the page crashed.
 */
export async function runHostSuites(run: HostRun): Promise<number> {
  const tests = await bundleHostSuites(run.suites);
  await mkdir(outputFolder, { recursive: true });
  const report = path.join(outputFolder, `report-${process.pid}.txt`);
  appendFileSync(report, '');
  const server = await startServer({
    which: run.which,
    driver: true,
    settings: run.settings ?? {},
    env: { ...run.env, SUITES_REPORT: report },
    log: run.log,
  });
  let shown = 0;
  const show = () => {
    const text = readFileSync(report, 'utf8');
    if (text.length > shown) run.log(text.slice(shown).trimEnd());
    shown = text.length;
  };
  const follow = setInterval(show, 200);
  const browser = await openBrowser(run.log);
  try {
    return await new Promise<number>((resolve, reject) => {
      const timer = setTimeout(() => resolve(124), run.timeoutMs);
      openWorkbench(server, browser, {
        workspace: run.workspace,
        extension: root,
        tests,
        prepare: async (page) => {
          page.on('crash', () => resolve(125));
          await page.exposeFunction('codeAutomationExit', (code: number) => {
            clearTimeout(timer);
            resolve(code);
          });
        },
      }).catch(reject);
    });
  } finally {
    clearInterval(follow);
    show();
    await browser.close();
    await server.stop();
    await rm(report);
  }
}
