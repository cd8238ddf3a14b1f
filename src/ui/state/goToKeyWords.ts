import { countText } from '../../app/index';
import { printable } from '../../quixstreams/index';
import type { Translate } from '../translate';
import type { ExpectedPartition, FoundKey, KeySearch, PartitionCounts } from './keySearch';
import type { PartitionNode } from './treeNodes';

/** What is said of message keys in partitions. */
export class KeyWords {
  constructor(
    private readonly search: KeySearch,
    private readonly labelOf: (node: PartitionNode) => string,
    private readonly t: Translate,
  ) {}

  /** `f-in[0] · default` */
  placeText(partition: PartitionNode): string {
    return `${this.labelOf(partition)} · ${printable(partition.storeName)}`;
  }

  /** `expected in f-in[2], of 4 partitions of the topic` */
  expectedText(
    partition: PartitionNode,
    { number, count, ofTopic }: ExpectedPartition,
    lies: boolean,
  ): string {
    const t = this.t;
    const label = printable(`${partition.streamId ?? ''}[${number}]`);
    const text = countText(count);
    const of = ofTopic
      ? count === 1
        ? t('1 partition of the topic')
        : t('{0} partitions of the topic', text)
      : count === 1
        ? t('1 partition on disk')
        : t('{0} partitions on disk', text);
    return lies && number !== partition.partition.number
      ? t('lies elsewhere: expected in {0}, of {1}', label, of)
      : t('expected in {0}, of {1}', label, of);
  }

  /** What is said of a key that was found. */
  foundText({ partition, messageKey }: FoundKey, counts: PartitionCounts): string {
    const expected = this.search.expected(partition, messageKey, counts);
    return expected === undefined ? '' : this.expectedText(partition, expected, true);
  }

  /** For each stream, where a key is expected that is in none of its partitions. */
  missing(text: string, counts: PartitionCounts) {
    const key = { json: JSON.stringify(text) };
    return this.search.streams().flatMap((partition) => {
      const expected = this.search.expected(partition, { key }, counts);
      if (expected === undefined) return [];
      const target = this.search.beside(partition, expected.number) ?? partition;
      const detail = this.expectedText(partition, expected, false);
      return [{ target, store: printable(partition.storeName), detail }];
    });
  }
}
