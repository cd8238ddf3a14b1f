import assert from 'node:assert/strict';
import { KeyWords } from '../../../src/ui/state/goToKeyWords';
import { KeySearch, type PartitionCounts } from '../../../src/ui/state/keySearch';
import { keyText } from '../../../src/quixstreams/index';
import { copyFixture, translate, TreeHarness } from './treeHarness';

const { signal } = new AbortController();
const onDisk: PartitionCounts = new Map();

describe('going to a key', () => {
  let harness: TreeHarness;
  let search: KeySearch;
  let words: KeyWords;

  async function of(fixture: string, part?: string): Promise<void> {
    harness = new TreeHarness(await copyFixture(fixture, part));
    await harness.scan();
    search = new KeySearch(harness.partitions, harness.tree.partitionsBelow(undefined));
    words = new KeyWords(search, (node) => harness.writer.partitionLabel(node), translate);
  }
  afterEach(() => harness.dispose());

  const found = async (text: string, limit = 50) =>
    (await search.find(text, limit, signal)).map(
      ({ partition, messageKey }) => `${keyText(messageKey.key)} in ${words.placeText(partition)}`,
    );

  it('finds a typed key in every store and partition, the exact ones first', async () => {
    await of('12-real-app');
    const keys = await found('PC1');
    assert.ok(keys.includes('PC1 in f-in[0] · default'));
    assert.ok(keys.includes('PC1 in f-in[0] · tumbling_window_10000'));
    assert.ok(keys.includes('PC1 in f-in[0] · tumbling_count_window_reduce'));
    assert.ok(keys.includes('PC1 in f-in[0] · interval'));
    assert.ok(keys.every((key) => key.startsWith('PC1 in')));
    assert.deepEqual(await found('PC9'), []);
    const beginnings = await found('PC');
    assert.ok(beginnings.includes('PC3 in f-in[0] · default'));
  });

  it('offers so many that begin with what is typed', async () => {
    await of('08b-huge-and-many', 'odd/many');
    assert.deepEqual(await found('customer-0042', 3), [
      'customer-00420 in orders[0] · many',
      'customer-00421 in orders[0] · many',
      'customer-00422 in orders[0] · many',
    ]);
    assert.deepEqual(await found('customer-00420', 3), ['customer-00420 in orders[0] · many']);
    assert.equal((await found('', 5)).length, 5);
  });

  it('says where a key is expected, and if it lies elsewhere', async () => {
    await of('12-real-app');
    const [first] = await search.find('PC1', 1, signal);
    assert.ok(first);
    assert.equal(words.foundText(first, onDisk), 'expected in f-in[0], of 1 partition on disk');
    // murmur2("PC1") of librdkafka: 0 of 1, 1 of 3, 2 of 4
    assert.equal(
      words.foundText(first, new Map([['f-in', 4]])),
      'lies elsewhere: expected in f-in[2], of 4 partitions of the topic',
    );
    assert.deepEqual(
      words
        .missing('PC2', new Map([['f-in', 3]]))
        .map(({ store, detail }) => `${store}: ${detail}`)[0],
      'default: expected in f-in[1], of 3 partitions of the topic',
    );
  });
});
