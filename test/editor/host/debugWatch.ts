import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { until } from './stateView';

/** Where a session stands. */
export interface Stopped {
  readonly line: number;
  readonly file: string;
  readonly reason: string;
  /** the value of an expression there, as debugpy writes it */
  evaluate(expression: string): Promise<string>;
}

interface Message {
  readonly type: string;
  readonly event?: string;
  readonly command?: string;
  readonly body?: {
    readonly reason?: string;
    readonly threadId?: number;
    readonly exitCode?: number;
    readonly category?: string;
    readonly output?: string;
  };
}

/** A debug session that was started by nobody else's child, as its adapter tells of it. */
export class DebugWatch {
  readonly messages: Message[] = [];
  #seen = 0;

  private constructor(readonly session: vscode.DebugSession) {}

  /** Starts debugging; gives the session. */
  static async start(configuration: Partial<vscode.DebugConfiguration>): Promise<DebugWatch> {
    const wanted = configuration as vscode.DebugConfiguration;
    const [watch] = await DebugWatch.startAll(1, undefined, wanted);
    assert.ok(watch);
    return watch;
  }

  /** Starts debugging; gives its sessions, without those of child processes. */
  static async startAll(
    count: number,
    folder: vscode.WorkspaceFolder | undefined,
    configuration: string | vscode.DebugConfiguration,
  ): Promise<DebugWatch[]> {
    const watches: DebugWatch[] = [];
    const trackers = vscode.debug.registerDebugAdapterTrackerFactory('*', {
      createDebugAdapterTracker: (session) => {
        if (session.parentSession !== undefined) return undefined;
        const watch = new DebugWatch(session);
        watches.push(watch);
        return { onDidSendMessage: (message: Message) => watch.messages.push(message) };
      },
    });
    try {
      assert.equal(await vscode.debug.startDebugging(folder, configuration), true);
      await until(() => watches.length === count, `${count} sessions are there`);
      return watches;
    } finally {
      trackers.dispose();
    }
  }

  /** The exit code, once the adapter told it. */
  get exitCode(): number | undefined {
    return this.messages.find(({ event }) => event === 'exited')?.body?.exitCode;
  }

  /** What the app printed, as far as its adapter passes it on. */
  get printed(): string {
    const outputs = this.messages.filter(
      ({ event, body }) => event === 'output' && /^std(out|err)$/.test(body?.category ?? ''),
    );
    return outputs.map(({ body }) => body?.output ?? '').join('');
  }

  /** The next time that it stops. */
  async stops(): Promise<Stopped> {
    const isStop = (message: Message, i: number) => i >= this.#seen && message.event === 'stopped';
    const at = await until(
      () => this.messages.findIndex(isStop) + 1,
      'it stops at a breakpoint',
      60_000,
    );
    this.#seen = at;
    const { reason, threadId } = this.messages[at - 1]?.body ?? {};
    const { stackFrames } = (await this.session.customRequest('stackTrace', {
      threadId,
      levels: 1,
    })) as { stackFrames: { id: number; line: number; source: { path: string } }[] };
    const [frame] = stackFrames;
    assert.ok(frame);
    return {
      line: frame.line,
      // in a remote window paths come as URIs
      file: frame.source.path.startsWith('vscode-remote:')
        ? vscode.Uri.parse(frame.source.path).path
        : frame.source.path,
      reason: reason ?? '',
      evaluate: async (expression) => {
        const asked = { expression, frameId: frame.id, context: 'repl' };
        const { result } = (await this.session.customRequest('evaluate', asked)) as {
          result: string;
        };
        return result;
      },
    };
  }

  async continue(): Promise<void> {
    await this.session.customRequest('continue', { threadId: 1 });
  }

  async stepOver(): Promise<void> {
    await this.session.customRequest('next', { threadId: 1 });
  }

  /** Stops as the debugger's Stop does; resolves when the session has ended. */
  async stop(): Promise<void> {
    const ended = new Promise<void>((resolve) => {
      const subscription = vscode.debug.onDidTerminateDebugSession((session) => {
        if (session.id !== this.session.id) return;
        subscription.dispose();
        resolve();
      });
    });
    await vscode.debug.stopDebugging(this.session);
    await ended;
  }
}
