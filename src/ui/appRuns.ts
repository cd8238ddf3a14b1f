import * as vscode from 'vscode';
import {
  brokerAnswers,
  brokerOf,
  environmentOf,
  findInterpreter,
  launchConfiguration,
  NoBrokerError,
  stateFolderOf,
  type Application,
} from '../app/index';
import { printable } from '../quixstreams/index';
import { isInside } from '../statefolder/index';
import { AppTerminal } from './appTerminal';
import type { BrokerHost } from './brokerHost';
import { contextKeys, stateViewId, statusItemId } from './contributions';
import { cancellable } from './progress';
import type { AppNode } from './treeNodes';

interface Run {
  readonly app: Application;
  readonly stateFolder: string;
  readonly since: number;
  readonly terminal: AppTerminal;
  stopping: boolean;
}

/** How long an app may take to end after Ctrl+C before that is said. */
const stopMs = 10_000;

/** The apps that this window runs. */
export class AppRuns implements vscode.Disposable {
  readonly #runs = new Map<string, Run>();
  readonly #starting = new Set<string>();
  readonly #failed = new Set<string>();
  readonly #changes = new vscode.EventEmitter<void>();
  readonly #terminals = new Map<string, vscode.Terminal>();
  #status: vscode.StatusBarItem | undefined;
  /** A run began, ended or failed. */
  readonly onDidChange = this.#changes.event;

  constructor(
    private readonly broker: BrokerHost,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  statusOf(app: Application): AppNode['run'] {
    if (this.isRunning(app)) return 'running';
    return this.#failed.has(app.folder) ? 'failed' : 'idle';
  }

  isRunning(app: Application): boolean {
    return this.#runs.has(app.folder) || this.#starting.has(app.folder);
  }

  get running(): Application[] {
    return [...this.#runs.values()].map(({ app }) => app);
  }

  /** Since when a run lives that keeps its state above `path`, in `performance.now()`'s ms. */
  runningSince(path: string): number | undefined {
    for (const { stateFolder, since } of this.#runs.values()) {
      if (isInside(stateFolder, path)) return since;
    }
    return undefined;
  }

  /**
   * Runs an app with state enabled, with its own broker where that answers; with the local one where it names none,
   * or `useLocalBroker` says so.
   * @throws NoInterpreterError, NoBrokerError, PortInUseError, BrokerError, vscode.CancellationError
   */
  async run(app: Application, useLocalBroker: boolean): Promise<void> {
    if (this.isRunning(app)) return;
    this.#starting.add(app.folder);
    this.#failed.delete(app.folder);
    try {
      await this.#start(app, useLocalBroker);
    } finally {
      this.#starting.delete(app.folder);
      this.#tell();
    }
  }

  /** Ends an app as Ctrl+C does; resolves when it has ended, or will not. */
  async stop(app: Application): Promise<void> {
    const run = this.#runs.get(app.folder);
    if (run === undefined) return;
    run.stopping = true;
    const ended = new Promise<boolean>((resolve) => {
      const subscription = run.terminal.onDidEnd(() => {
        clearTimeout(timer);
        subscription.dispose();
        resolve(true);
      });
      const timer = setTimeout(() => {
        subscription.dispose();
        resolve(false);
      }, stopMs);
    });
    run.terminal.interrupt();
    if (await ended) return;
    const show = vscode.l10n.t('Show Terminal');
    const text = vscode.l10n.t('"{0}" has not ended within 10 seconds.', printable(app.name));
    void vscode.window.showWarningMessage(text, show).then((chosen) => {
      if (chosen === show) run.terminal.terminal.show();
    });
  }

  dispose(): void {
    for (const { terminal } of this.#runs.values()) terminal.dispose();
    this.#runs.clear();
    this.#status?.dispose();
    this.#changes.dispose();
  }

  async #start(app: Application, useLocalBroker: boolean): Promise<void> {
    const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(app.folder));
    const root = folder?.uri.fsPath ?? app.folder;
    const environment = await environmentOf(app, process.env);
    const interpreter = await cancellable(
      vscode.l10n.t('Looking for a Python with quixstreams'),
      (signal) => findInterpreter(app, root, (line) => this.log.info(line), signal),
    );
    const named = useLocalBroker ? undefined : brokerOf(environment);
    if (named !== undefined && !(await brokerAnswers(named))) throw new NoBrokerError(named);
    const address =
      named ??
      (await cancellable(vscode.l10n.t('Starting the local broker'), (signal) =>
        this.broker.acquire(signal),
      ));
    const stateFolder = await stateFolderOf(app, environment);
    const usesLocal = named === undefined;
    try {
      this.#terminals.get(app.folder)?.dispose();
      const launch = launchConfiguration(app, interpreter, stateFolder, address);
      this.log.info(`run ${printable(app.name)}, broker ${address}`);
      const terminal = await AppTerminal.run(printable(app.name), launch);
      this.#terminals.set(app.folder, terminal.terminal);
      const since = performance.now();
      const run: Run = { app, stateFolder, since, terminal, stopping: false };
      this.#runs.set(app.folder, run);
      terminal.onDidEnd((exitCode) => this.#ended(run, exitCode, usesLocal));
      if (terminal.over) this.#ended(run, undefined, usesLocal);
    } catch (error) {
      if (usesLocal) await this.broker.release();
      throw error;
    }
  }

  #ended(run: Run, exitCode: number | undefined, usesLocal: boolean): void {
    const { app, terminal, stopping } = run;
    this.#runs.delete(app.folder);
    // Its listeners run at this moment.
    setImmediate(() => terminal.dispose());
    if (usesLocal) void this.broker.release();
    this.log.info(`${printable(app.name)} ended${exitCode === undefined ? '' : `: ${exitCode}`}`);
    if (exitCode !== undefined && exitCode !== 0 && !stopping) {
      this.#failed.add(app.folder);
      const show = vscode.l10n.t('Show Terminal');
      const name = printable(app.name);
      const text = vscode.l10n.t('"{0}" failed with exit code {1}.', name, exitCode);
      void vscode.window.showErrorMessage(text, show).then((chosen) => {
        if (chosen === show) terminal.terminal.show();
      });
    }
    this.#tell();
  }

  #tell(): void {
    const { running } = this;
    void vscode.commands.executeCommand('setContext', contextKeys.running, running.length > 0);
    if (running.length === 0) {
      this.#status?.dispose();
      this.#status = undefined;
    } else {
      this.#status ??= this.#statusItem();
      this.#status.text = running
        .map(({ name }) => vscode.l10n.t('{0}: running', printable(name)))
        .join(', ');
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
