import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commandIds } from '../../../src/ui/contributions';
import {
  addFixture,
  rowAt,
  rowsBelow,
  session,
  until,
  type AddedFolder,
  type Row,
} from './stateView';

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

/** Rows with what is open below them, as lines. */
async function outline(rows: readonly Row[], indent = ''): Promise<string[]> {
  const lines: string[] = [];
  for (const { node, item, label, description } of rows) {
    const sign = { [None]: ' ', [Collapsed]: '>', [Expanded]: 'v' }[item.collapsibleState ?? None];
    lines.push(`${indent}${sign} ${label}  ${description}`.trimEnd());
    if (item.collapsibleState === Expanded) {
      lines.push(...(await outline(await rowsBelow(node), indent + ' ')));
    }
  }
  return lines;
}

describe('the State view', () => {
  it('shows the folder of a real app', async () => {
    const { tree } = await session();
    await until(() => tree.roots.length > 0, 'the folder was found');
    const [first] = await rowsBelow();
    assert.ok(first);
    // Rows do not wait long for what they say; what is read later is said then.
    const isStore = (line: string) => /^ [>v]/.test(line);
    await until(
      async () => (await outline([first])).filter(isStore).every((line) => line.includes('  ')),
      'each store says its kind',
    );
    assert.deepEqual(await outline([first]), [
      'v state/freddy-example-prod-features  9 stores · 1.4 MB',
      ' v default  keys',
      '  v f-in[0]  offset 14',
      '   v PC1  4 keys',
      '      none  null',
      "      raw  b'\\x00\\x01\\xffbin'",
      '      total  14',
      '      {"composite":1}  [1,2]',
      '   > PC2  4 keys',
      '   > PC3  4 keys',
      '   > Metadata  changelog offset 14',
      '  > f-in grouped by region[0]  offset 1',
      '  > f-ttl[0]  offset 48 · TTL',
      ' > asof  join',
      ' > hopping_count_window_collect  hopping count window',
      ' > hopping_window_10000_5000_collect  hopping window 10 s by 5 s',
      ' > interval  join',
      ' > session_window_3000_sum  session window 3 s',
      ' > sliding_window_10000_max  sliding window 10 s',
      ' > tumbling_count_window_reduce  tumbling count window',
      ' > tumbling_window_10000  tumbling window 10 s',
    ]);
  });

  it('gives each row an id, an icon, a kind, and words for a screen reader', async () => {
    const ids = new Set<string>();
    const check = async (rows: readonly Row[]) => {
      for (const { node, item } of rows) {
        assert.ok(item.id !== undefined && !ids.has(item.id), item.id);
        ids.add(item.id);
        assert.ok(item.iconPath instanceof vscode.ThemeIcon);
        assert.match(item.contextValue ?? '', new RegExp(`^${node.kind}( |$)`));
        assert.ok((item.accessibilityInformation?.label ?? '') !== '');
        if (item.collapsibleState === Expanded) await check(await rowsBelow(node));
      }
    };
    await check((await rowsBelow()).slice(0, 1));
    const { view } = await session();
    const [group] = await rowsBelow();
    const [store] = await rowsBelow(group?.node);
    const [partition] = await rowsBelow(store?.node);
    const [messageKey] = await rowsBelow(partition?.node);
    const total = (await rowsBelow(messageKey?.node)).find(({ label }) => label === 'total');
    assert.equal(total?.item.accessibilityInformation?.label, 'total, 14, message key PC1');
    assert.equal(total.item.command?.command, 'vscode.open');
    assert.equal(view.getParent(total.node), messageKey?.node);
  });

  it("says in a partition's tooltip where it is and when its values appear", async () => {
    const { view } = await session();
    const [group] = await rowsBelow();
    const [store] = await rowsBelow(group?.node);
    const [partition] = await rowsBelow(store?.node);
    assert.ok(partition);
    const { tooltip } = await view.resolveTreeItem(partition.item, partition.node);
    assert.ok(tooltip instanceof vscode.MarkdownString);
    assert.notEqual(tooltip.isTrusted, true);
    const text = tooltip.value.replace(/&nbsp;/g, ' ').replace(/\\/g, '');
    assert.match(text, /freddy-example-prod-features\/default\/f-in\/0/);
    assert.match(text, /Last checkpoint: `\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ`/);
    assert.match(text, /Changelog offset: `14`/);
    assert.match(text, /Values appear at checkpoints \(commit_interval, 5 s by default\)/);
  });

  describe('with odd keys and values', () => {
    let added: AddedFolder;
    before(async () => {
      added = await addFixture('08a-odd-content-open');
    });
    after(() => added.remove());

    it('escapes what is hostile in labels, values and tooltips', async () => {
      const { view } = await session();
      const hostile = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u;
      let rows = 0;
      let escaped = 0;
      const check = async (node: Row['node'], depth: number) => {
        for (const row of await rowsBelow(node)) {
          rows++;
          const { item, label, description } = row;
          for (const text of [label, description, item.accessibilityInformation?.label ?? '']) {
            assert.doesNotMatch(text, hostile);
            if (/\\u20|\\x[0-9a-f]{2}/.test(text)) escaped++;
          }
          const { tooltip } = await view.resolveTreeItem(item, row.node);
          const text = typeof tooltip === 'string' ? tooltip : (tooltip?.value ?? '');
          assert.doesNotMatch(text.replaceAll('\n', ''), hostile);
          if (item.collapsibleState !== None && depth < 6) await check(row.node, depth + 1);
        }
      };
      const top = (await session()).tree.find(added.path);
      assert.ok(top);
      await check(top, 0);
      assert.ok(rows > 100 && escaped > 5, `${rows} rows, ${escaped} escaped`);
    });

    it('shows a store without a stream level', async () => {
      const bare = await rowAt(added.path, 'default', 'default[0]', 'k');
      assert.equal(bare.description, '1 key');
    });

    it('shows pickles as Python writes them, once they are read', async () => {
      const pickled = await rowAt(added.path, 'pickle', 'orders[0]', 'raw');
      const descriptions = async () =>
        (await rowsBelow(pickled.node)).map(({ description }) => description);
      const rows = await until(async () => {
        const shown = await descriptions();
        return shown.some((text) => text.startsWith("b'")) ? undefined : shown;
      }, 'the rows are decoded');
      assert.deepEqual(rows, ['None', "{'x': 1.5}", '{1}', '(1, 2)']);
    });
  });

  describe('with ten thousand message keys', () => {
    let added: AddedFolder;
    before(async () => {
      added = await addFixture('08b-huge-and-many');
    });
    after(() => added.remove());

    it('loads a hundred at a time', async () => {
      const partition = await rowAt(added.path, 'many', 'orders[0]');
      const first = await rowsBelow(partition.node);
      const more = first.find(({ label }) => label === 'Load 100 More');
      assert.match(more?.description ?? '', /^100 of about (9|10),\d{3}$/);
      assert.equal(more?.item.command?.command, commandIds.loadMore);
      await vscode.commands.executeCommand(commandIds.loadMore, more.node);
      const second = await rowsBelow(partition.node);
      assert.equal(second.filter(({ node }) => node.kind === 'messageKey').length, 200);
      assert.equal(second[0]?.item.id, first[0]?.item.id);
    });
  });
});
