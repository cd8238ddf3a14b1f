import * as vscode from 'vscode';
import type { LaunchConfiguration } from '../app/index';

/** How long a new terminal's shell may take to say that it tells of commands' ends. */
const integrationMs = 5000;

/** Runs one app in a terminal of its own, and hears when it ends. */
export class AppTerminal implements vscode.Disposable {
  readonly #ended = new vscode.EventEmitter<number | undefined>();
  readonly #subscriptions: vscode.Disposable[] = [];
  #execution: vscode.TerminalShellExecution | undefined;
  #over = false;

  /** The app's exit code; undefined where the terminal was closed or the shell does not tell. */
  readonly onDidEnd = this.#ended.event;

  private constructor(readonly terminal: vscode.Terminal) {
    this.#subscriptions.push(
      vscode.window.onDidEndTerminalShellExecution(({ execution, exitCode }) => {
        if (execution === this.#execution) this.#end(exitCode);
      }),
      vscode.window.onDidCloseTerminal((closed) => {
        if (closed === terminal) this.#end(undefined);
      }),
    );
  }

  /** Opens a terminal in the app's folder and runs the app in it. */
  static async run(name: string, launch: LaunchConfiguration): Promise<AppTerminal> {
    const terminal = vscode.window.createTerminal({
      name,
      cwd: launch.cwd,
      env: { ...launch.env },
      iconPath: new vscode.ThemeIcon('server-process'),
    });
    terminal.show(true);
    const running = new AppTerminal(terminal);
    const integration = await shellIntegration(terminal);
    if (running.#over) return running;
    if (integration !== undefined) {
      running.#execution = integration.executeCommand(launch.command, [...launch.args]);
    } else {
      terminal.sendText(commandLine(launch));
    }
    return running;
  }

  /** Whether the app has ended. */
  get over(): boolean {
    return this.#over;
  }

  /** Whether the shell tells when the app ends. */
  get tellsEnd(): boolean {
    return this.#execution !== undefined;
  }

  /** Sends Ctrl+C, so that the app writes its last checkpoint. */
  interrupt(): void {
    this.terminal.sendText('\u0003', false);
    // The shell will never say so: what was sent is all that is known.
    if (!this.tellsEnd) this.#end(undefined);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#ended.dispose();
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
