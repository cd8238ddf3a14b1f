import path from 'node:path';
import { CorruptionError, FileGoneError, UnsupportedFormatError } from './errors';
import { ReadableFile } from './file';
import { oldTableFileName, tableFileName } from './filenames';
import { Table, type TableEnvironment } from './table';
import { rangeOf } from './version';
import type { TableMeta } from './versionEdit';

interface Pinned {
  readonly table: Table;
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
  ) {}

  /**
   * The table of `meta`, opened unless it is; counted until `release`.
   * @throws FileGoneError, CorruptionError when its size is not the MANIFEST's, UnsupportedFormatError
   */
  async pin(meta: TableMeta): Promise<Table> {
    if (meta.pathId !== 0) {
      const file = path.join(this.directory, tableFileName(meta.number));
      throw new UnsupportedFormatError(file, 'several db_paths');
    }
    let pinned = this.pinned.get(meta.number);
    if (!pinned) {
      const file = await this.open(meta.number);
      try {
        const { size } = await file.stat();
        if (size !== meta.size) {
          throw new CorruptionError(file.path, `${size} bytes instead of ${meta.size}`, {
            offset: Math.min(size, meta.size),
          });
        }
      } catch (error) {
        await file.close();
        throw error;
      }
      pinned = { table: new Table(file, meta.size, rangeOf(meta), this.environment), users: 0 };
      this.pinned.set(meta.number, pinned);
    }
    pinned.users++;
    return pinned.table;
  }

  async release(numbers: Iterable<number>): Promise<void> {
    for (const number of numbers) {
      const pinned = this.pinned.get(number);
      if (!pinned || --pinned.users > 0) continue;
      this.pinned.delete(number);
      await pinned.table.close();
    }
  }

  /** Closes descriptors until they are needed again. */
  async rest(): Promise<void> {
    await Promise.all([...this.pinned.values()].map(({ table }) => table.rest()));
  }

  private async open(number: number): Promise<ReadableFile> {
    const file = path.join(this.directory, tableFileName(number));
    try {
      return await ReadableFile.open(file);
    } catch (error) {
      if (!(error instanceof FileGoneError)) throw error;
      try {
        return await ReadableFile.open(path.join(this.directory, oldTableFileName(number)));
      } catch {
        throw error;
      }
    }
  }
}
