import { machineClock, type Clock } from './changeScheduler';
import type { LiveReason, Origin, Owner, PartitionNode } from './treeNodes';

/** A partition whose log grew this recently is live, whoever writes it. */
const growingMs = 15_000;
/** How often the partitions on screen are looked at: an app that ends without a word changes no file. */
const checkMs = 1000;

/** What liveness is told by, besides growth. */
export interface LivenessSigns {
  /** the process that holds a partition's lock */
  lockHolder(path: string): Promise<number | undefined>;
  /** since when (by the clock) our run of the app that keeps its state at `path` lives */
  runningSince(path: string): number | undefined;
  /** the replicas of our run that has the partition at `path`; 0 without one */
  replicasAt(path: string): number;
  /** the replica, from 1, that has it open: `pid` is its lock's holder, where that is known */
  replicaOf(path: string, pid: number | undefined): Promise<number | undefined>;
  /** how it came by its state when our run of its app was started */
  originOf(node: PartitionNode): Origin | undefined;
}

/** Which partitions an app has open, and which process: our run of it, a lock that is held, or a log that we saw grow. */
export class Liveness {
  readonly #grewAt = new Map<string, number>();
  /** partitions whose lock can be seen from here: it alone decides, an app that ended has let go of it */
  readonly #lockable = new Set<string>();
  #cancel: (() => void) | undefined;

  /** `shown` gives the partitions on screen; `changed` is told of those that became live, or no longer are. */
  constructor(
    private readonly signs: LivenessSigns,
    private readonly shown: () => readonly PartitionNode[],
    private readonly changed: (nodes: PartitionNode[]) => void,
    private readonly clock: Clock = machineClock,
  ) {}

  /** A write to the partition at `path` was seen. */
  grew(path: string): void {
    this.#grewAt.set(path, this.clock.now());
  }

  async reasonOf(path: string): Promise<LiveReason | undefined> {
    const pid = await this.signs.lockHolder(path);
    if (pid !== undefined) {
      this.#lockable.add(path);
      return { kind: 'lock', pid };
    }
    if (this.#lockable.has(path)) return undefined;
    const grewAt = this.#grewAt.get(path);
    if (grewAt === undefined) return undefined;
    const since = this.signs.runningSince(path);
    if (since !== undefined && grewAt >= since) return { kind: 'run' };
    return this.clock.now() - grewAt <= growingMs ? { kind: 'growing' } : undefined;
  }

  /** Looks at the partitions on screen now and every second, until `stop`. */
  start(): void {
    if (this.#cancel !== undefined) return;
    this.#schedule(0);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** Looks at the partitions on screen. */
  async check(): Promise<void> {
    const seen = await Promise.all(
      this.shown().map(async (node) => ({ node, live: await this.reasonOf(node.path) })),
    );
    const holders = new Map<string | undefined, Set<number>>();
    for (const { node, live } of seen) {
      if (live?.kind !== 'lock') continue;
      const group = groupOf(node);
      holders.set(group, (holders.get(group) ?? new Set()).add(live.pid));
    }
    const changed: PartitionNode[] = [];
    for (const { node, live } of seen) {
      const several =
        (holders.get(groupOf(node))?.size ?? 0) > 1 || this.signs.replicasAt(node.path) > 1;
      const owner =
        live !== undefined && several ? await this.#ownerOf(node.path, live) : undefined;
      const origin = this.signs.originOf(node);
      const same =
        live?.kind === node.live?.kind &&
        ownerId(owner) === ownerId(node.owner) &&
        origin?.kind === node.origin?.kind;
      Object.assign(node, { live, owner, origin });
      // Between lock and growth only the tooltip differs, but it is read from the row.
      if (!same) changed.push(node);
    }
    if (changed.length > 0) this.changed(changed);
  }

  async #ownerOf(path: string, live: LiveReason): Promise<Owner | undefined> {
    const pid = live.kind === 'lock' ? live.pid : undefined;
    const number = await this.signs.replicaOf(path, pid);
    if (number !== undefined) return { kind: 'replica', number };
    return pid === undefined ? undefined : { kind: 'process', pid };
  }

  #schedule(ms: number): void {
    this.#cancel = this.clock.after(ms, () => {
      void this.check().finally(() => {
        if (this.#cancel !== undefined) this.#schedule(checkMs);
      });
    });
  }
}

/** The row of the consumer group that a partition is of. */
function groupOf(node: PartitionNode): string | undefined {
  let above = node.parent;
  while (above !== undefined && above.kind !== 'group') above = above.parent;
  return above?.id;
}

const ownerId = (owner: Owner | undefined) =>
  owner?.kind === 'replica' ? `replica ${owner.number}` : owner?.pid;
