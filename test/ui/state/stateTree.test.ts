import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { copyFixture, TreeHarness } from './treeHarness';

describe('StateTree', () => {
  let harness: TreeHarness;

  async function of(fixture: string, part?: string): Promise<TreeHarness> {
    harness = new TreeHarness(await copyFixture(fixture, part));
    await harness.scan();
    return harness;
  }

  afterEach(() => harness.dispose());

  it('shows a value at once: the first store, partition and message key are open', async () => {
    const { tree } = await of('12-real-app');
    const lines = await harness.outline();
    // The first rows are shown before what is below them has been read.
    assert.deepEqual(lines.slice(0, 11), [
      'state/freddy-example-prod-features  9 stores · 1.4 MB',
      ' default  keys',
      '  f-in[0]  offset 14',
      '   PC1  4 keys',
      '    none  null',
      "    raw  b'\\x00\\x01\\xffbin'",
      '    total  14',
      '    {"composite":1}  [1,2]',
      '   PC2  4 keys',
      '   PC3  4 keys',
      '   Metadata  changelog offset 14',
    ]);
    assert.equal(tree.roots.length, 1);
  });

  it('joins levels that hold only one', async () => {
    await of('10-layout');
    const roots = await harness.rows(undefined);
    assert.match(roots[0] ?? '', /^state {2}\d+ stores · /);
    const [folder] = harness.tree.roots;
    assert.ok(folder);
    const groups = await harness.tree.children(folder);
    assert.ok(groups.filter(({ kind }) => kind === 'group').length >= 3);
    assert.deepEqual(
      groups.map(({ kind }) => kind).filter((kind, i, all) => all.indexOf(kind) === i),
      ['group', 'folder', 'file'],
    );
  });

  it('loads a hundred message keys a page, and says how many there are', async () => {
    await of('08b-huge-and-many', 'odd/many');
    const partition = await harness.open('state/odd', 'many', 'orders[0]');
    const first = await harness.tree.children(partition);
    assert.equal(first.filter(({ kind }) => kind === 'messageKey').length, 100);
    assert.match(
      (await harness.rows(partition)).find((row) => row.startsWith('Load')) ?? '',
      /^Load 100 More {2}100 of about (9|10),\d{3}$/,
    );
    const more = first.find(({ kind }) => kind === 'more');
    assert.ok(more?.kind === 'more');
    await harness.tree.loadMore(more);
    assert.deepEqual(harness.repaints.at(-1), [partition.id]);
    const second = await harness.tree.children(partition);
    assert.equal(second.filter(({ kind }) => kind === 'messageKey').length, 200);
    assert.equal(second[0], first[0]);
  });

  it('keeps of a large value only what rows show', async () => {
    await of('08b-huge-and-many', 'odd/huge');
    const key = await harness.open('state/odd', 'huge', 'orders[0]', 'k');
    const rows = await harness.tree.children(key);
    const large = rows.find((row) => row.kind === 'entry' && row.size > 5_000_000);
    assert.ok(large?.kind === 'entry');
    assert.ok(large.entry.value.bytes.length < 10_000);
    assert.ok((await harness.rows(key)).every((row) => row.length < 120));
  });

  it('says what is damaged, and shows what is sound', async () => {
    await of('11-damaged');
    const group = await harness.open('state/damage');
    const lines: string[] = [];
    for (const store of await harness.tree.children(group)) {
      harness.tree.setExpanded(store, true);
      for (const partition of await harness.tree.children(store)) {
        harness.tree.setExpanded(partition, true);
        await harness.tree.children(partition);
        const texts = harness.writer.texts(partition);
        if (texts.icon === 'error') lines.push(texts.description);
      }
    }
    assert.ok(
      lines.some((line) => /^damaged: \d{6}\.sst/.test(line)),
      lines.join('\n'),
    );
    const block = await harness.open('state/damage', 'sst-first-block-flip', 'orders[0]');
    const rows = await harness.rows(block);
    assert.equal(
      rows[0],
      '000011.sst is damaged at byte 0. The rest of orders[0] is shown.',
      rows.join('\n'),
    );
    assert.match(harness.writer.texts(block).description, /^damaged: 000011\.sst · offset 599$/);
    // "k00" and "k01" lie in the damaged block, and "k02" does in part.
    assert.deepEqual(rows.slice(1, 4), ['k02  7 keys', 'k03  20 keys', 'k04  20 keys']);
    assert.ok(rows.includes('k29  20 keys'));
  });

  it('keeps rows and what is loaded below them over a scan', async () => {
    await of('01-default-wal-open');
    await harness.outline();
    const before = await harness.tree.children(undefined);
    await writeFile(path.join(harness.folder, 'model.dat'), 'x');
    await harness.scan();
    const after = await harness.tree.children(undefined);
    assert.equal(after[0], before[0]);
    assert.ok((await harness.rows(after[0])).some((row) => row.startsWith('model.dat  1 B')));
  });

  it('keeps a partition whose folder is gone for ten seconds', async () => {
    await of('01-default-wal-open');
    const stream = await harness.open('state/quixstreams-default', 'default', 'orders');
    await rm(path.join(harness.folder, 'quixstreams-default/default/orders/1'), {
      recursive: true,
    });
    await mkdir(path.join(harness.folder, 'quixstreams-default/default/orders/7'));
    await harness.scan();
    assert.ok((await harness.rows(stream)).includes('orders[1]  removed'));
    harness.clock.advance(10_000);
    assert.ok(!(await harness.rows(stream)).some((row) => row.startsWith('orders[1]')));
  });

  describe('while the app writes', () => {
    let wal: string;
    let whole: Buffer;
    let partition: string;

    /** A store whose log ends early; `append` gives it the rest, as the app would. */
    async function cut(share: number): Promise<void> {
      await of('01-default-wal-open', 'quixstreams-default/default/payments/0');
      partition = path.join(harness.folder, 'quixstreams-default/default/payments/0');
      const logs = (await readdir(partition)).filter((name) => /^\d+\.log$/.test(name));
      wal = path.join(partition, logs.at(-1) ?? '');
      whole = await readFile(wal);
      await writeFile(wal, whole.subarray(0, Math.floor(whole.length * share)));
    }

    async function append(): Promise<void> {
      await writeFile(wal, whole.subarray((await readFile(wal)).length), { flag: 'a' });
      const repainted = harness.nextRepaint();
      harness.partitions.changed(partition);
      await repainted;
    }

    it('repaints what changed, at once and in one go, and marks it', async () => {
      await cut(0.6);
      const before = await harness.outline();
      await append();
      assert.equal(harness.repaints.length, 1);
      const after = await harness.outline();
      assert.notDeepEqual(after, before);
      const marked: string[] = [];
      const walk = async (node: Parameters<TreeHarness['rows']>[0]) => {
        for (const row of await harness.tree.children(node)) {
          if ('mark' in row && row.mark !== undefined) marked.push(row.mark.change);
          if (row.expanded) await walk(row);
        }
      };
      await walk(undefined);
      assert.ok(marked.length > 0);
      harness.clock.advance(3000);
      marked.length = 0;
      await walk(undefined);
      assert.deepEqual(marked, []);
      // Read anew, it is the same.
      const anew = new TreeHarness(harness.folder);
      await anew.scan();
      await anew.outline();
      assert.deepEqual(await anew.outline(), after);
      anew.tree.dispose();
      await anew.partitions.dispose();
    });

    it('reads nothing while the view is hidden, and all of it when it is shown', async () => {
      await cut(0.6);
      const before = await harness.outline();
      harness.visible = false;
      await writeFile(wal, whole);
      harness.partitions.changed(partition);
      await new Promise((resolve) => setTimeout(resolve, 150));
      assert.equal(harness.repaints.length, 0);
      assert.deepEqual(await harness.outline(), before);
      harness.visible = true;
      const repainted = harness.nextRepaint();
      harness.partitions.shown();
      await repainted;
      assert.notDeepEqual(await harness.outline(), before);
    });
  });
});
