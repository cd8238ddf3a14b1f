import * as vscode from 'vscode';
import { NoBrokerError, type Kafka } from '../../app/index';
import { printable } from '../../quixstreams/index';
import { commandIds, topicsViewId } from '../contributions';
import { facts } from '../facts';
import { ChangeScheduler } from '../state/changeScheduler';
import type { KafkaConnections } from './kafkaConnections';
import {
  noticeRow,
  ShownRows,
  topicPageSize,
  topicRows,
  type GroupOffsets,
  type MoreRow,
  type TopicList,
  type TopicsRow,
  type TopicsSnapshot,
} from './topicRows';
import { localBroker, type UsedBroker } from './usedBroker';

/** How often a broker is asked while the view is on screen: seldomer the longer it says the same, or nothing. */
const soonestMs = 1000;
const latestMs = { same: 4000, silent: 10_000, slow: 15_000 };
/** A broker elsewhere that takes long to answer is left alone for so many times as long. */
const rest = 5;
/** It may be slow; no second question is asked meanwhile. */
const answerMs = 5000;

/** The Topics view: what is in the broker's topics, and how far the apps are. Asks only while it is on screen. */
export class TopicsView implements vscode.TreeDataProvider<TopicsRow>, vscode.Disposable {
  readonly #view: vscode.TreeView<TopicsRow>;
  readonly #painted = new vscode.EventEmitter<(TopicsRow | undefined)[] | undefined>();
  readonly #paint = new ChangeScheduler<TopicsRow | undefined>((rows) =>
    this.#painted.fire(rows.includes(undefined) ? undefined : rows),
  );
  readonly #subscriptions: vscode.Disposable;
  readonly #shown = new ShownRows();
  readonly #pages: Record<TopicList, number> = {
    topics: topicPageSize,
    changelogs: topicPageSize,
  };
  #snapshot: TopicsSnapshot | undefined;
  #timer: NodeJS.Timeout | undefined;
  #waitMs = soonestMs;
  #asking: Promise<void> | undefined;
  readonly onDidChangeTreeData = this.#painted.event as vscode.Event<
    TopicsRow | TopicsRow[] | undefined
  >;

  constructor(
    private readonly connections: KafkaConnections,
    private readonly used: UsedBroker,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.#view = vscode.window.createTreeView(topicsViewId, { treeDataProvider: this });
    this.#subscriptions = vscode.Disposable.from(
      this.#view,
      this.#painted,
      this.#view.onDidChangeVisibility(({ visible }) => {
        if (visible) used.forgetGroups(); // code may have changed
        this.#restart();
      }),
      used.onDidChange(() => {
        this.#snapshot = undefined;
        this.#asking = undefined;
        this.#restart();
      }),
    );
    this.#restart();
  }

  /** Address of the broker, and whose it is. */
  get description(): string | undefined {
    return this.#view.description;
  }

  getTreeItem(row: TopicsRow): vscode.TreeItem {
    const { None, Collapsed } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(row.label, row.children.length === 0 ? None : Collapsed);
    item.id = row.id;
    item.description = row.description;
    item.contextValue = this.#contextOf(row);
    item.iconPath = new vscode.ThemeIcon(icons[row.kind]);
    item.accessibilityInformation = { label: spoken(row) };
    if (row.kind === 'more') {
      const title = row.label;
      item.command = { title, command: commandIds.loadMoreTopics, arguments: [row] };
    }
    return item;
  }

  async getChildren(row?: TopicsRow): Promise<TopicsRow[]> {
    // No rows would read as no broker.
    if (row === undefined && this.#shown.roots.length === 0) await this.#ask();
    return [...(row ?? { children: this.#shown.roots }).children];
  }

  resolveTreeItem(item: vscode.TreeItem, row: TopicsRow): vscode.TreeItem {
    if (row.facts.length > 0) item.tooltip = facts(row.facts);
    return item;
  }

  loadMore({ list }: MoreRow): void {
    this.#pages[list] += topicPageSize;
    if (this.#snapshot !== undefined) this.#show(topicsOf(this.#snapshot, this.#pages));
  }

  /** Looks again now, for something was done to the topics. */
  refresh(): void {
    this.#waitMs = soonestMs;
    if (this.#view.visible && this.used.address !== undefined) void this.#ask();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#paint.dispose();
    this.#subscriptions.dispose();
  }

  #contextOf(row: TopicsRow): string {
    const isSendable = row.kind === 'topic' && !row.isChangelog;
    return isSendable && this.used.broker === localBroker ? 'topic local' : row.kind;
  }

  #restart(): void {
    clearTimeout(this.#timer);
    this.#waitMs = soonestMs;
    const { address } = this.used;
    if (address === undefined) {
      this.#view.description = undefined;
      this.#show([]);
    } else if (this.#view.visible) void this.#ask();
  }

  #ask(): Promise<void> {
    if (this.#asking !== undefined) return this.#asking;
    clearTimeout(this.#timer);
    const asking = this.#askNow().finally(() => {
      if (this.#asking !== asking) return; // another broker is asked by now
      this.#asking = undefined;
      if (!this.#view.visible || this.used.address === undefined) return;
      this.#timer = setTimeout(() => void this.#ask(), this.#waitMs);
    });
    this.#asking = asking;
    return asking;
  }

  async #askNow(): Promise<void> {
    const { address, broker } = this.used;
    if (address === undefined) return;
    const { l10n } = vscode;
    const name = printable(address);
    try {
      const groups = await this.used.groups();
      const begun = performance.now();
      const snapshot = await this.connections.use(address, (kafka) => snapshotOf(kafka, groups));
      if (this.used.address !== address) return;
      this.#snapshot = snapshot;
      this.#view.description = broker === localBroker ? l10n.t('{0} · local broker', name) : name;
      const changed = this.#show(topicsOf(snapshot, this.#pages));
      const wait = changed ? soonestMs : Math.min(this.#waitMs * 2, latestMs.same);
      const restMs = Math.min((performance.now() - begun) * rest, latestMs.slow);
      this.#waitMs = broker === localBroker ? wait : Math.max(wait, restMs);
    } catch (error) {
      this.log.debug('topics', error instanceof Error ? error.name : '');
      if (this.used.address !== address) return;
      const notice = noticeRow(l10n.t('{0} does not answer', name));
      const old = this.#snapshot === undefined ? [] : topicsOf(this.#snapshot, this.#pages);
      this.#view.description = notice.label;
      this.#show([notice, ...old]);
      this.#waitMs = Math.min(this.#waitMs * 2, latestMs.silent);
    }
  }

  /** Shows rows; gives whether they say something else than before. */
  #show(rows: readonly TopicsRow[]): boolean {
    const changed = this.#shown.show(rows);
    this.#paint.changed(changed);
    return changed.length > 0;
  }
}

function topicsOf(
  snapshot: TopicsSnapshot,
  pages: Readonly<Record<TopicList, number>>,
): TopicsRow[] {
  const { t } = vscode.l10n;
  const rows = topicRows(snapshot, pages, t);
  return rows.length > 0
    ? rows
    : [noticeRow(t('No topics yet. An app makes its topics at its start.'))];
}

/**
 * All topics, and what groups have committed in them, as far as the broker tells.
 * @throws NoBrokerError, TimeoutError
 */
async function snapshotOf(kafka: Kafka, groups: readonly string[]): Promise<TopicsSnapshot> {
  const signal = AbortSignal.timeout(answerMs);
  const topics = await kafka.topics(signal);
  const committed: GroupOffsets[] = [];
  for (const group of groups) {
    try {
      committed.push({ group, committed: await kafka.committed(group, topics, signal) });
    } catch (error) {
      // A cluster may keep its groups from us.
      if (error instanceof NoBrokerError || signal.aborted) throw error;
    }
  }
  return { topics, groups: committed };
}

const icons: Record<TopicsRow['kind'], string> = {
  topic: 'broadcast',
  partition: 'list-ordered',
  group: 'organization',
  changelogs: 'history',
  more: 'ellipsis',
  notice: 'warning',
};

/** A row for those who hear it. */
function spoken(row: TopicsRow): string {
  const { l10n } = vscode;
  const name =
    row.kind === 'partition'
      ? l10n.t('partition {0} of {1}', row.partition, printable(row.topic))
      : row.label;
  return row.description === '' ? name : `${name}, ${row.description}`;
}
