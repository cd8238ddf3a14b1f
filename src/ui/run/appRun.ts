import * as vscode from 'vscode';
import {
  AppLog,
  AppProgress,
  ancestorsOf,
  lockRetryMs,
  partitionLabel,
  type Application,
} from '../../app/index';
import { lockHolder } from '../../statefolder/index';
import type { AppProcess } from './appProcess';
import type { PreparedRun } from './prepareRun';
import type { RunOptions } from './runOptions';
import type { RunStatus } from './runStatus';

/** A replica: a process of the run, and what its log tells. */
interface Replica {
  /** from 1 */
  readonly number: number;
  readonly process: AppProcess;
  readonly log: AppLog;
  readonly progress: AppProgress;
}

/** How an app ended. */
export interface Ended {
  readonly exitCode: number | undefined;
  readonly progress: AppProgress;
}

/** What a run's log says it uses. */
export interface RunFacts {
  readonly broker: string | undefined;
  readonly group: string | undefined;
  readonly stateFolder: string | undefined;
}

/** One of the things that an app can be told to use and its code can overrule. */
export interface Used {
  readonly what: 'broker' | 'group' | 'stateFolder';
  /** as the app's log says */
  readonly used: string;
  /** what we gave it, where that differs */
  readonly given: string | undefined;
}

/** One run of an app: its processes, and what they say of themselves. */
export class AppRun implements vscode.Disposable {
  /** by `performance.now()` */
  readonly since = performance.now();
  readonly #changes = new vscode.EventEmitter<void>();
  readonly #replicaEnds = new vscode.EventEmitter<Ended>();
  readonly #replicas: Replica[] = [];
  readonly #held: PreparedRun[];
  #stopping = false;
  #lockedBy: number | undefined;
  /** Its status or what it is known to use changed. */
  readonly onDidChange = this.#changes.event;
  /** One of its processes ended; `over` says whether it was the last. */
  readonly onDidEndReplica = this.#replicaEnds.event;

  constructor(
    readonly prepared: PreparedRun,
    /** how the app was run, to run it again */
    readonly options: RunOptions,
    /** runs it again: in a terminal, or under the debugger */
    readonly again: (options: RunOptions) => Promise<void>,
  ) {
    this.#held = [prepared];
  }

  get app(): Application {
    return this.prepared.app;
  }

  /** The process that holds the lock that it waited for last. */
  get lockedBy(): number | undefined {
    return this.#lockedBy;
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  /** Whether all its processes have ended. */
  get over(): boolean {
    return this.#replicas.length > 0 && this.#living().length === 0;
  }

  /** Whether what it prints can be read. */
  get readable(): boolean {
    return this.#replicas.every(({ process }) => process.readable !== false);
  }

  get processes(): readonly AppProcess[] {
    return this.#replicas.map(({ process }) => process);
  }

  get facts(): RunFacts {
    const said = this.#replicas.map(({ progress }) => progress);
    const first = <T>(of: (progress: AppProgress) => T | undefined) =>
      said.map(of).find((value) => value !== undefined);
    return {
      broker: first(({ broker }) => broker),
      group: first(({ group }) => group),
      stateFolder: first(({ stateFolder }) => stateFolder),
    };
  }

  /** What it uses, as far as its log has told, beside what it was given. */
  get uses(): readonly Used[] {
    const { broker, group, stateFolder } = this.facts;
    const { prepared } = this;
    const used = (
      what: Used['what'],
      value: string | undefined,
      given: readonly (string | undefined)[],
    ): Used[] => {
      if (value === undefined) return [];
      const [first] = given;
      // On Quix Cloud a group is `{workspace}-{group}`.
      const same = given.some(
        (one) => one === value || (one !== undefined && value.endsWith(`-${one}`)),
      );
      return [{ what, used: value, given: same ? undefined : first }];
    };
    return [
      ...used('broker', broker, prepared.brokerAddresses),
      ...used('group', group, [prepared.configuration.consumerGroup]),
      ...used('stateFolder', stateFolder, [prepared.stateFolder]),
    ];
  }

  get status(): RunStatus {
    if (this.#stopping) return { kind: 'stopping' };
    const living = this.#living();
    if (living.some(({ process }) => process.paused)) return { kind: 'paused' };
    const statuses = living.map(({ process, progress }) =>
      // Without its log it counts as running; whether there is one is known once its shell is there.
      process.readable === false ? ({ kind: 'running' } as const) : progress.status,
    );
    const waiting = statuses.find((status) => status.kind === 'waitingForLock');
    if (waiting !== undefined) {
      const partition = waiting.path === '' ? undefined : partitionLabel(waiting.path);
      return { kind: 'waitingForLock', partition, pid: this.#lockedBy };
    }
    const recovering = statuses.filter((status) => status.kind === 'recovering');
    if (recovering.length > 0) {
      const sum = (of: (one: { done: bigint; total: bigint }) => bigint) =>
        recovering.reduce((total, one) => total + of(one), 0n);
      return { kind: 'recovering', done: sum(({ done }) => done), total: sum((one) => one.total) };
    }
    const running = statuses.filter(({ kind }) => kind === 'running').length;
    return running === 0 ? { kind: 'starting' } : { kind: 'running', replicas: running };
  }

  /** Whether the state of a changelog's partition came from it at the start: `{changelog topic}[{number}]`. */
  wasRecovered(partition: string): boolean {
    return this.#replicas.some(({ progress }) => progress.wasRecovered(partition));
  }

  /**
   * The replica, from 1, that has a partition open: the process that holds its lock is or descends from it; without a
   * holder that is known, the last whose log says that it opened it.
   */
  async replicaOf(partition: string, holder: number | undefined): Promise<number | undefined> {
    const living = this.#living();
    if (holder === undefined) {
      return living.find(({ progress }) => progress.open.has(partition))?.number;
    }
    const line = [holder, ...(await ancestorsOf(holder))];
    for (const { number, process } of living) {
      const root = await process.processId();
      if (root !== undefined && line.includes(root)) return number;
    }
    return undefined;
  }

  /** Adds one more process, which was just started. */
  add(process: AppProcess): void {
    const progress = new AppProgress();
    const log = new AppLog((event) => {
      progress.heard(event);
      if (event.kind === 'waitingForLock') {
        if (event.path !== '') void this.#askHolder(event.path);
        // No word comes when the app has the lock.
        setTimeout(() => this.#changes.fire(), lockRetryMs + 1);
      }
      this.#changes.fire();
    });
    const replica = { number: this.#replicas.length + 1, process, log, progress };
    this.#replicas.push(replica);
    process.onDidWrite((text) => log.write(text));
    process.onDidPause(() => this.#changes.fire());
    process.onDidEnd((exitCode) => {
      log.end();
      this.#replicaEnds.fire({ exitCode, progress });
    });
    this.#changes.fire();
  }

  /** Holds what a debug session that joins was prepared with, until the end of the run. */
  hold(prepared: PreparedRun): void {
    this.#held.push(prepared);
  }

  /** Lets go of what the run was prepared with. */
  async release(): Promise<void> {
    await Promise.all(this.#held.splice(0).map((prepared) => prepared.release()));
  }

  /** Ends it as Ctrl+C does; resolves to whether it ended within `patienceMs`. */
  async stop(patienceMs: number): Promise<boolean> {
    this.#stopping = true;
    this.#changes.fire();
    for (const { process } of this.#living()) process.interrupt();
    return this.ends(patienceMs);
  }

  /** Whether it ends within so many milliseconds. */
  ends(patienceMs: number): Promise<boolean> {
    if (this.over) return Promise.resolve(true);
    return new Promise((resolve) => {
      const done = (ended: boolean) => {
        clearTimeout(timer);
        subscription.dispose();
        resolve(ended);
      };
      const timer = setTimeout(() => done(false), patienceMs);
      const subscription = this.onDidEndReplica(() => {
        if (this.over) done(true);
      });
    });
  }

  /** Ends it at once: its last checkpoint is not committed. */
  async kill(): Promise<void> {
    await Promise.all(this.#living().map(({ process }) => process.kill()));
  }

  show(): void {
    (this.#living()[0] ?? this.#replicas[0])?.process.show();
  }

  /** Lets go of its processes, which go on. */
  dispose(): void {
    for (const { process } of this.#replicas) process.dispose();
    this.#changes.dispose();
    this.#replicaEnds.dispose();
  }

  #living(): Replica[] {
    return this.#replicas.filter(({ process }) => !process.over);
  }

  async #askHolder(partition: string): Promise<void> {
    this.#lockedBy = await lockHolder(partition).catch(() => undefined);
    this.#changes.fire();
  }
}
