import path from 'node:path';
import { CorruptionError, FileGoneError } from '../errors';
import { ReadableFile } from '../file';
import { oldTableFileName, tableFileName } from '../filenames';
import type { BlockCache } from './blockCache';
import type { TableEnvironment } from './blockReader';
import { placeOf, Table } from './table';
import type { TableFolders } from './tableFolders';
import type { TableMeta } from '../manifest/versionEdit';

interface Pinned {
  readonly table: Table;
  readonly file: ReadableFile;
  users: number;
}

/**
 * The tables that views use, each open once. A table that compaction deletes stays readable through
 * its descriptor until the last view that uses it lets go.
 */
export class TableFiles {
  private readonly pinned = new Map<number, Pinned>();

  constructor(
    private readonly directory: string,
    private readonly environment: TableEnvironment,
    private readonly cache: BlockCache,
    /** Where tables are looked for that are not in `directory`. */
    private readonly folders: TableFolders,
  ) {}

  /**
   * The table of `meta`, opened unless it is; counted until `release`.
   * @throws FileGoneError, CorruptionError when its size is not the MANIFEST's
   */
  async pin(meta: TableMeta): Promise<Table> {
    let pinned = this.pinned.get(meta.number);
    if (!pinned) {
      const file = await this.find(meta);
      const { size } = file.opened;
      if (size !== meta.size) {
        await file.close();
        throw new CorruptionError(file.path, `${size} bytes instead of ${meta.size}`, {
          offset: Math.min(size, meta.size),
        });
      }
      const place = placeOf(meta);
      pinned = { table: new Table(file, place, this.environment, this.cache), file, users: 0 };
      this.pinned.set(meta.number, pinned);
    }
    pinned.users++;
    return pinned.table;
  }

  /** Counts one more use of tables that are pinned. */
  retain(numbers: Iterable<number>): void {
    for (const number of numbers) {
      const pinned = this.pinned.get(number);
      if (pinned) pinned.users++;
    }
  }

  async release(numbers: Iterable<number>): Promise<void> {
    for (const number of numbers) {
      const pinned = this.pinned.get(number);
      if (!pinned || --pinned.users > 0) continue;
      this.pinned.delete(number);
      pinned.table.rest();
      await pinned.file.close();
    }
  }

  /** Closes descriptors until they are needed again. */
  async rest(): Promise<void> {
    for (const { table } of this.pinned.values()) table.rest();
    await Promise.all([...this.pinned.values()].map(({ file }) => file.rest()));
  }

  /**
   * Opens the file of `meta`, in the database's folder or, as db_paths may have it, in another one.
   * @throws FileGoneError, AccessError
   */
  async find(meta: TableMeta): Promise<ReadableFile> {
    try {
      return await this.open(this.directory, meta.number);
    } catch (error) {
      if (!(error instanceof FileGoneError)) throw error;
      for (const { directory, told } of await this.folders.of(meta.pathId)) {
        const file = await this.open(directory, meta.number).catch(() => undefined);
        if (!file) continue;
        if (await this.isTableOf(file, meta, told)) return file;
        await file.close();
      }
      throw error;
    }
  }

  /** `told`: it is known to lie there; where it is not, it must be this database's by what it says. */
  private async isTableOf(file: ReadableFile, meta: TableMeta, told: boolean): Promise<boolean> {
    try {
      if ((await file.stat()).size !== meta.size) return false;
      if (told) return true;
      const table = new Table(file, placeOf(meta), this.environment, undefined);
      const { properties } = await table.head();
      const identity = await this.folders.identity();
      return identity !== undefined && properties.text('rocksdb.creating.db.identity') === identity;
    } catch {
      return false;
    }
  }

  private async open(directory: string, number: number): Promise<ReadableFile> {
    const file = path.join(directory, tableFileName(number));
    try {
      return await ReadableFile.open(file);
    } catch (error) {
      if (!(error instanceof FileGoneError)) throw error;
      try {
        return await ReadableFile.open(path.join(directory, oldTableFileName(number)));
      } catch {
        throw error;
      }
    }
  }
}
