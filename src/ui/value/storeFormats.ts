import path from 'node:path';
import * as vscode from 'vscode';
import { isNetworkPath } from '../../statefolder/index';
import { settingIds } from '../contributions';
import { openedAsSetting, parseOpenedAs, type OpenedAs } from './openedAs';

/** Where a value is, as far as it matters to the choice of a format. */
export interface InStore {
  /** path of the partition */
  readonly partition: string;
  /** name of the store */
  readonly store: string;
}

/** What people chose to open the values of each store as: the setting, by the store's name. */
export class StoreFormats implements vscode.Disposable {
  readonly #changes = new vscode.EventEmitter<void>();
  readonly #registration: vscode.Disposable;
  /** By partition and store: rows ask for each value. */
  readonly #known = new Map<string, OpenedAs | undefined>();
  readonly onDidChange = this.#changes.event;

  constructor() {
    const { workspace } = vscode;
    this.#registration = vscode.Disposable.from(
      workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(settingIds.openAs)) this.#changed();
      }),
      // Both say which schema a choice means.
      workspace.onDidGrantWorkspaceTrust(() => this.#changed()),
      workspace.onDidChangeWorkspaceFolders(() => this.#changed()),
    );
  }

  /** What the values of a store are opened as; undefined: Auto. */
  of({ partition, store }: InStore): OpenedAs | undefined {
    const id = `${partition}\0${store}`;
    if (this.#known.has(id)) return this.#known.get(id);
    const openedAs = parseOpenedAs(ownValue(settingOf(partition), store));
    const found = openedAs && withSchema(openedAs, folderOf(partition));
    this.#known.set(id, found);
    return found;
  }

  /**
   * Keeps the choice for all values of a store, undefined for Auto; false where it is not kept: in Restricted Mode, and in a
   * window without a folder.
   */
  async remember({ partition, store }: InStore, openedAs: OpenedAs | undefined): Promise<boolean> {
    const { isTrusted, workspaceFolders, getWorkspaceFolder } = vscode.workspace;
    if (!isTrusted || workspaceFolders === undefined || workspaceFolders.length === 0) return false;
    const uri = vscode.Uri.file(partition);
    const inFolder = getWorkspaceFolder(uri) !== undefined;
    const { WorkspaceFolder, Workspace } = vscode.ConfigurationTarget;
    const configuration = vscode.workspace.getConfiguration(undefined, uri);
    const before = configuration.inspect<unknown>(settingIds.openAs);
    const own = inFolder ? before?.workspaceFolderValue : before?.workspaceValue;
    const choices = new Map(Object.entries(isRecord(own) ? own : {}));
    if (openedAs === undefined) choices.delete(store);
    else choices.set(store, openedAsSetting(withRelativeSchema(openedAs, folderOf(partition))));
    const value = choices.size === 0 ? undefined : Object.fromEntries(choices);
    await configuration.update(settingIds.openAs, value, inFolder ? WorkspaceFolder : Workspace);
    this.#changed();
    return true;
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changes.dispose();
  }

  #changed(): void {
    this.#known.clear();
    this.#changes.fire();
  }
}

function settingOf(partition: string): unknown {
  return vscode.workspace
    .getConfiguration(undefined, vscode.Uri.file(partition))
    .get<unknown>(settingIds.openAs);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A store may be called `constructor`. */
function ownValue(value: unknown, name: string): unknown {
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** The folder of the workspace where relative paths of schemas start. */
function folderOf(partition: string): string | undefined {
  const { getWorkspaceFolder, workspaceFolders } = vscode.workspace;
  return (getWorkspaceFolder(vscode.Uri.file(partition)) ?? workspaceFolders?.[0])?.uri.fsPath;
}

/** With the schema's absolute path; a schema on another machine is not asked for in Restricted Mode. */
function withSchema(openedAs: OpenedAs, folder: string | undefined): OpenedAs {
  if (openedAs.schema === undefined) return openedAs;
  const schema = folder === undefined ? openedAs.schema : path.resolve(folder, openedAs.schema);
  if (isNetworkPath(schema) && !vscode.workspace.isTrusted) return { format: openedAs.format };
  return { ...openedAs, schema };
}

/** With the schema's path from the workspace folder, where it is inside, in the form that any machine reads. */
function withRelativeSchema(openedAs: OpenedAs, folder: string | undefined): OpenedAs {
  if (openedAs.schema === undefined || folder === undefined) return openedAs;
  const relative = path.relative(folder, openedAs.schema);
  const isInside = relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
  return isInside ? { ...openedAs, schema: relative.replaceAll(path.sep, '/') } : openedAs;
}
