import assert from 'node:assert/strict';
import type { TreeRow } from '../vscode/workbench';
import { fixtureWorkspace } from '../vscode/workspace';
import { useSession } from './useSession';

/** The mock of the design: what a person sees of fixture 12 before anything is clicked. */
const firstSight = [
  [1, 'state/freddy-example-prod-features', '9 stores · 1.4 MB'],
  [2, 'default', 'keys'],
  [3, 'f-in[0]', 'offset 14'],
  [4, 'PC1', '4 keys'],
  [5, 'none', 'null'],
  [5, 'raw', String.raw`b'\x00\x01\xffbin'`],
  [5, 'total', '14'],
  [5, '{"composite":1}', '[1,2]'],
  [4, 'PC2', '4 keys'],
  [4, 'PC3', '4 keys'],
  [4, 'Metadata', 'changelog offset 14'],
  [3, 'f-in grouped by region[0]', 'offset 1'],
  [3, 'f-ttl[0]', 'offset 48 · TTL'],
  [2, 'asof', 'join'],
] as const;

describe('the State view of a stopped app', function () {
  this.timeout(120_000);
  const opened = useSession(async () => ({ workspace: await fixtureWorkspace('12-real-app') }));

  it('shows a value with one click: the first store, partition and message key are open', async () => {
    const { workbench } = opened().session;
    await workbench.openContainer('State Folder');
    // What takes longer to read is told a moment after the rows are there.
    const isTold =
      ([, label, description]: (typeof firstSight)[number]) =>
      ({ label: shown, description: text }: TreeRow) =>
        shown === label && text === description;
    const rows = await workbench.waitForRows('State', (seen) =>
      firstSight.every((row) => seen.some(isTold(row))),
    );
    const seen = rows.map((row) => [row.level, row.label, row.description]);
    assert.deepEqual(seen.slice(0, firstSight.length), firstSight);
  });

  it('says to a screen reader what a row is', async () => {
    const rows = await opened().session.workbench.treeRows('State');
    assert.equal(rows.find((row) => row.label === 'total')?.aria, 'total, 14, message key PC1');
  });

  it('opens a value in a preview tab with the second click, in place of the last one', async () => {
    const { workbench } = opened().session;
    await workbench.row('State', 'total').first().click();
    await workbench.tabs.filter({ hasText: 'total.json' }).waitFor();
    await workbench.row('State', '{"composite":1}').first().click();
    await workbench.tabs.filter({ hasText: 'composite' }).waitFor();
    assert.equal(await workbench.tabs.count(), 1);
    await workbench.waitForEditorText((text) => text.trim().replaceAll(/\s+/g, ' ') === '[ 1, 2 ]');
  });

  it('copies a value, exact, from the row and by Ctrl+C', async () => {
    const { session } = opened();
    const { workbench, page } = session;
    await workbench.inlineAction(workbench.row('State', 'total').first(), 'Copy Value');
    await page.waitForFunction(async () => (await navigator.clipboard.readText()) === '14');
    await workbench.row('State', 'raw').first().click();
    await page.keyboard.press('Control+c');
    const literal = String.raw`b'\x00\x01\xffbin'`;
    await page.waitForFunction(
      async (wanted) => (await navigator.clipboard.readText()) === wanted,
      literal,
    );
  });

  it("offers a row's commands in its menu", async () => {
    const { workbench } = opened().session;
    const offered = await workbench.contextMenu(workbench.row('State', 'total').first());
    for (const title of ['Copy Value', 'Copy Key', 'Copy Path', 'Show Whole Entry']) {
      assert.ok(offered.includes(title), `${title} in ${offered.join()}`);
    }
  });

  it('shows the whole entry, with what it is and where it comes from', async () => {
    const { workbench } = opened().session;
    await workbench.chooseFromContextMenu(
      workbench.row('State', 'total').first(),
      'Show Whole Entry',
    );
    const text = await workbench.waitForEditorText((seen) => seen.includes('"value"'));
    const entry = JSON.parse(text) as Record<string, unknown>;
    assert.equal(entry['value'], 14);
  });

  it('is walked by keyboard alone: open, close, preview', async () => {
    const { workbench, page } = opened().session;
    await workbench.command('State Folder: Focus on State View');
    await page.keyboard.press('Home');
    assert.match(await workbench.focusedLabel(), /^state\/freddy-example-prod-features/);
    const walked: string[] = [];
    for (let step = 0; step < 6; step++) {
      await page.keyboard.press('ArrowDown');
      walked.push(await workbench.focusedLabel());
    }
    assert.equal(walked.at(-1), 'total, 14, message key PC1');
    await page.keyboard.press('Enter');
    await workbench.tabs.filter({ hasText: 'total.json' }).waitFor();
    await workbench.command('State Folder: Focus on State View');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    const rows = await workbench.waitForRows(
      'State',
      (seen) => seen.find((row) => row.label === 'PC1')?.expanded === false,
    );
    assert.ok(!rows.some((row) => row.label === 'total'));
  });

  it('shows the values of a join by their time, in words of their own', async () => {
    const { workbench } = opened().session;
    const asof = workbench.row('State', 'asof');
    await workbench.expand(asof);
    await workbench.expand(workbench.row('State', 'f-meta[0]'));
    const isFirst = (row: TreeRow) => row.label === 'PC1' && row.description === '14 values';
    await workbench.waitForRows('State', (seen) => seen.some(isFirst));
    await workbench.expand(workbench.row('State', 'PC1').last());
    const rows = await workbench.waitForRows('State', (seen) =>
      seen.some((row) => row.label === '2026-11-24 03:32:32.627Z'),
    );
    const first = rows.find((row) => row.label === '2026-11-24 03:32:32.627Z');
    assert.equal(first?.description, '{"cpu":0.0,"i":0,"region":"us"}');
    assert.match(first?.aria ?? '', /, message key PC1$/);
  });

  it('is readable in light, dark and high contrast', async () => {
    const { workbench, page } = opened().session;
    for (const [theme, mark] of [
      ['Dark Modern', 'vs-dark'],
      ['Dark High Contrast', 'hc-black'],
      ['Light High Contrast', 'hc-light'],
    ] as const) {
      await workbench.setTheme(theme);
      await page.locator(`.monaco-workbench.${mark}`).waitFor();
      const label = workbench.row('State', 'default').locator('.label-name').first();
      assert.ok(await label.isVisible());
    }
  });
});
