import * as vscode from 'vscode';
import { ChangeScheduler } from './changeScheduler';
import { stateViewId } from '../contributions';
import type { StateTree } from './stateTree';
import type { TreeItems } from './treeItems';
import type { StateNode } from './treeNodes';

/** The State view: hands the rows of the tree to VS Code, and their changes as often as it can show them. */
export class StateView implements vscode.TreeDataProvider<StateNode>, vscode.Disposable {
  readonly #changes = new vscode.EventEmitter<StateNode[] | undefined>();
  readonly #scheduler = new ChangeScheduler<StateNode | 'all'>((changed) => {
    const nodes = changed.filter((node) => node !== 'all');
    this.#changes.fire(nodes.length < changed.length ? undefined : nodes);
  });
  /** rows that VS Code has */
  readonly #given = new WeakSet<StateNode>();
  readonly #view: vscode.TreeView<StateNode>;
  readonly #subscriptions: vscode.Disposable;
  readonly #visibility = new vscode.EventEmitter<boolean>();
  readonly onDidChangeTreeData = this.#changes.event;
  readonly onDidChangeVisibility = this.#visibility.event;

  constructor(
    private readonly tree: StateTree,
    private readonly items: TreeItems,
  ) {
    this.#view = vscode.window.createTreeView<StateNode>(stateViewId, {
      treeDataProvider: this,
      showCollapseAll: true,
    });
    this.#subscriptions = vscode.Disposable.from(
      this.#view,
      this.#view.onDidExpandElement(({ element }) => tree.setExpanded(element, true)),
      this.#view.onDidCollapseElement(({ element }) => tree.setExpanded(element, false)),
      this.#view.onDidChangeVisibility(({ visible }) => this.#visibility.fire(visible)),
    );
  }

  get visible(): boolean {
    return this.#view.visible;
  }

  get selection(): readonly StateNode[] {
    return this.#view.selection;
  }

  /** Beside the view's title: the app and its status. */
  set description(text: string) {
    this.#view.description = text;
  }

  /** Above the rows. It hides the welcome of an empty tree. */
  set message(text: string | undefined) {
    if (this.#view.message !== text) this.#view.message = text;
  }

  /** On the icon: partitions that cannot be read. */
  set unreadable(count: number) {
    this.#view.badge =
      count === 0
        ? undefined
        : {
            value: count,
            tooltip:
              count === 1
                ? vscode.l10n.t('1 partition cannot be read')
                : vscode.l10n.t('{0} partitions cannot be read', count),
          };
  }

  /** Repaints rows and what is below them; without rows, the whole tree. */
  changed(nodes: readonly StateNode[] | undefined): void {
    this.#scheduler.changed(nodes ?? ['all']);
  }

  /** Selects a row. One that came since VS Code asked for the rows beside it is one that it does not know. */
  async reveal(node: StateNode): Promise<void> {
    if (node.parent !== undefined && !this.#given.has(node)) this.#changes.fire([node.parent]);
    await this.#view.reveal(node, { select: true, focus: true });
  }

  getTreeItem(node: StateNode): vscode.TreeItem {
    return this.items.item(node);
  }

  async getChildren(node?: StateNode): Promise<StateNode[]> {
    // Asked of open rows only. The word that one was opened is lost where it comes while VS Code takes the tree anew.
    if (node?.expanded === false) this.tree.setExpanded(node, true);
    const rows = await this.tree.children(node);
    for (const row of rows) this.#given.add(row);
    return [...rows];
  }

  getParent(node: StateNode): StateNode | undefined {
    return node.parent;
  }

  async resolveTreeItem(item: vscode.TreeItem, node: StateNode): Promise<vscode.TreeItem> {
    // Where it cannot be read, the partition's own row says why.
    const disagrees =
      node.kind === 'entry' && (await this.tree.indexDisagrees(node).catch(() => false));
    item.tooltip = this.items.tooltip(node, disagrees);
    return item;
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#scheduler.dispose();
    this.#changes.dispose();
    this.#visibility.dispose();
  }
}
