import type { StateBeforeRun } from './checkBeforeRun';
import { partitionLabel } from './failures';
import type { Kafka } from './kafka/kafka';

/** A partition whose store has seen more of its changelog than there is. */
export interface AheadPartition {
  /** `f-in[0]` */
  readonly partition: string;
  /** of the last changelog record in the store */
  readonly offset: bigint;
  /** where the changelog ends; 0 where there is none */
  readonly end: bigint;
}

/** A broker that takes longer is not waited for: the app will find out. */
const longestMs = 5000;

/**
 * The first partition that is ahead of its changelog on a broker: it was deleted, or made anew, and the state kept. Nothing
 * where the broker cannot be asked.
 * @throws `signal`'s reason
 */
export async function aheadOfChangelog(
  before: StateBeforeRun,
  connect: () => Promise<Kafka>,
  signal: AbortSignal,
): Promise<AheadPartition | undefined> {
  const stores = [...before].filter(([, { changelogOffset }]) => changelogOffset !== undefined);
  stores.sort(([a], [b]) => (a < b ? -1 : 1));
  if (stores.length === 0) return undefined;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(longestMs)]);
  let ends: ReadonlyMap<string, bigint>;
  try {
    const kafka = await connect();
    try {
      const topics = await kafka.topics(limit);
      ends = new Map(
        topics.flatMap(({ name, partitions }) =>
          partitions.map(({ number, end }) => [`${name}[${number}]`, end] as const),
        ),
      );
    } finally {
      await kafka.close();
    }
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
  for (const [folder, { changelogOffset: offset, changelog }] of stores) {
    const end = ends.get(changelog) ?? 0n;
    if (offset !== undefined && offset >= end) {
      return { partition: partitionLabel(folder), offset, end };
    }
  }
  return undefined;
}
