import type { Checksums } from './checksum';
import { CorruptionError, FileGoneError, type RocksDBError } from './errors';
import { listDirectory } from './file';
import { fileNumbers } from './filenames';
import { Manifest, readCurrent } from './manifest';
import { readOptions, type OptionsFile } from './optionsFile';
import type { ViewTable } from './sources';
import type { TableEnvironment } from './table';
import { TableFiles } from './tableFiles';
import type { ColumnFamily } from './version';
import { findLogs, openLogs, type LogFacts } from './walFiles';
import type { PinnedLog } from './walReplay';

/** The files changed while they were being pinned; with `remade` nothing known of them counts. */
export class MovedOnError extends Error {
  constructor(
    override readonly cause: FileGoneError,
    readonly remade: boolean,
  ) {
    super(cause.message);
  }
}

/** What is known of a database without reading its entries. */
export interface DatabaseFacts extends LogFacts {
  readonly rocksdbVersion: string | undefined;
  readonly tables: number;
  /** Bytes. */
  readonly tableBytes: number;
}

/** Files that make up one point in time. Whoever gets them closes the logs and releases the tables. */
export interface PinnedFiles {
  readonly families: readonly ColumnFamily[];
  readonly tables: ReadonlyMap<number, ViewTable>;
  /** Where `tables` are released. */
  readonly tableFiles: TableFiles;
  /** Ascending by number, open. */
  readonly logs: readonly PinnedLog[];
  readonly warnings: readonly RocksDBError[];
  readonly facts: DatabaseFacts;
  /** The newest sequence that MANIFEST and tables tell of. */
  readonly lastSequence: number;
  /** Differs from that of other files, whatever their contents. */
  readonly identity: string;
}

/**
 * The files of a database that is being written: finds those that belong together. First the
 * MANIFEST is read, then tables and logs are opened and the logs' lengths taken, and then the
 * MANIFEST must still be where it was: what lies in between is one point in time.
 */
export class DatabaseFiles {
  private manifest: Manifest | undefined;
  private options: OptionsFile & { readonly number: number | undefined };
  private tableFiles: TableFiles;

  constructor(
    private readonly directory: string,
    private readonly environment: TableEnvironment,
    private readonly checksums: Checksums,
    private readonly follow: ((directory: string) => boolean) | undefined,
  ) {
    this.tableFiles = new TableFiles(directory, environment);
    this.options = { number: undefined, rocksdbVersion: undefined, walDirectory: undefined };
  }

  /** Forgets what was read: the next `pin` reads everything anew, as of another database. */
  forget(): void {
    this.manifest = undefined;
    this.options = { ...this.options, number: undefined };
    // Numbers may begin anew: no table of before may be taken for one of these.
    this.tableFiles = new TableFiles(this.directory, this.environment);
  }

  /**
   * One try to pin what is there now.
   * @throws MovedOnError or FileGoneError: try again; other errors as `openReadOnly`
   */
  async pin(): Promise<PinnedFiles> {
    const names = await listDirectory(this.directory);
    const manifest = await this.advanceManifest(names);
    await this.readNewestOptions(names);
    const { tableFiles } = this;
    const families = manifest.state.columnFamilies();
    const tables = new Map<number, ViewTable>();
    const logs: PinnedLog[] = [];
    try {
      await this.pinTables(manifest, names, families, tables);
      const { walDirectory, rocksdbVersion } = this.options;
      // Listed after the tables were opened: a log that came since the first listing counts.
      const place = await findLogs(this.directory, walDirectory, this.follow);
      const opened = await openLogs(place, families, logs);
      if (await this.moved(manifest, names)) {
        throw new MovedOnError(new FileGoneError(manifest.file, 'changes too fast'), false);
      }
      const metas = [...tables.values()].map(({ meta }) => meta);
      return {
        families,
        tables,
        tableFiles,
        logs,
        warnings: opened.warnings,
        facts: {
          ...opened.facts,
          rocksdbVersion,
          tables: metas.length,
          tableBytes: metas.reduce((sum, { size }) => sum + size, 0),
        },
        lastSequence: metas.reduce(
          (last, { largestSequence }) => Math.max(last, largestSequence),
          manifest.state.lastSequence,
        ),
        identity: JSON.stringify([
          families.map(({ id, name }) => [id, name]),
          [...tables.keys()],
          opened.identities,
        ]),
      };
    } catch (error) {
      await tableFiles.release(tables.keys());
      await Promise.all(logs.map(({ file }) => file.close()));
      throw error;
    }
  }

  /** The MANIFEST in force, read up to its end. CURRENT is looked at only when there is a newer one. */
  private async advanceManifest(names: readonly string[]): Promise<Manifest> {
    let { manifest } = this;
    if (!manifest || fileNumbers(names, 'manifest').at(-1) !== manifest.number) {
      const name = await readCurrent(this.directory);
      if (!manifest || name !== manifest.name) {
        if (manifest) throw new MovedOnError(new FileGoneError(manifest.file, 'replaced'), true);
        manifest = new Manifest(this.directory, name, this.checksums);
      }
    }
    try {
      if ((await manifest.advance()) === 'replaced') {
        throw new MovedOnError(new FileGoneError(manifest.file, 'replaced'), true);
      }
    } catch (error) {
      if (!(error instanceof FileGoneError)) throw error;
      const still = (await readCurrent(this.directory)) === manifest.name;
      if (!still) throw new MovedOnError(error, true);
      throw new CorruptionError(manifest.file, 'missing', { cause: error });
    }
    return (this.manifest = manifest);
  }

  private async readNewestOptions(names: readonly string[]): Promise<void> {
    const newest = fileNumbers(names, 'options').at(-1);
    if (newest === undefined || newest === this.options.number) return;
    this.options = { ...(await readOptions(this.directory, newest)), number: newest };
  }

  private async pinTables(
    manifest: Manifest,
    names: readonly string[],
    families: readonly ColumnFamily[],
    tables: Map<number, ViewTable>,
  ): Promise<void> {
    try {
      for (const meta of families.flatMap(({ levels }) => levels.flat())) {
        tables.set(meta.number, { meta, table: await this.tableFiles.pin(meta) });
      }
    } catch (error) {
      if (!(error instanceof FileGoneError)) throw error;
      if (await this.moved(manifest, names)) throw new MovedOnError(error, false);
      throw new CorruptionError(error.file, 'missing', { cause: error });
    }
  }

  /**
   * Whether the database has changed since `names` were listed and `manifest` read. The app, opening
   * it anew, writes another MANIFEST and then its name into CURRENT before it deletes logs and tables,
   * and the old MANIFEST may outlive them.
   */
  private async moved(manifest: Manifest, names: readonly string[]): Promise<boolean> {
    const now = await listDirectory(this.directory);
    const newest = (kind: 'manifest' | 'options', of: readonly string[]) =>
      fileNumbers(of, kind).at(-1);
    if (newest('manifest', now) !== newest('manifest', names)) return true;
    if (newest('options', now) !== newest('options', names)) return true;
    const replaced = newest('manifest', now) !== manifest.number;
    if (replaced && (await readCurrent(this.directory)) !== manifest.name) return true;
    return (await manifest.advance()) !== false;
  }
}
