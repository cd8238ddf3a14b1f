import * as vscode from 'vscode';
import { descendantsOf, killAll } from '../../app/index';
import type { AppProcess } from './appProcess';

/** An app under the debugger, as a process of its run. Its session's tracker tells what happens. */
export class DebuggedProcess implements AppProcess {
  readonly readable = true;
  readonly #ended = new vscode.EventEmitter<number | undefined>();
  readonly #written = new vscode.EventEmitter<string>();
  readonly #paused = new vscode.EventEmitter<boolean>();
  readonly onDidEnd = this.#ended.event;
  readonly onDidWrite = this.#written.event;
  readonly onDidPause = this.#paused.event;
  #pid: number | undefined;
  #over = false;
  #isPaused = false;

  constructor(private readonly session: vscode.DebugSession) {}

  get over(): boolean {
    return this.#over;
  }

  get paused(): boolean {
    return this.#isPaused;
  }

  /** It printed this. */
  log(text: string): void {
    this.#written.fire(text);
  }

  /** The debugger says which process it is. */
  isProcess(pid: number): void {
    this.#pid = pid;
  }

  pauses(paused: boolean): void {
    if (this.#isPaused === paused) return;
    this.#isPaused = paused;
    this.#paused.fire(paused);
  }

  ended(exitCode: number | undefined): void {
    if (this.#over) return;
    this.#over = true;
    this.#ended.fire(exitCode);
  }

  processId(): Thenable<number | undefined> {
    return Promise.resolve(this.#pid);
  }

  /** As the debugger's Stop does; debugpy makes a KeyboardInterrupt of it (`onTerminate`). */
  interrupt(): void {
    void vscode.debug.stopDebugging(this.session);
  }

  async kill(): Promise<void> {
    if (this.#pid !== undefined) killAll([...(await descendantsOf(this.#pid)), this.#pid]);
  }

  show(): void {
    void vscode.commands.executeCommand('workbench.view.debug');
  }

  dispose(): void {
    this.#ended.dispose();
    this.#written.dispose();
    this.#paused.dispose();
  }
}
