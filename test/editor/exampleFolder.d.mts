/** Makes `folder` the example app as a workspace of its own, with the environment of `interpreter` as its `.venv`. */
export function makeExampleFolder(folder: string, interpreter: string): Promise<void>;
