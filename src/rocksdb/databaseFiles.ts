import {
  CorruptionError,
  FileGoneError,
  UnsupportedFormatError,
  type RocksDBError,
} from './errors';
import { listDirectory } from './file';
import { fileNumbers } from './filenames';
import { Manifest, readCurrent } from './manifest/manifest';
import { noOptions, readOptions, type OptionsFile } from './manifest/optionsFile';
import type { ViewTable } from './read/sources';
import type { BlockCache } from './table/blockCache';
import type { TableEnvironment } from './table/blockReader';
import { TableFiles } from './table/tableFiles';
import { TableFolders } from './table/tableFolders';
import type { ColumnFamily } from './manifest/version';
import { checkTrackedLogs, type TrackedLogs } from './log/trackedLogs';
import { findLogs, openLogs, type LogFacts } from './log/walFiles';
import type { PinnedLog } from './log/walReplay';

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

/**
 * Files that make up one point in time. Whoever gets them closes the logs that are not kept, and
 * releases the tables.
 */
export interface PinnedFiles {
  readonly families: readonly ColumnFamily[];
  readonly tables: ReadonlyMap<number, ViewTable>;
  /** Where `tables` are released. */
  readonly tableFiles: TableFiles;
  /** Ascending by number, open. */
  readonly logs: readonly PinnedLog[];
  /** Transactions may be prepared in one log and committed in a later one: all must be replayed. */
  readonly twoPhaseCommit: boolean;
  readonly warnings: readonly RocksDBError[];
  readonly facts: DatabaseFacts;
  /** The newest sequence that MANIFEST and tables tell of. */
  readonly lastSequence: number;
  readonly options: OptionsFile;
  /** Differs from that of other files, whatever their contents. */
  readonly identity: string;
  /** They are those of before, and only the newest log may have grown. */
  readonly again: boolean;
}

/** What was pinned last, where the next time only the newest log may have to be looked at. */
interface LastPinned {
  readonly files: PinnedFiles;
  readonly newest: PinnedLog;
  /** Of the files in the directory. */
  readonly names: readonly string[];
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
  private last: LastPinned | undefined;

  constructor(
    private readonly directory: string,
    private readonly environment: TableEnvironment,
    private readonly cache: BlockCache,
    private readonly follow: ((directory: string) => boolean) | undefined,
  ) {
    this.tableFiles = this.noTables();
    this.options = { ...noOptions, number: undefined };
  }

  /** Forgets what was read: the next `pin` reads everything anew, as of another database. */
  forget(): void {
    this.manifest = undefined;
    void this.close();
    this.options = { ...this.options, number: undefined };
    // Numbers may begin anew: no table of before may be taken for one of these.
    this.tableFiles = this.noTables();
  }

  /** Closes the log that is kept open, until it is needed again. */
  async rest(): Promise<void> {
    await this.last?.newest.file.rest();
  }

  async close(): Promise<void> {
    const { last } = this;
    this.last = undefined;
    await last?.newest.file.close();
  }

  private noTables(): TableFiles {
    const folders = new TableFolders(this.directory, this.follow);
    return new TableFiles(this.directory, this.environment, this.cache, folders);
  }

  /**
   * One try to pin what is there now.
   * @throws MovedOnError or FileGoneError: try again; other errors as `openReadOnly`
   */
  async pin(): Promise<PinnedFiles> {
    const again = await this.pinAgain();
    if (again) return again;
    await this.close();
    const names = await listDirectory(this.directory);
    const manifest = await this.advanceManifest(names);
    await this.readNewestOptions(names);
    const { tableFiles } = this;
    const families = manifest.state.columnFamilies();
    const tables = new Map<number, ViewTable>();
    const logs: PinnedLog[] = [];
    try {
      await this.pinTables(manifest, names, families, tables);
      const { walDirectory, rocksdbVersion, twoPhaseCommit, tracksLogs } = this.options;
      // Listed after the tables were opened: a log that came since the first listing counts.
      const place = await findLogs(this.directory, walDirectory, this.follow);
      const { oldestLog, trackedLogs } = manifest.state;
      const tracked: TrackedLogs = tracksLogs ? trackedLogs : new Map();
      const oldest = Math.min(twoPhaseCommit ? oldestLog : Infinity, ...tracked.keys());
      const opened = await openLogs(place, families, logs, oldest);
      if (await this.moved(manifest, names)) {
        throw new MovedOnError(new FileGoneError(manifest.file, 'changes too fast'), false);
      }
      if (!place.warning) checkTrackedLogs(tracked, place, logs);
      const metas = [...tables.values()].map(({ meta }) => meta);
      const pinned: PinnedFiles = {
        families,
        tables,
        tableFiles,
        logs,
        twoPhaseCommit,
        options: this.options,
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
        again: false,
      };
      const simple = place.directory === this.directory && !place.warning && tracked.size === 0;
      return simple ? this.keeping(pinned, place.names) : pinned;
    } catch (error) {
      await tableFiles.release(tables.keys());
      await Promise.all(logs.map(({ file }) => file.close()));
      throw error;
    }
  }

  /** Keeps the newest log open, which the next `pin` may begin with. */
  private keeping(pinned: PinnedFiles, names: readonly string[]): PinnedFiles {
    const newest = pinned.logs.at(-1);
    if (!newest || pinned.families.some(({ logNumber }) => logNumber > newest.number))
      return pinned;
    const logs = pinned.logs.map((log) => (log === newest ? { ...log, kept: true } : log));
    const files = { ...pinned, logs };
    this.last = { files, newest, names };
    return files;
  }

  /**
   * The files of before, where nothing but the newest log may have changed: it is usual beside a running
   * app, and costs a fraction. The MANIFEST is looked at after the log's length was taken.
   */
  private async pinAgain(): Promise<PinnedFiles | undefined> {
    const { last, manifest, tableFiles } = this;
    if (!last || !manifest) return undefined;
    const { files, newest } = last;
    try {
      const [names, { size, modifiedMs }] = await Promise.all([
        listDirectory(this.directory),
        newest.file.stat(),
      ]);
      if (!areSame(names, last.names) || !(await manifest.isUnchanged())) return undefined;
      tableFiles.retain(files.tables.keys());
      const grown = size - newest.size;
      const { walBytes } = files.facts;
      return {
        ...files,
        logs: files.logs.map((log) => (log.number === newest.number ? { ...log, size } : log)),
        facts: { ...files.facts, walBytes: walBytes + grown, lastWriteMs: modifiedMs },
        again: true,
      };
    } catch (error) {
      if (error instanceof FileGoneError) return undefined;
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
        manifest = new Manifest(this.directory, name, this.environment.kernel);
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
    const metas = families.flatMap(({ levels }) => levels.flat());
    const pins = metas.map(async (meta) => {
      tables.set(meta.number, { meta, table: await this.tableFiles.pin(meta) });
    });
    // All of them end first, so that whoever releases `tables` releases all.
    const results = await Promise.allSettled(pins);
    for (const [i, result] of results.entries()) {
      if (result.status === 'fulfilled') continue;
      const error: unknown = result.reason;
      if (!(error instanceof FileGoneError)) throw error;
      if (await this.moved(manifest, names)) throw new MovedOnError(error, false);
      // Of the other paths it is not known where they are.
      if (metas[i]?.pathId) throw new UnsupportedFormatError(error.file, 'several db_paths');
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
    return !(await manifest.isUnchanged()) && (await manifest.advance()) !== false;
  }
}

/** Whether there is no more to look at than a log that grows, by the names in the directory. */
function areSame(names: readonly string[], before: readonly string[]): boolean {
  const listed = names.length === before.length && names.every((name, i) => name === before[i]);
  return listed || changingNames(names) === changingNames(before);
}

function changingNames(names: readonly string[]): string {
  const kinds = ['manifest', 'options', 'wal'] as const;
  return kinds.map((kind) => fileNumbers(names, kind).join()).join(' ');
}
