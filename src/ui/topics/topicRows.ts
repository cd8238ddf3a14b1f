import { changelogOf, countText, type Topic, type TopicPartition } from '../../app/index';
import { printable } from '../../quixstreams/index';
import type { Translate } from '../translate';

/** What a consumer group has committed: by `{topic}[{partition}]`, the offset of the next message. */
export interface GroupOffsets {
  readonly group: string;
  readonly committed: ReadonlyMap<string, bigint>;
}

/** A broker's topics at one moment. */
export interface TopicsSnapshot {
  readonly topics: readonly Topic[];
  readonly groups: readonly GroupOffsets[];
}

interface Row {
  /** stays the same as long as the row is of the same thing */
  readonly id: string;
  readonly label: string;
  readonly description: string;
  /** for the tooltip */
  readonly facts: readonly [string, string][];
  readonly children: readonly TopicsRow[];
}

export interface TopicRow extends Row {
  readonly kind: 'topic';
  readonly topic: string;
  readonly isChangelog: boolean;
}

export interface PartitionRow extends Row {
  readonly kind: 'partition';
  readonly topic: string;
  readonly partition: number;
}

/** A consumer group's place in a partition, where there are several groups. */
export interface GroupRow extends Row {
  readonly kind: 'group';
}

/** The changelog topics, together. */
export interface ChangelogsRow extends Row {
  readonly kind: 'changelogs';
}

/** The end of a list that goes on. */
export interface MoreRow extends Row {
  readonly kind: 'more';
  readonly list: TopicList;
}

/** Why no topics, or old ones, are shown. */
export interface NoticeRow extends Row {
  readonly kind: 'notice';
}

export type TopicsRow = TopicRow | PartitionRow | GroupRow | ChangelogsRow | MoreRow | NoticeRow;

/** The lists that are cut where they are long. */
export type TopicList = 'topics' | 'changelogs';

/** Topics of a page; the row after them loads as many more. */
export const topicPageSize = 100;

/** The rows of the Topics view: topics by name, changelogs together at the end, of each list as many as `shown`. */
export function topicRows(
  { topics, groups }: TopicsSnapshot,
  shown: Readonly<Record<TopicList, number>>,
  t: Translate,
): TopicsRow[] {
  const sorted = [...topics].sort((a, b) => (a.name < b.name ? -1 : 1));
  const isChangelog = ({ name }: Topic) => changelogOf(name) !== undefined;
  const changelogs = sorted.filter(isChangelog);
  const own = sorted.filter((topic) => !isChangelog(topic));
  const page = (list: TopicList, all: readonly Topic[]): TopicsRow[] => {
    const rows: TopicsRow[] = all.slice(0, shown[list]).map((topic) => topicRow(topic, groups, t));
    if (shown[list] < all.length) rows.push(moreRow(list, shown[list], all.length, t));
    return rows;
  };
  const rows = page('topics', own);
  if (changelogs.length > 0) {
    rows.push({
      kind: 'changelogs',
      id: 'changelogs',
      label: t('Changelogs'),
      description: topicCount(changelogs.length, t),
      facts: [],
      children: page('changelogs', changelogs),
    });
  }
  return rows;
}

/** Says what keeps topics from being shown. */
export function noticeRow(text: string): NoticeRow {
  return { kind: 'notice', id: 'notice', label: text, description: '', facts: [], children: [] };
}

const topicCount = (count: number, t: Translate) =>
  count === 1 ? t('1 topic') : t('{0} topics', countText(count));

function moreRow(list: TopicList, shown: number, all: number, t: Translate): MoreRow {
  return {
    kind: 'more',
    id: `more:${list}`,
    list,
    label: t('Load {0} More', Math.min(topicPageSize, all - shown)),
    description: t('{0} of {1}', countText(shown), countText(all)),
    facts: [],
    children: [],
  };
}

function topicRow(topic: Topic, groups: readonly GroupOffsets[], t: Translate): TopicRow {
  const { name, partitions } = topic;
  const messages = partitions.reduce((sum, { start, end }) => sum + (end - start), 0n);
  const words = [
    partitions.length === 1 ? t('1 partition') : t('{0} partitions', countText(partitions.length)),
    messages === 1n ? t('1 message') : t('{0} messages', countText(messages)),
  ];
  const lags = groups.flatMap(({ group, committed }) => {
    const lag = lagOf(topic, committed);
    return lag === undefined ? [] : [{ group, lag }];
  });
  const [first, ...others] = lags;
  if (first !== undefined) {
    const most = others.reduce((max, { lag }) => (lag > max ? lag : max), first.lag);
    const text = countText(most);
    words.push(others.length === 0 ? t('lag {0}', text) : t('lag up to {0}', text));
  }
  const changelog = changelogOf(name);
  const facts: [string, string][] = [
    [t('Topic'), printable(name)],
    // Ends of transactions and what compaction took have offsets, too.
    [t('Messages'), t('{0} at most, by offsets', countText(messages))],
  ];
  if (changelog !== undefined) {
    facts.push(
      [
        t('Changelog of'),
        printable([changelog.store, changelog.streamId].filter(Boolean).join(', ')),
      ],
      [t('Consumer group'), printable(changelog.group)],
    );
  }
  for (const { group, lag } of lags) {
    facts.push([t('Lag of {0}', printable(group)), countText(lag)]);
  }
  return {
    kind: 'topic',
    id: `topic:${name}`,
    topic: name,
    isChangelog: changelog !== undefined,
    label: printable(name),
    description: words.join(' · '),
    facts,
    children: partitions.map((partition) => partitionRow(name, partition, groups, t)),
  };
}

/** Messages that a group has still to work on; undefined where it has committed nothing. */
function lagOf(topic: Topic, committed: ReadonlyMap<string, bigint>): bigint | undefined {
  let lag: bigint | undefined;
  for (const { number, end } of topic.partitions) {
    const offset = committed.get(`${topic.name}[${number}]`);
    if (offset === undefined) continue;
    lag ??= 0n;
    if (offset < end) lag += end - offset;
  }
  return lag;
}

function partitionRow(
  topic: string,
  { number, start, end }: TopicPartition,
  groups: readonly GroupOffsets[],
  t: Translate,
): PartitionRow {
  const name = `${topic}[${number}]`;
  const words = [
    start === end ? t('empty') : t('offsets {0} – {1}', ...[start, end].map(countText)),
  ];
  const facts: [string, string][] = [
    [t('First offset'), countText(start)],
    [t('End offset'), countText(end)],
  ];
  const places: GroupRow[] = [];
  for (const { group, committed } of groups) {
    const offset = committed.get(name);
    if (offset === undefined) continue;
    const place = placeText(offset, end, t);
    facts.push([printable(group), place]);
    places.push({
      kind: 'group',
      id: `group:${name}:${group}`,
      label: printable(group),
      description: place,
      facts: [],
      children: [],
    });
  }
  const [only, ...others] = places;
  if (only !== undefined && others.length === 0) words.push(only.description);
  return {
    kind: 'partition',
    id: `partition:${name}`,
    topic,
    partition: number,
    label: `[${number}]`,
    description: words.join(' · '),
    facts,
    children: places.length > 1 ? places : [],
  };
}

/** Where a group is. A topic that was made anew may end before it. */
function placeText(offset: bigint, end: bigint, t: Translate): string {
  return offset > end
    ? t('committed {0}, beyond the end', countText(offset))
    : t('committed {0} · lag {1}', countText(offset), countText(end - offset));
}

/** Rows as they are shown: VS Code knows a row by its object, which stays the same while what it says changes. */
export class ShownRows {
  #roots: readonly TopicsRow[] = [];
  #byId = new Map<string, TopicsRow>();

  get roots(): readonly TopicsRow[] {
    return this.#roots;
  }

  /** Shows other rows; gives those to paint anew, outermost only. `undefined` among them stands for all. */
  show(rows: readonly TopicsRow[]): (TopicsRow | undefined)[] {
    const changed: (TopicsRow | undefined)[] = [];
    const known = new Map<string, TopicsRow>();
    const merge = (after: readonly TopicsRow[], paintedAnew: boolean): TopicsRow[] =>
      after.map((row) => {
        const shown = this.#byId.get(row.id);
        const anew = shown !== undefined && textOf(shown) !== textOf(row);
        if (anew && !paintedAnew) changed.push(shown);
        const children = merge(row.children, paintedAnew || anew);
        const kept =
          shown === undefined ? { ...row, children } : Object.assign(shown, row, { children });
        known.set(row.id, kept);
        return kept;
      });
    const others = idsOf(rows) !== idsOf(this.#roots);
    this.#roots = merge(rows, others);
    this.#byId = known;
    return others ? [undefined] : changed;
  }
}

const idsOf = (rows: readonly TopicsRow[]) => JSON.stringify(rows.map(({ id }) => id));

/** All that is seen of a row itself: a change below is the row's own where rows came or went. */
function textOf({ label, description, facts, children }: TopicsRow): string {
  return JSON.stringify([label, description, facts, idsOf(children)]);
}
