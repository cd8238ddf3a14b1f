import * as vscode from 'vscode';
import { descendantsOf, killAll, type LaunchConfiguration } from '../../app/index';
import type { AppProcess } from './appProcess';

/** How long a new terminal's shell may take to say that it tells of commands' ends. */
const integrationMs = 5000;
/** How often a shell that does not tell is looked at for the app that it runs. */
const lookMs = 1000;
/** Such a shell may take this long to start the app. */
const startMs = 5000;

/** Runs one app in a terminal of its own: hears what it prints and when it ends. */
export class AppTerminal implements AppProcess {
  /** Python's own debugger waits in it like any program. */
  readonly paused = false;
  readonly onDidPause = new vscode.EventEmitter<boolean>().event;
  readonly #ended = new vscode.EventEmitter<number | undefined>();
  readonly #written = new vscode.EventEmitter<string>();
  readonly #subscriptions: vscode.Disposable[] = [];
  #execution: vscode.TerminalShellExecution | undefined;
  #readable: boolean | undefined;
  #over = false;

  readonly onDidEnd = this.#ended.event;
  readonly onDidWrite = this.#written.event;

  private constructor(private readonly terminal: vscode.Terminal) {
    this.#subscriptions.push(
      vscode.window.onDidEndTerminalShellExecution(({ execution, exitCode }) => {
        if (execution === this.#execution) this.#end(exitCode);
      }),
      vscode.window.onDidCloseTerminal((closed) => {
        if (closed === terminal) this.#end(undefined);
      }),
    );
  }

  /** Opens a terminal in the app's folder, at once; `run` runs the app in it. */
  static open(name: string, { cwd, env, removed = [] }: LaunchConfiguration): AppTerminal {
    const terminal = vscode.window.createTerminal({
      name,
      cwd,
      // null takes a variable of the editor's own away.
      env: { ...env, ...Object.fromEntries(removed.map((variable) => [variable, null])) },
      iconPath: new vscode.ThemeIcon('server-process'),
    });
    terminal.show(true);
    return new AppTerminal(terminal);
  }

  /** Runs the app in it, once its shell is there. */
  async run(launch: LaunchConfiguration): Promise<void> {
    const integration = await shellIntegration(this.terminal);
    if (this.#over) return;
    this.#readable = integration !== undefined;
    if (integration !== undefined) {
      this.#execution = integration.executeCommand(launch.command, [...launch.args]);
      void this.#read(this.#execution);
    } else {
      this.terminal.sendText(commandLine(launch));
      void this.#watchShell();
    }
  }

  get over(): boolean {
    return this.#over;
  }

  get readable(): boolean | undefined {
    return this.#readable;
  }

  processId(): Thenable<number | undefined> {
    return this.terminal.processId;
  }

  /**
   * Sends Ctrl+C: SIGINT on Linux and macOS. Windows has no signals: its console makes a CTRL_C_EVENT of the same
   * character, which Python raises as SIGINT.
   */
  interrupt(): void {
    this.terminal.sendText('\u0003', false);
  }

  async kill(): Promise<void> {
    const shell = await this.terminal.processId;
    if (shell !== undefined) killAll(await descendantsOf(shell));
  }

  show(): void {
    this.terminal.show();
  }

  /** Lets go of the terminal, which stays. */
  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#ended.dispose();
    this.#written.dispose();
  }

  /** Closes the terminal of a run that has ended. */
  close(): void {
    this.terminal.dispose();
  }

  async #read(execution: vscode.TerminalShellExecution): Promise<void> {
    for await (const text of execution.read()) this.#written.fire(text);
  }

  /** Without the shell's word the app has ended when the shell has no process below it any more. */
  async #watchShell(): Promise<void> {
    const shell = await this.terminal.processId;
    if (shell === undefined) return;
    const begun = performance.now();
    for (let seen = false; !this.#over;) {
      await new Promise((resolve) => setTimeout(resolve, lookMs));
      const lives = (await descendantsOf(shell)).length > 0;
      if (!lives && (seen || performance.now() - begun > startMs)) this.#end(undefined);
      seen ||= lives;
    }
  }

  #end(exitCode: number | undefined): void {
    if (this.#over) return;
    this.#over = true;
    this.#ended.fire(exitCode);
  }
}

/** The shell's integration once it is there; undefined when it does not come. */
async function shellIntegration(
  terminal: vscode.Terminal,
): Promise<vscode.TerminalShellIntegration | undefined> {
  if (terminal.shellIntegration !== undefined) return terminal.shellIntegration;
  return new Promise((resolve) => {
    const done = (integration: vscode.TerminalShellIntegration | undefined) => {
      clearTimeout(timer);
      subscription.dispose();
      resolve(integration);
    };
    const timer = setTimeout(() => done(undefined), integrationMs);
    const subscription = vscode.Disposable.from(
      vscode.window.onDidChangeTerminalShellIntegration((event) => {
        if (event.terminal === terminal) done(event.shellIntegration);
      }),
      vscode.window.onDidCloseTerminal((closed) => {
        if (closed === terminal) done(undefined);
      }),
    );
  });
}

/** The command as text for a shell without integration: POSIX quotes, on Windows those of PowerShell. */
function commandLine({ command, args }: LaunchConfiguration): string {
  if (process.platform === 'win32') {
    const quoted = [command, ...args].map((word) => `'${word.replaceAll("'", "''")}'`);
    return `& ${quoted.join(' ')}`;
  }
  const quote = (word: string) =>
    /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
  return [command, ...args].map(quote).join(' ');
}
