import * as vscode from 'vscode';
import type { Application, Variables } from '../../app/index';
import { printable } from '../../quixstreams/index';

type Values = Readonly<Record<string, string>>;

/** What a person was asked for: the variables that an app reads and nothing sets. Kept as secrets of this machine; `.env` overrules. */
export class AskedVariables {
  constructor(private readonly secrets: vscode.SecretStorage) {}

  /** What was given for an app before. */
  async of(app: Application): Promise<Values> {
    const kept = await this.secrets.get(keyOf(app));
    return kept === undefined ? {} : (JSON.parse(kept) as Values);
  }

  /**
   * Asks for what is missing, by name, and keeps the answers.
   * @throws vscode.CancellationError when the person gives none
   */
  async ask(app: Application, { missing, secret }: Variables): Promise<void> {
    const given: Record<string, string> = {};
    for (const [i, name] of missing.entries()) {
      const value = await vscode.window.showInputBox({
        title: vscode.l10n.t('Run {0} ({1}/{2})', printable(app.name), i + 1, missing.length),
        prompt: vscode.l10n.t(
          'The app reads {0}, which neither app.yaml, quix.yaml nor .env sets.',
          printable(name),
        ),
        placeHolder: printable(name),
        password: secret.has(name),
        ignoreFocusOut: true,
      });
      if (value === undefined) throw new vscode.CancellationError();
      given[name] = value;
    }
    await this.secrets.store(keyOf(app), JSON.stringify({ ...(await this.of(app)), ...given }));
  }
}

const keyOf = (app: Application) => `stateFolder.variables:${app.mainFile}`;
