import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** The files of a store by name. */
export type StoreFiles = ReadonlyMap<string, Buffer>;

export interface SoundStore {
  /** Its path below the fixtures. */
  readonly name: string;
  readonly files: StoreFiles;
}

const fixtures = path.resolve(import.meta.dirname, '../fixtures');
/** Larger ones take too long, ten thousand times. */
const mostBytes = 600_000;
/** Not part of the database: nobody reads them. */
const besides = /^(LOG|LOCK|IDENTITY|rocksdict-config\.json)/;

/** All small stores among the fixtures that are not damaged already, in the order of their names. */
export async function soundStores(): Promise<SoundStore[]> {
  const found: SoundStore[] = [];
  for (const fixture of (await readdir(fixtures)).sort()) {
    if (fixture.startsWith('11-') || fixture.endsWith('.md')) continue;
    await collect(path.join(fixtures, fixture), found);
  }
  return found;
}

async function collect(folder: string, found: SoundStore[]): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  if (entries.some(({ name }) => name === 'CURRENT')) {
    const files = new Map<string, Buffer>();
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (!entry.isFile() || besides.test(entry.name)) continue;
      files.set(entry.name, await readFile(path.join(folder, entry.name)));
    }
    const bytes = [...files.values()].reduce((sum, { length }) => sum + length, 0);
    if (bytes <= mostBytes) found.push({ name: path.relative(fixtures, folder), files });
    return;
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.isDirectory()) await collect(path.join(folder, entry.name), found);
  }
}

export type FileKind = 'table' | 'log' | 'manifest' | 'current' | 'options';

/** What a file of a store is by its name. */
export function kindOf(name: string): FileKind | undefined {
  if (name.endsWith('.sst')) return 'table';
  if (name.endsWith('.log')) return 'log';
  if (name.startsWith('MANIFEST-')) return 'manifest';
  if (name.startsWith('OPTIONS-')) return 'options';
  return name === 'CURRENT' ? 'current' : undefined;
}
