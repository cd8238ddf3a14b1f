/** What the scheduler needs of time; tests pass a clock of their own. */
export interface Clock {
  /** Milliseconds since any fixed point; only differences are used. */
  now(): number;
  /** Calls `run` once, `ms` from now; the returned function takes that back. */
  after(ms: number, run: () => void): () => void;
}

/** The time of this machine. */
export const machineClock: Clock = {
  now: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/**
 * VS Code's TreeView waits 200 ms after a change, leading edge first, and every further change starts that wait
 * anew: fired every 150 ms it shows one text of 40. Under a steady stream nothing more often than this is seen.
 */
export const repaintIntervalMs = 250;

/**
 * Collects what changed: the first change is handed on at once, then at most once per interval, everything that
 * changed meanwhile in one array, each item once, in the order of its first change.
 */
export class ChangeScheduler<T> {
  readonly #pending = new Set<T>();
  #lastFire = Number.NEGATIVE_INFINITY;
  #cancelTimer: (() => void) | undefined;
  #disposed = false;

  /** `fire` gets the changed items, never an empty array. */
  constructor(
    private readonly fire: (changed: T[]) => void,
    private readonly clock: Clock = machineClock,
    private readonly intervalMs: number = repaintIntervalMs,
  ) {}

  /** Notes changes. What belongs together is passed in one call, so that one fire carries it. */
  changed(items: Iterable<T>): void {
    if (this.#disposed) return;
    for (const item of items) this.#pending.add(item);
    if (this.#pending.size === 0 || this.#cancelTimer !== undefined) return;
    const wait = this.#lastFire + this.intervalMs - this.clock.now();
    if (wait <= 0) this.#flush();
    else this.#cancelTimer = this.clock.after(wait, () => this.#flush());
  }

  /** Forgets an item that is gone before it was handed on. */
  forget(item: T): void {
    this.#pending.delete(item);
  }

  dispose(): void {
    this.#disposed = true;
    this.#pending.clear();
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #flush(): void {
    this.#cancelTimer = undefined;
    if (this.#pending.size === 0) return;
    const changed = [...this.#pending];
    this.#pending.clear();
    this.#lastFire = this.clock.now();
    this.fire(changed);
  }
}
