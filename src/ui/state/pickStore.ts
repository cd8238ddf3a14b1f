import * as vscode from 'vscode';
import { printable } from '../../quixstreams/index';
import { commandIds } from '../contributions';
import { CommandNotice } from '../registerCommand';
import type { Choices, StoreChoice } from './storeChoices';
import type { StateFolders } from './stateFolders';
import type { StateTree } from './stateTree';
import type { StateNode } from './treeNodes';

const { l10n } = vscode;

/** Where stores are picked from. */
export interface PickHost {
  readonly folders: StateFolders;
  readonly tree: StateTree;
  /** what the tree calls a row */
  readonly labelOf: (node: StateNode) => string;
}

/** The only choice there is, or the one that the person picks. @throws CommandNotice where there is none */
export async function pickStore(
  { folders, tree, labelOf }: PickHost,
  { among }: Choices,
  placeHolder: string,
): Promise<StoreChoice | undefined> {
  if (tree.roots.length === 0) await folders.scan();
  const choices = among(tree.roots, labelOf);
  if (choices.length === 0) throw noFolder();
  if (choices.length === 1) return choices[0];
  const items = choices.map((choice) => ({
    label: choice.name,
    description: printable(choice.description),
    detail: printable(choice.path),
    choice,
  }));
  const options = { placeHolder, matchOnDescription: true, matchOnDetail: true };
  return (await vscode.window.showQuickPick(items, options))?.choice;
}

/** There is no state folder to work on, and what can be done. */
export function noFolder(): CommandNotice {
  const run = () => vscode.commands.executeCommand(commandIds.openStateFolder);
  return new CommandNotice({
    text: l10n.t('No state folder found here.'),
    actions: [{ title: l10n.t('Open State Folder...'), run }],
  });
}
