import { chromium, type Browser, type Page } from 'playwright-core';
import { ensureChromium } from './chromium';
import type { VSCodeServer, WorkbenchContent } from './server';

/** A headless Chromium; it ends with `close()`, or with this process. */
export async function openBrowser(log?: (line: string) => void): Promise<Browser> {
  return chromium.launch({
    executablePath: await ensureChromium(log),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
    ],
  });
}

export interface PageOptions extends WorkbenchContent {
  width?: number;
  height?: number;
  colorScheme?: 'dark' | 'light';
  /** called before the page is loaded */
  prepare?: (page: Page) => Promise<void>;
}

export interface WorkbenchPage {
  readonly page: Page;
  /** requests to other hosts: all refused */
  readonly foreign: readonly string[];
  /** exceptions that nobody caught in the page */
  readonly errors: readonly string[];
  close(): Promise<void>;
}

/** Opens the workbench in a browser context of its own and waits until it can be used. */
export async function openWorkbench(
  server: VSCodeServer,
  browser: Browser,
  options: PageOptions,
): Promise<WorkbenchPage> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
    colorScheme: options.colorScheme ?? 'dark',
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const foreign: string[] = [];
  const errors: string[] = [];
  const ours = new URL(server.url).host;
  await context.route(
    (url) => /^(https?|wss?):$/.test(url.protocol) && url.host !== ours,
    (route) => {
      foreign.push(route.request().url());
      return route.abort();
    },
  );
  // tsx wraps the named functions of what page.evaluate sends in this
  await context.addInitScript('globalThis.__name = (named) => named');
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on('pageerror', (error) => errors.push(String(error)));
  await options.prepare?.(page);
  await page.goto(server.workbenchUrl(options), { timeout: 60_000 });
  await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 60_000 });
  return { page, foreign, errors, close: () => context.close() };
}
