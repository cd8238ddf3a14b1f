import * as vscode from 'vscode';
import { commandIds } from '../contributions';
import { nodeOf } from '../value/entryCommands';
import type { Commands } from '../registerCommand';
import type { SharedPartitions } from './sharedPartitions';
import type { StateFolders } from './stateFolders';
import type { StateTree } from './stateTree';
import type { StateView } from './stateView';
import { pathOf, type StateNode } from './treeNodes';
import { valueAddress } from '../value/valueDocumentUri';

/** What folder commands work on. */
export interface FolderCommandsHost {
  readonly folders: StateFolders;
  readonly partitions: SharedPartitions;
  readonly tree: StateTree;
  readonly view: StateView;
  readonly log: vscode.LogOutputChannel;
}

/** Refresh, Open State Folder..., Remove from View, Load More, both Reveals, Show Log. */
export function registerFolderCommands(
  commands: Commands,
  { folders, partitions, tree, view, log }: FolderCommandsHost,
): vscode.Disposable {
  return vscode.Disposable.from(
    commands.register(commandIds.refresh, async () => {
      partitions.allChanged();
      await folders.scan();
      view.changed(undefined);
    }),
    commands.register(commandIds.openStateFolder, async (given) => {
      const uri = given instanceof vscode.Uri ? given : await askForFolder();
      if (uri === undefined) return;
      await folders.add(uri.fsPath);
      const node = tree.find(uri.fsPath);
      if (node !== undefined) await view.reveal(node);
    }),
    commands.register(commandIds.removeFromView, async (target) => {
      const folder = stateFolderPath(nodeOf(target) ?? view.selection[0]);
      if (folder !== undefined) await folders.remove(folder);
    }),
    commands.register(commandIds.loadMore, async (target) => {
      const node = nodeOf(target) ?? view.selection[0];
      if (node?.kind === 'more') await tree.loadMore(node);
    }),
    commands.register(commandIds.revealInFileManager, async (target) => {
      const node = nodeOf(target) ?? view.selection[0];
      const path = node === undefined ? undefined : pathOf(node);
      if (path === undefined) return;
      await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(path));
    }),
    commands.register(commandIds.revealInStateView, async (target) => {
      const uri = target instanceof vscode.Uri ? target : undefined;
      if (uri !== undefined) await reveal(uri, tree, view, folders);
    }),
    commands.register(commandIds.showLog, () => log.show(true)),
  );
}

async function askForFolder(): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    openLabel: vscode.l10n.t('Open State Folder'),
  });
  return chosen?.[0];
}

/** The row of a value's document, or of a file or folder in the Explorer. */
async function reveal(
  uri: vscode.Uri,
  tree: StateTree,
  view: StateView,
  folders: StateFolders,
): Promise<void> {
  const address = valueAddress(uri);
  const path = address?.partitionPath ?? uri.fsPath;
  if (tree.find(path) === undefined) await folders.scan();
  const partition = tree.find(path);
  if (partition === undefined) return;
  const entry =
    address !== undefined && partition.kind === 'partition'
      ? await tree.findEntry(partition, address)
      : undefined;
  await view.reveal(entry ?? partition);
}

function stateFolderPath(node: StateNode | undefined): string | undefined {
  if (node?.kind === 'stateFolder') return node.folder.path;
  return node?.kind === 'group' ? node.joined?.folder.path : undefined;
}
