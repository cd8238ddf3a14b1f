import path from 'node:path';
import * as vscode from 'vscode';
import { applicationOfFile, NoApplicationError, type Application } from '../../app/index';
import { isInside } from '../../statefolder/index';
import { pickApp } from '../run/pickApp';

/** The apps that were found in the workspace. */
interface FoundApps {
  readonly apps: readonly Application[];
  scan(): Promise<void>;
}

/** Which app is to be debugged. */
export class DebugApps {
  constructor(private readonly found: FoundApps) {}

  /** The apps below a workspace folder; without one, all. */
  async below(folder: vscode.WorkspaceFolder | undefined): Promise<readonly Application[]> {
    const apps = await this.#all();
    return folder === undefined
      ? apps
      : apps.filter((app) => isInside(folder.uri.fsPath, app.mainFile));
  }

  /**
   * The app of a `program`; without one, as `choose`.
   * @throws NoApplicationError
   */
  async of(
    program: string | undefined,
    folder: vscode.WorkspaceFolder | undefined,
  ): Promise<Application | undefined> {
    if (program === undefined) return this.choose();
    const file = path.resolve(folder?.uri.fsPath ?? '', program);
    const app = (await this.#all()).find(({ mainFile }) => mainFile === file);
    if (app !== undefined) return app;
    const within = path.dirname(file);
    const named = { name: path.basename(within), folder: within, mainFile: file };
    return (await applicationOfFile(file, folder?.uri.fsPath ?? within)) ?? named;
  }

  /**
   * The app of the Python file that is open, the only one of the workspace, or the one that the person chooses;
   * undefined where they choose none.
   * @throws NoApplicationError
   */
  async choose(): Promise<Application | undefined> {
    const apps = await this.#all();
    const open = await appOfOpenFile(apps);
    if (open !== undefined) return open;
    if (apps.length === 0) throw new NoApplicationError();
    return pickApp(apps, vscode.l10n.t('Debug which app?'));
  }

  async #all(): Promise<readonly Application[]> {
    if (this.found.apps.length === 0) await this.found.scan();
    return this.found.apps;
  }
}

/** The app of the Python file that is open. */
async function appOfOpenFile(apps: readonly Application[]): Promise<Application | undefined> {
  const document = vscode.window.activeTextEditor?.document;
  if (document?.languageId !== 'python' || document.uri.scheme !== 'file') return undefined;
  const file = document.uri.fsPath;
  const folder = vscode.workspace.getWorkspaceFolder(document.uri)?.uri.fsPath;
  return appOf(file, apps) ?? applicationOfFile(file, folder ?? path.dirname(file));
}

/** The app whose main file it is, else the one whose folder holds it. */
function appOf(file: string, apps: readonly Application[]): Application | undefined {
  const holding = apps
    .filter((app) => isInside(app.folder, file))
    .sort((a, b) => b.folder.length - a.folder.length);
  return apps.find(({ mainFile }) => mainFile === file) ?? holding[0];
}
