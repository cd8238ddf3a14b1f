import type * as vscode from 'vscode';
import type { Application } from '../../app/index';
import type { RunOptions } from '../run/runOptions';
import type { PreparedRun } from '../run/prepareRun';
import { markOf } from './debugConfiguration';
import type { DebugTerminals } from './debugTerminals';
import { DebugTracker, type DebuggedRun } from './debugTracker';

/** What debug sessions need of runs. */
export interface DebugRuns {
  /** @throws what RunPreparation.prepare throws */
  prepare(app: Application, options: RunOptions): Promise<PreparedRun>;
  adopt(session: vscode.DebugSession, prepared: PreparedRun, options: RunOptions): DebuggedRun;
}

/** A session that was prepared begins at once, or not at all: another provider or the person stopped it. */
const beginMs = 60_000;

interface Prepared {
  readonly app: Application;
  readonly options: RunOptions;
  /** undefined once a session took it */
  run: PreparedRun | undefined;
  readonly timer: NodeJS.Timeout;
}

/** The debug sessions of ours: prepared, then followed as runs. */
export class DebugSessions implements vscode.DebugAdapterTrackerFactory, vscode.Disposable {
  /** by the id of their configuration's mark */
  readonly #prepared = new Map<string, Prepared>();

  constructor(
    private readonly runs: DebugRuns,
    private readonly terminals: DebugTerminals,
  ) {}

  /** Prepares the run of a configuration; a session with its mark will take it. */
  async prepare(id: string, app: Application, options: RunOptions): Promise<PreparedRun> {
    const run = await this.runs.prepare(app, options);
    const timer = setTimeout(() => this.forget(id), beginMs);
    this.#prepared.set(id, { app, options, run, timer });
    return run;
  }

  /** No session takes what was prepared. */
  forget(id: string): void {
    const prepared = this.#prepared.get(id);
    if (prepared?.run === undefined) return;
    clearTimeout(prepared.timer);
    this.#prepared.delete(id);
    void prepared.run.release();
  }

  /** At once: VS Code waits for trackers one second, and goes on without. */
  createDebugAdapterTracker(session: vscode.DebugSession): vscode.DebugAdapterTracker | undefined {
    const mark = markOf(session.configuration);
    const prepared = mark && this.#prepared.get(mark.id);
    if (prepared === undefined) return undefined;
    clearTimeout(prepared.timer);
    const { run, app, options } = prepared;
    prepared.run = undefined;
    const adopt = (taken: PreparedRun) => this.runs.adopt(session, taken, options);
    // The debugger's Restart begins the same session again, after its first run let go of the broker.
    const debugged =
      run === undefined ? this.runs.prepare(app, options).then(adopt) : Promise.resolve(adopt(run));
    return new DebugTracker(session, debugged, this.terminals);
  }

  dispose(): void {
    for (const id of this.#prepared.keys()) this.forget(id);
  }
}
