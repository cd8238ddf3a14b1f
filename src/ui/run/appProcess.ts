import type * as vscode from 'vscode';

/** One process of an app, in a terminal or under the debugger. */
export interface AppProcess extends vscode.Disposable {
  /** What it prints, as it comes; nothing where a shell does not tell. */
  readonly onDidWrite: vscode.Event<string>;
  /** Its exit code; undefined where that cannot be told. */
  readonly onDidEnd: vscode.Event<number | undefined>;
  /** Whether it has ended. */
  readonly over: boolean;
  /** Whether what it prints can be read; undefined while that is not known. */
  readonly readable: boolean | undefined;
  /** Whether it stands at a breakpoint: nothing is committed meanwhile. */
  readonly paused: boolean;
  readonly onDidPause: vscode.Event<boolean>;
  /** A process that the app is, or descends from. */
  processId(): Thenable<number | undefined>;
  /** Ends it as Ctrl+C does: the last checkpoint is written. */
  interrupt(): void;
  /** Ends it and all that descends from it at once. */
  kill(): Promise<void>;
  show(): void;
}
