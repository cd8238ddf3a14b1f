/** The folder for things that outlive a checkout. */
export const cacheFolder: string;
export function exists(file: string): Promise<boolean>;
/** Makes `folder` with `make(folder)` unless an earlier process did. Gives `folder`. */
export function makeOnce(folder: string, make: (at: string) => Promise<void>): Promise<string>;
