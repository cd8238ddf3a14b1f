import {
  filterOfKey,
  kafkaKeyOf,
  partitionOf,
  type MessageKey,
  type StorePartition,
} from '../../quixstreams/index';
import type { SharedPartitions } from './sharedPartitions';
import type { PartitionNode } from './treeNodes';

/** The partition that Quix Streams' own producers send a key to. */
export interface ExpectedPartition {
  readonly number: number;
  /** how many partitions there are */
  readonly count: number;
  /** false: so many are on disk, no broker was there to be asked */
  readonly ofTopic: boolean;
}

/** A message key in a partition. */
export interface FoundKey {
  readonly partition: PartitionNode;
  readonly messageKey: MessageKey;
}

/** Partitions of topics, as a broker has them. */
export type PartitionCounts = ReadonlyMap<string, number>;

/** Partitions that are searched at the same time. */
const searchedAtOnce = 4;
/** Ways that one typed key may be stored in a partition. */
const mostOfOneKey = 10;

/** Finds a typed message key in partitions by seeks, and those that begin with what is typed. */
export class KeySearch {
  constructor(
    private readonly partitions: SharedPartitions,
    private readonly nodes: readonly PartitionNode[],
  ) {}

  /** Where the key lies, then up to `limit` that begin so; each partition's first in the order of the rows. */
  async find(text: string, limit: number, signal: AbortSignal): Promise<FoundKey[]> {
    const exact = new Map<string, FoundKey>();
    const others = new Map<string, FoundKey>();
    const waiting = [...this.nodes];
    const byPartition = new Map<PartitionNode, Awaited<ReturnType<typeof keysIn>>>();
    const searchOnes = async () => {
      for (let node = waiting.shift(); node !== undefined; node = waiting.shift()) {
        const found = await this.#search(node, text, limit, signal);
        byPartition.set(node, found);
      }
    };
    await Promise.all(Array.from({ length: searchedAtOnce }, searchOnes));
    for (const partition of this.nodes) {
      const { same = [], more = [] } = byPartition.get(partition) ?? {};
      const idOf = ({ prefix }: MessageKey) =>
        `${partition.path}#${Buffer.from(prefix).toString('hex')}`;
      for (const messageKey of same) exact.set(idOf(messageKey), { partition, messageKey });
      for (const messageKey of more) {
        const id = idOf(messageKey);
        if (!exact.has(id)) others.set(id, { partition, messageKey });
      }
    }
    return [...exact.values(), ...[...others.values()].slice(0, limit)];
  }

  /** How many partitions the topic of a partition has. */
  expected(
    partition: PartitionNode,
    { key }: Pick<MessageKey, 'key'>,
    counts: PartitionCounts,
  ): ExpectedPartition | undefined {
    const { streamId } = partition;
    if (streamId === undefined) return undefined;
    const ofTopic = countOf(streamId, counts);
    const onDisk = this.nodes.filter((node) => isBeside(node, partition));
    const count = ofTopic ?? Math.max(0, ...onDisk.map((node) => node.partition.number)) + 1;
    const kafkaKey = kafkaKeyOf({ key }, streamId.startsWith('repartition__'));
    return { number: partitionOf(kafkaKey, count), count, ofTopic: ofTopic !== undefined };
  }

  /** One partition of each stream in each store. */
  streams(): PartitionNode[] {
    return this.nodes.filter(
      (node, i) => !this.nodes.slice(0, i).some((other) => isBeside(other, node)),
    );
  }

  /** The partition with a number beside another one; undefined where it is not on disk. */
  beside(partition: PartitionNode, number: number): PartitionNode | undefined {
    return this.nodes.find((node) => isBeside(node, partition) && node.partition.number === number);
  }

  /** Of a partition that cannot be read nothing; its row says why. */
  async #search(node: PartitionNode, text: string, limit: number, signal: AbortSignal) {
    if (node.partition.halfMade || node.removed) return undefined;
    try {
      return await this.partitions
        .at(node.path)
        .read((store) => keysIn(store, text, limit, signal), signal);
    } catch {
      signal.throwIfAborted();
      return undefined;
    }
  }
}

async function keysIn(store: StorePartition, text: string, limit: number, signal: AbortSignal) {
  if (store.kind === 'dictionary' || store.kind === 'unknown') return undefined;
  const keysOf = async (open: boolean, most: number) => {
    const page = { limit: most, signal };
    const { items } = await store.filtered(filterOfKey({ text, open })).rows(page);
    return items.filter((row): row is MessageKey => row.kind === 'messageKey');
  };
  return { same: await keysOf(false, mostOfOneKey), more: await keysOf(true, limit) };
}

/** Of the topic that a stream is named after, or of each of those that were merged. */
function countOf(streamId: string, counts: PartitionCounts): number | undefined {
  const own = counts.get(streamId);
  if (own !== undefined) return own;
  const [first, ...others] = streamId.split('--').map((topic) => counts.get(topic));
  return others.every((count) => count === first) ? first : undefined;
}

function isBeside(a: PartitionNode, b: PartitionNode): boolean {
  const store = ({ parent }: PartitionNode) => (parent?.kind === 'stream' ? parent.parent : parent);
  return a.streamId === b.streamId && store(a) === store(b);
}
