import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Workbench } from '../vscode/workbench';

const pollMs = 50;

/** A partition's LOCK that went to another process, or to none. */
export interface OwnerChange {
  readonly partition: string;
  /** as a row should say it: `live · replica 2`; `''`: nobody has it */
  readonly owner: string;
  /** by `performance.now()`: when /proc/locks was read */
  readonly at: number;
  /** from then to when the row was read and said so; undefined: not yet, or changed again before */
  readonly rowMs: number | undefined;
  /** how long the owner had it at most, once that is over */
  readonly heldMs: number | undefined;
}

/**
 * Watches who holds the LOCK of each partition, by /proc/locks (man 5 proc), and what the rows of the
 * State view say of it.
 */
export class LockWatch {
  readonly changes: { -readonly [K in keyof OwnerChange]: OwnerChange[K] }[] = [];
  /** when the last look at locks and rows began, by `performance.now()` */
  #lookedAt = 0;
  #holders = new Map<string, number>();
  /** by process: what it was called when it was first seen, for it may have ended since */
  readonly #names = new Map<number, string>();
  readonly #ended = new AbortController();
  #watching: Promise<void> | undefined;

  constructor(
    private readonly workbench: Workbench,
    /** folders of the partitions by their rows' labels */
    private readonly partitions: ReadonlyMap<string, string>,
    /** what rows call a process: `replica 2`, `process 4711` */
    private readonly nameOf: (pid: number) => string,
  ) {}

  start(): void {
    this.#watching = this.#watch();
  }

  async stop(): Promise<void> {
    this.#ended.abort();
    await this.#watching;
  }

  /** The process that holds each partition's LOCK. */
  get holders(): ReadonlyMap<string, number> {
    return this.#holders;
  }

  /** Waits until locks are held as `wanted` says, and every row says by whom. */
  async until(
    what: string,
    wanted: (holders: ReadonlyMap<string, number>) => boolean,
    timeout: number,
  ): Promise<void> {
    for (const deadline = performance.now() + timeout; ; await delay(pollMs)) {
      const last = [...this.partitions.keys()].map((name) => this.#last(name));
      const told = last.every((change) => change === undefined || change.rowMs !== undefined);
      if (this.#lookedAt > 0 && wanted(this.#holders) && told) return;
      if (performance.now() > deadline) {
        throw new Error(`${what}: ${JSON.stringify({ last, holders: [...this.#holders] })}`);
      }
    }
  }

  #last(partition: string) {
    return this.changes.findLast((change) => change.partition === partition);
  }

  async #watch(): Promise<void> {
    for (; !this.#ended.signal.aborted; await delay(pollMs)) {
      const at = performance.now();
      this.#lookAtLocks(at);
      const rows = await this.workbench.treeRows('State');
      const now = performance.now();
      for (const partition of this.partitions.keys()) {
        const change = this.#last(partition);
        const row = rows.find(({ label }) => label === partition);
        if (change === undefined || change.rowMs !== undefined || row === undefined) continue;
        const said = row.description.split(' · ').slice(0, 2).join(' · ');
        const right = change.owner === '' ? !said.startsWith('live') : said === change.owner;
        if (right) change.rowMs = now - change.at;
      }
      this.#lookedAt = at;
    }
  }

  #lookAtLocks(at: number): void {
    const held = new Map<string, number>();
    for (const line of readFileSync('/proc/locks', 'utf8').split('\n')) {
      const match = /WRITE\s+(\d+)\s+[0-9a-f]+:[0-9a-f]+:(\d+)\s/.exec(line);
      if (match && !line.includes('->')) held.set(match[2] ?? '', Number(match[1]));
    }
    for (const [partition, folder] of this.partitions) {
      const inode = statSync(path.join(folder, 'LOCK'), { throwIfNoEntry: false })?.ino;
      const pid = held.get(String(inode));
      if (pid === this.#holders.get(partition)) continue;
      if (pid === undefined) this.#holders.delete(partition);
      else this.#holders.set(partition, pid);
      const before = this.#last(partition);
      if (before !== undefined) before.heldMs = at - before.at;
      const owner = pid === undefined ? '' : `live · ${this.#name(pid)}`;
      this.changes.push({ partition, owner, at, rowMs: undefined, heldMs: undefined });
    }
  }

  #name(pid: number): string {
    const name = this.#names.get(pid) ?? this.nameOf(pid);
    this.#names.set(pid, name);
    return name;
  }
}
