import { machineClock, type Clock } from './changeScheduler';
import type { LiveReason, PartitionNode } from './treeNodes';

/** A partition whose log grew this recently is live, whoever writes it. */
const growingMs = 15_000;
/** How often the partitions on screen are looked at: an app that ends without a word changes no file. */
const checkMs = 2000;

/** What liveness is told by, besides growth. */
export interface LivenessSigns {
  /** the process that holds a partition's lock */
  lockHolder(path: string): Promise<number | undefined>;
  /** since when (by the clock) our run of the app that keeps its state at `path` lives */
  runningSince(path: string): number | undefined;
}

/** Which partitions an app has open: our run of it, a lock that is held, or a log that we saw grow. */
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

  /** Looks at the partitions on screen now and every two seconds, until `stop`. */
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
    const changed: PartitionNode[] = [];
    for (const node of this.shown()) {
      const live = await this.reasonOf(node.path);
      if (live?.kind !== node.live?.kind) changed.push(node);
      node.live = live;
    }
    // Between lock and growth only the tooltip differs, but it is read from the row.
    if (changed.length > 0) this.changed(changed);
  }

  #schedule(ms: number): void {
    this.#cancel = this.clock.after(ms, () => {
      void this.check().finally(() => {
        if (this.#cancel !== undefined) this.#schedule(checkMs);
      });
    });
  }
}
