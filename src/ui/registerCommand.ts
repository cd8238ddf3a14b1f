import * as vscode from 'vscode';
import type { CommandId } from './contributions';

/** A sentence for people, and what they can do next. */
export interface Notice {
  readonly text: string;
  readonly actions: readonly { readonly title: string; run(): unknown }[];
}

/** Thrown by a command to say something else than that it failed. */
export class CommandNotice extends Error {
  constructor(readonly notice: Notice) {
    super(notice.text);
  }
}

/** Registers commands that log, catch and say what went wrong. */
export class Commands {
  constructor(
    private readonly log: vscode.LogOutputChannel,
    private readonly noticeFor: (error: unknown) => Notice,
  ) {}

  /** Registers `run`; what it throws becomes a message with its next steps. */
  register(id: CommandId, run: (...args: unknown[]) => unknown): vscode.Disposable {
    return vscode.commands.registerCommand(id, (...args: unknown[]) => {
      this.log.info(`command ${id}`);
      return this.attempt(() => run(...args));
    });
  }

  /** Does what a person asked for; what it throws becomes a message with its next steps. */
  async attempt(run: () => unknown): Promise<unknown> {
    try {
      return await run();
    } catch (error) {
      if (error instanceof vscode.CancellationError) return undefined;
      this.log.error('a command failed', error instanceof Error ? error.name : '');
      void this.notify(error instanceof CommandNotice ? error.notice : this.noticeFor(error));
      return undefined;
    }
  }

  /** As `register`, for what runs or writes: never in a workspace that is not trusted. */
  registerTrusted(id: CommandId, run: (...args: unknown[]) => unknown): vscode.Disposable {
    return this.register(id, (...args) => {
      if (!vscode.workspace.isTrusted) throw new CommandNotice(untrusted());
      return run(...args);
    });
  }

  /** Shows a message; runs what the person chooses. */
  async notify({ text, actions }: Notice): Promise<void> {
    const titles = actions.map(({ title }) => title);
    const chosen = await vscode.window.showErrorMessage(withoutLinks(text), ...titles);
    const action = actions.find(({ title }) => title === chosen);
    await action?.run();
  }
}

/** VS Code makes links of `[…](command:…)` in messages: what a name says must not run anything. */
export function withoutLinks(text: string): string {
  return text.replaceAll('](', '] (');
}

function untrusted(): Notice {
  return {
    text: vscode.l10n.t('Restricted Mode: nothing runs, installs or writes.'),
    actions: [
      {
        title: vscode.l10n.t('Manage Workspace Trust'),
        run: () => vscode.commands.executeCommand('workbench.trust.manage'),
      },
    ],
  };
}
