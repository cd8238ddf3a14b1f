// Makes the pictures of the README, media/screenshot-dark.png and -light.png: the example app while it
// runs, in the packed extension. Usage: npm run package && npm run screenshots
import path from 'node:path';
import { openSession } from './outside/session';
import { exampleWorkspace } from './exampleWorkspace';
import { freePort } from './vscode/freePort';

const media = path.resolve(import.meta.dirname, '../../media');
const themes = { dark: 'Default Dark Modern', light: 'Default Light Modern' } as const;

async function take(name: keyof typeof themes): Promise<void> {
  const workspace = await exampleWorkspace();
  const session = await openSession({
    workspace: workspace.path,
    width: 1100,
    height: 620,
    colorScheme: name,
    settings: {
      'stateFolder.localBroker.port': await freePort(),
      'workbench.colorTheme': themes[name],
      'workbench.layoutControl.enabled': false,
      'window.menuBarVisibility': 'hidden',
      'breadcrumbs.enabled': false,
      'editor.minimap.enabled': false,
      'editor.fontSize': 14,
    },
  });
  try {
    const { page, workbench } = session;
    await workbench.openContainer('State Folder');
    await workbench.welcomeButton('Run App with State').click();
    await workbench.openDownTo('State', 'total');
    const sash = page.locator('.monaco-sash.vertical').nth(1);
    const box = await sash.boundingBox();
    if (box !== null) {
      await page.mouse.move(box.x + box.width / 2, 300);
      await page.mouse.down();
      await page.mouse.move(460, 300, { steps: 5 });
      await page.mouse.up();
    }
    await workbench.row('State', 'total').first().click();
    await workbench.tabs.filter({ hasText: 'total.json' }).waitFor();
    await workbench.waitForEditorText((text) => Number(text) >= 4, 60_000);
    await page.mouse.move(800, 500); // where nothing has a tooltip
    await page
      .locator('.monaco-hover:visible, .workbench-hover:visible')
      .first()
      .waitFor({ state: 'hidden' });
    const before = Number(await workbench.editorText());
    await workbench.waitForEditorText((text) => Number(text) > before, 60_000);
    await page.waitForTimeout(400); // a decoration is not in the page's text
    await page.screenshot({ path: path.join(media, `screenshot-${name}.png`) });
    await workbench.command('State Folder: Stop App');
    await workbench.viewAction('Stop App').waitFor({ state: 'hidden' });
  } finally {
    await session.close();
    await workspace.remove();
  }
}

async function main(): Promise<void> {
  for (const name of ['dark', 'light'] as const) await take(name);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
