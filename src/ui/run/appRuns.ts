import path from 'node:path';
import * as vscode from 'vscode';
import { failureOf, LockedError, type Application, type AppProgress } from '../../app/index';
import { printable } from '../../quixstreams/index';
import { isInside } from '../../statefolder/index';
import { contextKeys, stateViewId, statusItemId } from '../contributions';
import { facts } from '../facts';
import { withoutLinks } from '../registerCommand';
import { AppRun, type Ended } from './appRun';
import { AppTerminal } from './appTerminal';
import { DebuggedProcess } from './debuggedProcess';
import type { PreparedRun, RunPreparation } from './prepareRun';
import type { RunOptions } from './runOptions';
import { isAlive, runWords, type RunStatus } from './runStatus';
import { usedFacts } from './usedFacts';

/** How long an app may take to end after Ctrl+C before that is said. */
const stopMs = 10_000;
/** How long a killed one may take to be gone. */
const killMs = 5000;

/** The apps that this window runs. */
export class AppRuns implements vscode.Disposable {
  /** By main file, as all below. */
  readonly #runs = new Map<string, AppRun>();
  readonly #starting = new Set<string>();
  readonly #failures = new Map<string, Error>();
  readonly #terminals = new Map<string, AppTerminal[]>();
  readonly #changes = new vscode.EventEmitter<void>();
  readonly #failed = new vscode.EventEmitter<{ run: AppRun; error: Error }>();
  #status: vscode.StatusBarItem | undefined;
  /** A run began, ended, failed, or says something else of itself. */
  readonly onDidChange = this.#changes.event;
  /** A run ended by itself and not well; once per cause. */
  readonly onDidFail = this.#failed.event;

  constructor(
    private readonly preparation: RunPreparation,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  statusOf(app: Application): RunStatus {
    const run = this.#runs.get(app.mainFile);
    if (run !== undefined) return run.status;
    if (this.#starting.has(app.mainFile)) return { kind: 'starting' };
    return { kind: this.#failures.has(app.mainFile) ? 'failed' : 'idle' };
  }

  isRunning(app: Application): boolean {
    return isAlive(this.statusOf(app));
  }

  get running(): Application[] {
    return [...this.#runs.values()].map(({ app }) => app);
  }

  /** The run of an app, while it lives. */
  runOf(app: Application): AppRun | undefined {
    return this.#runs.get(app.mainFile);
  }

  /** The apps that run on the local broker: they hang for minutes where it goes away. */
  get onLocalBroker(): Application[] {
    const runs = [...this.#runs.values()].filter(({ prepared }) => prepared.usesLocalBroker);
    return runs.map(({ app }) => app);
  }

  /** Why the app's last run ended, where it did not end well. */
  lastFailure(app: Application): Error | undefined {
    return this.#failures.get(app.mainFile);
  }

  /** Why the app that failed last did. */
  get newestFailure(): Error | undefined {
    return [...this.#failures.values()].at(-1);
  }

  /** Our run that a process belongs to. */
  async runOfProcess(pid: number): Promise<AppRun | undefined> {
    for (const run of this.#runs.values()) {
      if ((await run.replicaOf('', pid)) !== undefined) return run;
    }
    return undefined;
  }

  /** The run that keeps its state above `path`. */
  runAt(path: string): AppRun | undefined {
    for (const run of this.#runs.values()) {
      if (isInside(run.facts.stateFolder ?? run.prepared.stateFolder, path)) return run;
    }
    return undefined;
  }

  /**
   * Runs an app with state enabled, in a terminal for each replica.
   * @throws what RunPreparation.prepare throws
   */
  async run(app: Application, options: RunOptions = {}): Promise<void> {
    if (this.isRunning(app)) return;
    this.#starting.add(app.mainFile);
    this.#failures.delete(app.mainFile);
    this.#tell();
    try {
      await this.#start(app, options);
    } finally {
      this.#starting.delete(app.mainFile);
      this.#tell();
    }
  }

  /** Stops an app and runs it again as it was run. */
  async restart(app: Application): Promise<void> {
    const run = this.#runs.get(app.mainFile);
    if (run === undefined || !(await this.stop(app))) return;
    await run.again(run.options);
  }

  /** A debug session of ours is a run, too; gives what its tracker tells. */
  adopt(
    session: vscode.DebugSession,
    prepared: PreparedRun,
    options: RunOptions,
    again: (options: RunOptions) => Promise<void>,
  ): DebuggedProcess {
    const process = new DebuggedProcess(session);
    const joined = this.#runs.get(prepared.app.mainFile);
    joined?.hold(prepared);
    const run = joined ?? this.#take(new AppRun(prepared, options, again));
    run.add(process);
    this.#tell();
    return process;
  }

  /** Ends apps, all at once; resolves to whether all have ended. */
  async stopAll(apps: readonly Application[]): Promise<boolean> {
    return (await Promise.all(apps.map((app) => this.stop(app)))).every(Boolean);
  }

  /** Ends an app as Ctrl+C does; resolves to whether it has ended. */
  async stop(app: Application): Promise<boolean> {
    const run = this.#runs.get(app.mainFile);
    if (run === undefined || (await run.stop(stopMs))) return true;
    const { l10n } = vscode;
    const kill = l10n.t('Kill');
    const show = l10n.t('Show Terminal');
    const text = l10n.t(
      '"{0}" has not ended within 10 seconds. If it is killed, the running checkpoint is lost and its next start may wait up to 45 s for the dead session.',
      printable(app.name),
    );
    const chosen = await vscode.window.showWarningMessage(withoutLinks(text), kill, show);
    if (chosen === show) run.show();
    if (chosen === kill && !run.over) {
      this.log.warn(`${printable(app.name)} is killed`);
      await run.kill();
      return run.ends(killMs);
    }
    return run.over;
  }

  dispose(): void {
    for (const run of this.#runs.values()) run.dispose();
    this.#runs.clear();
    this.#status?.dispose();
    this.#changes.dispose();
    this.#failed.dispose();
  }

  async #start(app: Application, options: RunOptions): Promise<void> {
    const prepared = await this.preparation.prepare(app, options);
    for (const terminal of this.#terminals.get(app.mainFile) ?? []) terminal.close();
    const { launch, replicas } = prepared;
    this.log.info(`run ${printable(app.name)}: ${printable(path.basename(launch.command))}`);
    const terminals = Array.from({ length: replicas }, (_, i) => {
      const name = replicas === 1 ? app.name : `${app.name} (${i + 1})`;
      return AppTerminal.open(printable(name), launch);
    });
    this.#terminals.set(app.mainFile, terminals);
    const run = this.#take(new AppRun(prepared, options, (other) => this.run(app, other)));
    for (const terminal of terminals) run.add(terminal);
    await Promise.all(terminals.map((terminal) => terminal.run(launch)));
  }

  #take(run: AppRun): AppRun {
    this.#runs.set(run.app.mainFile, run);
    run.onDidChange(() => this.#tell());
    run.onDidEndReplica((ended) => this.#ended(run, ended));
    return run;
  }

  #ended(run: AppRun, { exitCode, progress }: Ended): void {
    const { app } = run;
    this.log.info(`${printable(app.name)} ended${exitCode === undefined ? '' : `: ${exitCode}`}`);
    const error = run.stopping ? undefined : failureOfRun(run, progress, exitCode);
    if (run.over) {
      this.#runs.delete(app.mainFile);
      // Its listeners run at this moment.
      setImmediate(() => run.dispose());
      void run.release();
      if (run.stopping) this.#failures.delete(app.mainFile);
    }
    if (error !== undefined) {
      const known = this.#failures.get(app.mainFile);
      this.#failures.set(app.mainFile, error);
      if (known?.message !== error.message) this.#failed.fire({ run, error });
    }
    this.#tell();
  }

  #tell(): void {
    const alive = [...this.#runs.values()];
    void vscode.commands.executeCommand('setContext', contextKeys.running, alive.length > 0);
    if (alive.length === 0) {
      this.#status?.dispose();
      this.#status = undefined;
    } else {
      this.#status ??= this.#statusItem();
      this.#status.text = alive
        .map(({ app, status }) =>
          vscode.l10n.t('{0}: {1}', printable(app.name), runWords(status, vscode.l10n.t)),
        )
        .join(', ');
      this.#status.tooltip = facts(alive.flatMap(factsOfRun));
    }
    this.#changes.fire();
  }

  #statusItem(): vscode.StatusBarItem {
    const item = vscode.window.createStatusBarItem(statusItemId, vscode.StatusBarAlignment.Left);
    item.name = vscode.l10n.t('Running Quix Streams App');
    item.command = `${stateViewId}.focus`;
    item.show();
    return item;
  }
}

function failureOfRun(run: AppRun, progress: AppProgress, exitCode: number | undefined) {
  const { app, prepared, lockedBy } = run;
  const error = failureOf(progress, app, exitCode, {
    broker: prepared.brokerAddresses[0],
    interpreter: prepared.interpreter.command,
    secrets: prepared.secrets,
  });
  return error instanceof LockedError ? new LockedError(error.partition, lockedBy) : error;
}

/** What a run is, in the status bar's tooltip: with one app it has no row of its own. */
function factsOfRun(run: AppRun): [string, string][] {
  const { l10n } = vscode;
  const rows: [string, string][] = [
    [l10n.t('Runs'), printable(run.app.mainFile)],
    [l10n.t('Interpreter'), printable(run.prepared.interpreter.command)],
    ...usedFacts(run.uses),
  ];
  if (!run.readable) {
    rows.push([
      l10n.t('Log'),
      l10n.t('this shell does not tell what the app prints; its state comes from its files'),
    ]);
  }
  return rows;
}
