import { openStorePartition } from '../quixstreams/index';
import { CorruptionError } from '../rocksdb/index';
import { lockHolder, scanStateFolder, type Partition } from '../statefolder/index';
import { changelogTopicOf } from './changelogTopic';
import { damageAtOpen, damageAtRest, isManifestMissing } from './damageAtOpen';
import { LockedError, StoreIncompleteError, StoreRecreatedError } from './errors';

/** What a partition was before its app ran. */
export interface PartitionBefore {
  /** undefined: none yet, or not readable */
  readonly changelogOffset: bigint | undefined;
  /** `{changelog topic}[{number}]` */
  readonly changelog: string;
}

/** By path of the partition. */
export type StateBeforeRun = ReadonlyMap<string, PartitionBefore>;

export type RunProblem = LockedError | StoreRecreatedError | StoreIncompleteError;

export interface RunCheck {
  readonly before: StateBeforeRun;
  /** What the app would destroy, or trip over; the worst first. */
  readonly problems: readonly RunProblem[];
}

export interface CheckOptions {
  /** The app's consumer group, where it is known: it opens no other's stores. */
  readonly group?: string;
  readonly signal?: AbortSignal;
}

/** Partitions beyond these are not looked at: a person waits. */
const mostPartitions = 500;
const longestMs = 5000;
const atOnce = 8;
/** What cannot be undone first. */
const severity = ['StoreRecreatedError', 'StoreIncompleteError', 'LockedError'];

/**
 * Looks at the stores that an app will open: which of them another process has open, which of them RocksDB would find
 * damaged, so that quixstreams destroys and recovers them (`on_corrupted_recreate`), and which it could not open at all.
 * Reads only; a folder that is not there has no problems. What was in the stores is for comparing after the start.
 * @throws `signal`'s reason
 */
export async function checkBeforeRun(
  stateFolder: string,
  { group, signal }: CheckOptions = {},
): Promise<RunCheck> {
  const before = new Map<string, PartitionBefore>();
  const problems: RunProblem[] = [];
  const partitions = await partitionsIn(stateFolder, group, signal);
  const until = performance.now() + longestMs;
  const look = async (): Promise<void> => {
    for (;;) {
      signal?.throwIfAborted();
      const found = partitions.shift();
      if (found === undefined || performance.now() > until) return;
      const holder = await lockHolder(found.path);
      if (holder !== undefined) problems.push(new LockedError(found.label, holder));
      const seen = found.halfMade
        ? await damageAtRest(found.path)
        : await lookAt(found.path, signal);
      if (seen instanceof CorruptionError) {
        // A store that is being made has no CURRENT yet.
        if (!found.halfMade || holder === undefined) problems.push(problemOf(found, seen));
      }
      const changelogOffset = typeof seen === 'bigint' ? seen : undefined;
      before.set(found.path, { changelogOffset, changelog: found.changelog });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, look));
  problems.sort((a, b) => severity.indexOf(a.name) - severity.indexOf(b.name));
  return { before, problems };
}

type FoundPartition = Pick<Partition, 'path' | 'halfMade'> & {
  readonly label: string;
  readonly changelog: string;
};

async function partitionsIn(
  stateFolder: string,
  group: string | undefined,
  signal: AbortSignal | undefined,
): Promise<FoundPartition[]> {
  const folder = await scanStateFolder(stateFolder, { followLinks: true, signal }).catch(() => {
    signal?.throwIfAborted();
    return undefined; // not made yet
  });
  const groups = (folder?.groups ?? []).filter(({ name }) => group === undefined || name === group);
  return groups
    .flatMap((owner) => owner.stores.map((store) => ({ group: owner.name, store })))
    .flatMap((one) => one.store.streams.map((stream) => ({ ...one, stream })))
    .flatMap(({ group: owner, store, stream }) =>
      stream.partitions.map(({ path, halfMade, number }) => {
        const topic = changelogTopicOf({ group: owner, store: store.name, streamId: stream.id });
        const label = `${stream.id ?? store.name}[${number}]`;
        return { path, halfMade, label, changelog: `${topic}[${number}]` };
      }),
    )
    .slice(0, mostPartitions);
}

function problemOf({ label, path: folder }: FoundPartition, damage: CorruptionError): RunProblem {
  return isManifestMissing(damage)
    ? new StoreIncompleteError(label, folder, damage)
    : new StoreRecreatedError(label, folder, damage);
}

/** The offset in a store, or the damage that keeps RocksDB from opening it; undefined for neither. */
async function lookAt(
  folder: string,
  signal: AbortSignal | undefined,
): Promise<bigint | CorruptionError | undefined> {
  try {
    const partition = await openStorePartition(folder, { signal });
    try {
      await partition.database.openTables(signal);
      return partition.changelogOffset;
    } finally {
      await partition.close();
    }
  } catch (error) {
    signal?.throwIfAborted();
    // What another process changes meanwhile, or what is no store, is for the app to find.
    return error instanceof CorruptionError ? damageAtOpen(folder, signal) : undefined;
  }
}
