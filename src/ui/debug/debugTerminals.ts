import * as vscode from 'vscode';

/**
 * What debugged apps print in VS Code's terminals. debugpy does not send it, for the app writes to the terminal itself;
 * the shell's integration tells of the command, and that is read. Where a shell has none, nothing is heard.
 */
export class DebugTerminals implements vscode.Disposable {
  readonly #expected = new Map<string, (text: string) => void>();
  readonly #subscription = vscode.window.onDidStartTerminalShellExecution(({ execution }) => {
    for (const [port, heard] of this.#expected) {
      if (!launches(execution.commandLine.value, port)) continue;
      this.#expected.delete(port);
      void read(execution, heard);
    }
  });

  /** `heard` is told what the command of a `runInTerminal` request prints. Gives what ends the wait for it. */
  expect(command: readonly string[], heard: (text: string) => void): vscode.Disposable {
    const port = portOf(command);
    if (port === undefined) return new vscode.Disposable(() => undefined);
    this.#expected.set(port, heard);
    return new vscode.Disposable(() => this.#expected.delete(port));
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#expected.clear();
  }
}

/**
 * Of `python …/debugpy/launcher PORT -- main.py …` the port where the adapter waits for its launcher: no two sessions
 * have the same (debugpy/adapter/launchers.py, spawn_debuggee).
 */
function portOf(command: readonly string[]): string | undefined {
  const address = command[command.indexOf('--') - 1];
  return address?.match(/(?:^|:)(\d+)$/)?.[1];
}

/** Whether a command line, as the shell quoted it, is that of the launcher for a port. */
function launches(commandLine: string, port: string): boolean {
  return commandLine.split(/[\s"':]+/).includes(port) && /debugpy.+launcher/.test(commandLine);
}

async function read(
  execution: vscode.TerminalShellExecution,
  heard: (text: string) => void,
): Promise<void> {
  for await (const text of execution.read()) heard(text);
}
