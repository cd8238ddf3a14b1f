import assert from 'node:assert/strict';
import type { Topic } from '../../../src/app/index';
import {
  noticeRow,
  ShownRows,
  topicRows,
  type TopicsRow,
  type TopicsSnapshot,
} from '../../../src/ui/topics/topicRows';
import { translate } from '../state/treeHarness';

function topic(name: string, ...partitions: [start: bigint, end: bigint][]): Topic {
  return { name, partitions: partitions.map(([start, end], number) => ({ number, start, end })) };
}

const group = (name: string, committed: Record<string, bigint>) => ({
  group: name,
  committed: new Map(Object.entries(committed)),
});

const all = { topics: 100, changelogs: 100 };

const rowsOf = (snapshot: Partial<TopicsSnapshot>, shown = all) =>
  topicRows({ topics: [], groups: [], ...snapshot }, shown, translate);

/** Rows and all below them, as lines. */
function outline(rows: readonly TopicsRow[], indent = ''): string[] {
  return rows.flatMap(({ label, description, children }) => [
    `${indent}${label}  ${description}`.trimEnd(),
    ...outline(children, `${indent} `),
  ]);
}

describe('rows of topics', () => {
  it('are topics by name with their partitions, and the changelogs together at the end', () => {
    const topics = [
      topic('f-out', [0n, 0n]),
      topic('changelog__g--f-in--default', [0n, 15n]),
      topic('f-in', [0n, 1204n], [2000n, 3001n]),
    ];
    const groups = [group('g', { 'f-in[0]': 1200n, 'f-in[1]': 3001n })];
    assert.deepEqual(outline(rowsOf({ topics, groups })), [
      'f-in  2 partitions · 2,205 messages · lag 4',
      ' [0]  offsets 0 – 1,204 · committed 1,200 · lag 4',
      ' [1]  offsets 2,000 – 3,001 · committed 3,001 · lag 0',
      'f-out  1 partition · 0 messages',
      ' [0]  empty',
      'Changelogs  1 topic',
      ' changelog__g--f-in--default  1 partition · 15 messages',
      '  [0]  offsets 0 – 15',
    ]);
  });

  it('show several groups below their partition, and the largest lag at the topic', () => {
    const topics = [topic('f-in', [0n, 10n])];
    const groups = [group('a', { 'f-in[0]': 10n }), group('b', { 'f-in[0]': 3n }), group('c', {})];
    assert.deepEqual(outline(rowsOf({ topics, groups })), [
      'f-in  1 partition · 10 messages · lag up to 7',
      ' [0]  offsets 0 – 10',
      '  a  committed 10 · lag 0',
      '  b  committed 3 · lag 7',
    ]);
  });

  it('say when a group is beyond the end of a topic that was made anew', () => {
    const topics = [topic('f-in', [0n, 2n])];
    const groups = [group('g', { 'f-in[0]': 9n })];
    assert.deepEqual(outline(rowsOf({ topics, groups })), [
      'f-in  1 partition · 2 messages · lag 0',
      ' [0]  offsets 0 – 2 · committed 9, beyond the end',
    ]);
  });

  it('have hostile names made harmless, and ids that tell them apart', () => {
    const names = ['a\u202eb', 'a\\u202eb', 'a\nb'];
    const rows = rowsOf({
      topics: names.map((name) => topic(name, [0n, 1n])),
      groups: [group('g\u001b', { 'a\nb[0]': 0n })],
    });
    for (const { label, facts } of rows) {
      assert.doesNotMatch(label + JSON.stringify(facts), /[\p{Cc}\p{Bidi_Control}]/u);
    }
    assert.equal(new Set(rows.map(({ id }) => id)).size, names.length);
  });

  it('come 100 at a time, topics and changelogs each', () => {
    const name = (i: number) => String(i).padStart(3, '0');
    const topics = Array.from({ length: 250 }, (_, i) => topic(`t${name(i)}`, [0n, 1n]));
    const logs = Array.from({ length: 120 }, (_, i) => topic(`changelog__g--${i}--s`, [0n, 1n]));
    const rows = rowsOf({ topics: [...topics, ...logs] });
    assert.equal(rows.length, 102);
    assert.deepEqual(
      [rows[99]?.label, rows[100]?.label, rows[100]?.description, rows[101]?.label],
      ['t099', 'Load 100 More', '100 of 250', 'Changelogs'],
    );
    assert.deepEqual(outline(rows[101]?.children.slice(100) ?? []), ['Load 20 More  100 of 120']);
    assert.equal(rowsOf({ topics }, { topics: 300, changelogs: 100 }).length, 250);
  });
});

describe('rows that are shown', () => {
  const topics = (end: bigint, more = 0) => [
    topic('a', [0n, end]),
    topic('b', [0n, 5n], [0n, 5n]),
    ...Array.from({ length: more }, () => topic('c', [0n, 1n])),
  ];

  it('stay the same objects; only those that say something else are painted anew, outermost', () => {
    const shown = new ShownRows();
    assert.deepEqual(shown.show(rowsOf({ topics: topics(1n) })), [undefined]);
    const [a, b] = shown.roots;
    assert.deepEqual(shown.show(rowsOf({ topics: topics(1n) })), []);
    const changed = shown.show(rowsOf({ topics: topics(2n) }));
    assert.equal(changed.length, 1);
    assert.equal(changed[0], a);
    assert.equal(a?.description, '1 partition · 2 messages');
    assert.equal(a.children[0]?.description, 'offsets 0 – 2');
    assert.equal(shown.roots[1], b);
  });

  it('are painted anew as a whole where rows came or went', () => {
    const shown = new ShownRows();
    shown.show(rowsOf({ topics: topics(1n) }));
    const [a] = shown.roots;
    assert.deepEqual(shown.show(rowsOf({ topics: topics(1n, 1) })), [undefined]);
    assert.equal(shown.roots[0], a);
    assert.deepEqual(shown.show([noticeRow('x does not answer')]), [undefined]);
    assert.deepEqual(shown.show([]), [undefined]);
  });

  it('have a changed partition painted alone where its topic says the same', () => {
    const shown = new ShownRows();
    const committed = (first: bigint, second: bigint) => [
      group('g', { 'b[0]': first, 'b[1]': second }),
    ];
    const at = (first: bigint, second: bigint) =>
      rowsOf({ topics: topics(1n), groups: committed(first, second) });
    shown.show(at(1n, 2n));
    const changed = shown.show(at(1n, 2n));
    assert.deepEqual(changed, []);
    const [, b] = shown.roots;
    // The lag of the topic stays 7, the tooltips of its partitions change.
    assert.deepEqual(shown.show(at(2n, 1n)), [...(b?.children ?? [])]);
  });
});
