// Where tables lie when there are several folders for them (db_paths). RocksDB is given the list when it
// opens a database, the MANIFEST has an index into it, and only LOG, its journal, has the list itself
// (db/db_info_dumper.cc), in order:
//
//   … SST files in /app/state dir, Total Num: 2, files: …
//   … Directory from db_paths/cf_paths does not yet exist: /app/more

import path from 'node:path';
import { listDirectory, readSmallFile, withFile } from '../file';
import { parseFileName } from '../filenames';

/** A folder that may have tables. */
export interface TableFolder {
  readonly directory: string;
  /** Whether LOG says so; if not, a table in it must prove that it is of this database. */
  readonly told: boolean;
}

/** LOG begins with what it says of the files; it may be long. */
const logBytes = 1 << 20;
/** Neighbours that are looked through. */
const mostNeighbours = 1000;

/**
 * The folders besides its own in which tables of a database may lie, likeliest first: those that LOG
 * tells of, and where these are now if all was moved together; folders within its own and beside it.
 */
export class TableFolders {
  private all: Promise<readonly TableFolder[]> | undefined;

  constructor(
    private readonly directory: string,
    /** Asked before a folder is looked at. */
    private readonly follow: ((directory: string) => boolean) | undefined,
  ) {}

  /** Where a table that the MANIFEST counts to path `pathId` may be, if not in the database's folder. */
  async of(pathId: number): Promise<readonly TableFolder[]> {
    // The first path is the database's folder as a rule: a table missing there is missing.
    if (pathId === 0 && !(await this.firstIsElsewhere())) return [];
    return (this.all ??= this.find());
  }

  /** What tables of this database have as `rocksdb.creating.db.identity`; undefined if not known. */
  async identity(): Promise<string | undefined> {
    const file = path.join(this.directory, 'IDENTITY');
    const bytes = await readSmallFile(file, 4096).catch(() => undefined);
    return bytes && (Buffer.from(bytes).toString('latin1').trim() || undefined);
  }

  private async firstIsElsewhere(): Promise<boolean> {
    const names = await listDirectory(this.directory);
    if (names.some((name) => parseFileName(name)?.kind === 'table')) return false;
    return (await this.foldersInLog()).length > 1;
  }

  private async find(): Promise<readonly TableFolder[]> {
    const { directory, follow } = this;
    const folders = await this.foldersInLog();
    const [first = directory] = folders;
    const moved = folders.map((each) => path.resolve(directory, path.relative(first, each)));
    const around = [directory, path.dirname(directory)];
    const neighbours = (await Promise.all(around.map((each) => this.foldersOf(each)))).flat();
    const found = new Map<string, TableFolder>();
    for (const each of [...folders, ...moved, ...neighbours]) {
      if (each === directory || found.has(each) || follow?.(each) === false) continue;
      found.set(each, { directory: each, told: folders.includes(each) || moved.includes(each) });
    }
    return [...found.values()];
  }

  private async foldersInLog(): Promise<string[]> {
    const file = path.join(this.directory, 'LOG');
    const bytes = await withFile(file, (log) => log.read(0, logBytes)).catch(() => undefined);
    const text = Buffer.from(bytes ?? []).toString('utf8');
    const line =
      /SST files in (.+) dir, Total Num: |Directory from db_paths\S* does not yet exist: (.+)/g;
    return [...text.matchAll(line)]
      .map(([, one, other]) => one ?? other ?? '')
      .filter((folder) => path.isAbsolute(folder));
  }

  private async foldersOf(directory: string): Promise<string[]> {
    if (directory !== this.directory && this.follow?.(directory) === false) return [];
    const names = await listDirectory(directory).catch(() => []);
    // Which of them are folders shows when a table is looked for.
    return names.slice(0, mostNeighbours).map((name) => path.join(directory, name));
  }
}
