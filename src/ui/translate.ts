/** `vscode.l10n.t`, or a stand-in where there is no VS Code. */
export type Translate = (message: string, ...args: (string | number)[]) => string;
