import assert from 'node:assert/strict';
import fc from 'fast-check';
import { changelogOf, changelogTopicOf, type Changelog } from '../../src/app/index';
import { eventsOf, logText } from './logFixtures';

// what, and its topic
const named: [Changelog, string][] = [
  [{ group: 'g', store: 'default', streamId: 'orders' }, 'changelog__g--orders--default'],
  [
    { group: 'g', store: 'tumbling_window_10000_sum', streamId: 'orders' },
    'changelog__g--orders--tumbling_window_10000_sum',
  ],
  [{ group: 'g', store: 'join', streamId: 'left--right' }, 'changelog__g--left--right--join'],
  [{ group: 'g', store: 'my-source', streamId: undefined }, 'changelog__g--my-source'],
  [
    { group: 'g', store: 'default', streamId: 'repartition.orders.region' },
    'changelog__g--repartition.orders.region--default',
  ],
];

describe('changelog topics', () => {
  for (const [changelog, topic] of named) {
    it(`are named and understood: ${topic}`, () => {
      assert.equal(changelogTopicOf(changelog), topic);
      assert.deepEqual(changelogOf(topic), changelog);
    });
  }

  it('of repartitioned streams have their names in another form', () => {
    const streamId = 'repartition__g--orders--region';
    assert.equal(
      changelogTopicOf({ group: 'g', store: 'default', streamId }),
      'changelog__g--repartition.orders.region--default',
    );
    // The other group's is a topic like any.
    const other = 'repartition__h--orders--region';
    assert.equal(
      changelogTopicOf({ group: 'g', store: 'default', streamId: other }),
      `changelog__g--${other}--default`,
    );
  });

  it('are those that a real app recovers from', () => {
    const recovered = eventsOf(logText('quixstreams-3.28.1/recovery')).flatMap((event) =>
      event.kind === 'recovered' ? event.partition : [],
    );
    const changelog = { group: 'failing', store: 'default', streamId: 'readings' };
    assert.deepEqual(recovered, [`${changelogTopicOf(changelog)}[0]`]);
  });

  it('are told from other topics', () => {
    const others = ['orders', 'repartition__g--orders--region', 'changelog__', 'changelog__g'];
    for (const topic of [...others, 'changelog__g--', 'changelog__--t--s', 'changelog__g--t--']) {
      assert.equal(changelogOf(topic), undefined, topic);
    }
  });

  it('are understood whatever is in a name but the mark', () => {
    const name = fc
      .stringMatching(/^[a-zA-Z0-9._-]{1,20}$/)
      .filter((text) => !text.includes('--') && !/^-|-$/.test(text));
    const changelogs = fc
      .tuple(name, name, name)
      .map(([group, store, streamId]): Changelog => ({ group, store, streamId }));
    fc.assert(
      fc.property(changelogs, (changelog) => {
        const mark = `__${changelog.group}--`;
        fc.pre(!changelog.streamId?.includes(mark));
        assert.deepEqual(changelogOf(changelogTopicOf(changelog)), changelog);
      }),
    );
  });
});
