import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { StoreFiles } from './soundStores';

/** A file's new contents, in base64; null: no such file. */
export type Change = readonly [name: string, contents: string | null];

/** Writes and removes files. */
export function place(directory: string, changes: Iterable<Change>): void {
  for (const [name, contents] of changes) {
    const file = path.join(directory, name);
    if (contents === null) rmSync(file, { force: true });
    else writeFileSync(file, Buffer.from(contents, 'base64'));
  }
}

/** A folder that holds exactly these files, whatever was there. */
export function makeFolder(directory: string, files: StoreFiles): void {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  for (const [name, bytes] of files) writeFileSync(path.join(directory, name), bytes);
}
