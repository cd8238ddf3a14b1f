import { readFile, stat } from 'node:fs/promises';

/**
 * The text of a file of the workspace; undefined where it is not there, larger than `most` bytes, or no
 * regular file: a pipe would never end.
 */
export async function readText(file: string, most: number): Promise<string | undefined> {
  try {
    const found = await stat(file);
    if (!found.isFile() || found.size > most) return undefined;
    return (await readFile(file, 'utf8')).replace(/^\ufeff/, '');
  } catch {
    return undefined;
  }
}
