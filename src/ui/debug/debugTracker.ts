import type * as vscode from 'vscode';
import type { DebugTerminals } from './debugTerminals';

/** A run, as its debug session tells of it. */
export interface DebuggedRun {
  log(text: string): void;
  isProcess(pid: number): void;
  pauses(paused: boolean): void;
  /** undefined: a person ended it, so that its code says nothing */
  ended(exitCode: number | undefined): void;
}

/** Of the Debug Adapter Protocol's messages, what is looked at here. */
interface Message {
  readonly type?: string;
  readonly command?: string;
  readonly event?: string;
  readonly success?: boolean;
  readonly body?: {
    readonly category?: string;
    readonly output?: string;
    readonly systemProcessId?: number;
    readonly exitCode?: number;
  };
  readonly arguments?: { readonly args?: readonly string[] };
}

/** What an app prints at its end is heard this much later than that it ended. */
const lastWordsMs = 250;

/** Follows one session of ours: tells its run what the app does. */
export class DebugTracker implements vscode.DebugAdapterTracker {
  #paused = false;
  #stopping = false;
  #over = false;
  #exitCode: number | undefined;
  #expected: vscode.Disposable | undefined;

  constructor(
    private readonly session: vscode.DebugSession,
    private readonly run: Promise<DebuggedRun>,
    private readonly terminals: DebugTerminals,
  ) {
    run.catch(() => undefined);
  }

  /** From VS Code to the adapter. */
  onWillReceiveMessage({ type, command }: Message): void {
    const ends = command === 'terminate' || command === 'disconnect';
    if (type === 'request' && ends) this.#stopping = true;
  }

  /** From the adapter to VS Code. */
  onDidSendMessage(message: Message): void {
    if (message.type === 'request') this.#asks(message);
    else if (message.type === 'response') this.#answers(message);
    else this.#happens(message);
  }

  onWillStopSession(): void {
    this.#ended();
  }

  onExit(): void {
    this.#ended();
  }

  #asks({ command, arguments: asked }: Message): void {
    if (command !== 'runInTerminal' || this.session.configuration.redirectOutput === true) return;
    this.#expected = this.terminals.expect(asked?.args ?? [], (text) => this.#log(text));
  }

  #answers({ command, success }: Message): void {
    if (success !== true) return;
    if (command === 'continue') this.#pauses(false);
    // The app was told to end, which it cannot do while it stands at a breakpoint.
    if (command === 'terminate' && this.#paused) this.#goOn();
  }

  #happens({ event, body }: Message): void {
    switch (event ?? '') {
      case 'output':
        if (body?.category === 'stdout' || body?.category === 'stderr') {
          this.#log(body.output ?? '');
        }
        break;
      case 'process':
        if (body?.systemProcessId !== undefined) {
          const pid = body.systemProcessId;
          this.#tell((run) => run.isProcess(pid));
        }
        break;
      case 'stopped':
        this.#pauses(true);
        if (this.#stopping) this.#goOn();
        break;
      case 'continued':
        this.#pauses(false);
        break;
      case 'exited':
        this.#exitCode = body?.exitCode;
        break;
      case 'terminated':
        this.#ended();
        break;
    }
  }

  #pauses(paused: boolean): void {
    this.#paused = paused;
    this.#tell((run) => run.pauses(paused));
  }

  #goOn(): void {
    // debugpy goes on with all threads, whichever is named.
    this.session.customRequest('continue', { threadId: 1 }).then(undefined, () => undefined);
  }

  #log(text: string): void {
    this.#tell((run) => run.log(text));
  }

  #ended(): void {
    if (this.#over) return;
    this.#over = true;
    this.#expected?.dispose();
    setTimeout(() => {
      this.#tell((run) => run.ended(this.#stopping ? undefined : this.#exitCode));
    }, lastWordsMs);
  }

  #tell(tell: (run: DebuggedRun) => void): void {
    this.run.then(tell, () => undefined);
  }
}
