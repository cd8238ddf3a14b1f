import assert from 'node:assert/strict';
import path from 'node:path';
import * as vscode from 'vscode';
import { commandIds } from '../../../src/ui/contributions';
import { addFixture, rowsBelow, session, until, type AddedFolder } from './stateView';

const { executeCommand } = vscode.commands;

describe('finding keys', () => {
  let folder: AddedFolder;

  before(async () => {
    folder = await addFixture('08b-huge-and-many');
  });
  after(() => folder.remove());

  async function partition() {
    const { tree } = await session();
    const row = tree.find(path.join(folder.path, 'odd/many/orders/0'));
    assert.ok(row?.kind === 'partition');
    return row;
  }

  /** What the rows of message keys are called. */
  const keys = async () =>
    (await rowsBelow(await partition()))
      .filter(({ node }) => node.kind === 'messageKey')
      .map(({ label }) => label);

  /** Runs `run` while `method` of VS Code's window is another one, which may use the real one. */
  async function instead<Method extends 'showInputBox' | 'createQuickPick'>(
    method: Method,
    make: (real: (typeof vscode.window)[Method]) => unknown,
    run: () => Promise<void>,
  ): Promise<void> {
    const real = vscode.window[method];
    Object.assign(vscode.window, { [method]: make(real) });
    try {
      await run();
    } finally {
      Object.assign(vscode.window, { [method]: real });
    }
  }

  /** Accepts what is in the input that a command shows, until the command has ended. */
  async function accepted(command: Thenable<unknown>): Promise<void> {
    let ended = false;
    const end = Promise.resolve(command).finally(() => {
      ended = true;
    });
    await until(async () => {
      if (!ended) await executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return ended;
    }, 'the input was accepted');
    await end;
  }

  it('shows only keys that pass, with the filter on the row, until it is cleared', async () => {
    const row = await partition();
    const value = 'key:customer-0004*';
    let asked: vscode.InputBoxOptions | undefined;
    await instead(
      'showInputBox',
      (real) => (options: vscode.InputBoxOptions) => {
        asked = options;
        return real({ ...options, value });
      },
      () => accepted(executeCommand(commandIds.filterKeys, row)),
    );
    assert.equal(asked?.title, 'Filter Keys of orders[0]');
    assert.match(JSON.stringify(await asked.validateInput?.('/(a/')), /is no regular expression/);
    assert.equal(await asked.validateInput?.('/a/'), undefined);
    const { view } = await session();
    assert.deepEqual(
      await keys(),
      Array.from({ length: 10 }, (_, i) => `customer-0004${i}`),
    );
    const { description, contextValue } = view.getTreeItem(row);
    assert.match(String(description), / · filter: key:customer-0004\*$/);
    assert.match(contextValue ?? '', /^partition .*filtered/);
    await executeCommand(commandIds.clearFilter, row);
    assert.equal((await keys()).length, 100);
    assert.doesNotMatch(String(view.getTreeItem(row).description), /filter/);
  });

  it('finds a message key that is on no page yet, gives it a row, and selects it', async () => {
    const picks: vscode.QuickPick<vscode.QuickPickItem>[] = [];
    await instead(
      'createQuickPick',
      (real) => () => {
        const pick = real();
        picks.push(pick);
        return pick;
      },
      async () => {
        const command = executeCommand(commandIds.goToKey, await partition());
        const pick = await until(() => picks[0], 'the input is there');
        await until(() => pick.items.length > 1, 'the first keys are offered');
        pick.value = 'customer-0500';
        await until(() => pick.items[0]?.label === 'customer-05000', 'keys that begin so');
        pick.value = 'customer-05000';
        const [item] = await until(
          () => (pick.items.length === 1 ? pick.items : undefined),
          'the key',
        );
        assert.equal(item?.description, 'orders[0] · many');
        assert.equal(item.detail, 'expected in orders[0], of 1 partition on disk');
        await accepted(command);
      },
    );
    assert.ok((await keys()).includes('customer-05000'));
    const { view } = await session();
    await until(() => {
      const [row] = view.selection;
      return row !== undefined && view.getTreeItem(row).label === 'customer-05000';
    }, 'its row is selected');
  });
});
