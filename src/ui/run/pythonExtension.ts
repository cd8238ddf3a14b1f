import * as vscode from 'vscode';

/** Of the Python extension's exported API (its `PythonExtension` of `@vscode/python-extension`), what is asked here. */
interface PythonApi {
  readonly environments: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { readonly path: string };
    resolveEnvironment(environment: {
      readonly path: string;
    }): Promise<{ readonly executable: { readonly uri?: vscode.Uri } } | undefined>;
  };
}

const extensionId = 'ms-python.python';

/** The interpreter that the Python extension has for a file; undefined where it is not installed, or has none. */
export async function selectedInterpreter(file: string): Promise<string | undefined> {
  const extension = vscode.extensions.getExtension<PythonApi>(extensionId);
  if (extension === undefined) return undefined;
  try {
    const { environments } = await extension.activate();
    const active = environments.getActiveEnvironmentPath(vscode.Uri.file(file));
    const resolved = await environments.resolveEnvironment(active);
    return resolved?.executable.uri?.fsPath;
  } catch {
    return undefined; // another version of it: the usual places are looked at
  }
}

/** Lets the person choose an interpreter for a file: with the Python extension, else a file. */
export async function chooseInterpreter(): Promise<string | undefined> {
  if (vscode.extensions.getExtension(extensionId) !== undefined) {
    await vscode.commands.executeCommand('python.setInterpreter');
    return undefined; // it keeps the choice itself
  }
  const [file] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Select Interpreter'),
      openLabel: vscode.l10n.t('Select Interpreter'),
    })) ?? [];
  return file?.fsPath;
}
