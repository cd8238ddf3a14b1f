import { readSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CorruptionError } from '../errors';
import { fileError } from '../file';
import type { Kernel } from '../kernel/kernel';
import type { ColumnFamily } from '../manifest/version';
import { Memtable } from '../memtable/memtable';
import type { RangeDeletion } from '../memtable/rangeDeletion';
import { SortedRun } from '../memtable/sortedRun';
import { ColumnFamilyView } from '../read/view';
import type { TableEnvironment, TableFile } from '../table/blockReader';
import { placeOf, Table } from '../table/table';

/** A table, by a descriptor of this process. */
export interface SharedTable {
  readonly number: number;
  readonly path: string;
  readonly descriptor: number;
  /** `Table.sharedIndex` */
  readonly index: Uint8Array | undefined;
}

/**
 * One point in time of a column family, as another thread of this process can have it: shared memory,
 * and descriptors that stay open as long as it is used.
 */
export interface SharedView {
  readonly directory: string;
  readonly family: ColumnFamily;
  readonly mergeOption: string | undefined;
  readonly runs: readonly {
    readonly bytes: Uint8Array;
    readonly starts: Uint32Array;
    readonly length: number;
  }[];
  readonly rangeDeletions: readonly RangeDeletion[];
  readonly tables: readonly SharedTable[];
}

/** Makes `view` one that can be posted to another thread, with descriptors by table number. */
export async function shareView(
  { family, memtable, directory, mergeOption }: ColumnFamilyView,
  tables: readonly SharedTable[],
): Promise<SharedView> {
  const runs: { bytes: Uint8Array; starts: Uint32Array; length: number }[] = [];
  for (const run of memtable.runs) {
    const { bytes, starts, length } = run.laidOut();
    runs.push({ bytes, starts, length });
    await nextTurn(); // each may take some ms
  }
  return {
    directory,
    family,
    mergeOption,
    runs,
    rangeDeletions: memtable.rangeDeletions,
    tables,
  };
}

/** The view that was shared, in this thread. Its tables are read without waiting. */
export function viewOf(
  { directory, family, mergeOption, runs, rangeDeletions, tables }: SharedView,
  environment: TableEnvironment,
): ColumnFamilyView {
  const byNumber = new Map(tables.map((table) => [table.number, table]));
  const levels = family.levels.map((level) =>
    level.map((meta) => {
      const shared = byNumber.get(meta.number);
      if (!shared) throw new CorruptionError(directory, `table ${meta.number} is not shared`);
      const file = new DescriptorFile(shared);
      const place = placeOf(meta);
      return { meta, table: new Table(file, place, environment, undefined, shared.index) };
    }),
  );
  const memtable = Memtable.of(
    runs.map((run) => sharedRun(run, environment.kernel)),
    rangeDeletions,
  );
  return new ColumnFamilyView(family, memtable, levels, directory, mergeOption);
}

function sharedRun({ bytes, starts, length }: SharedView['runs'][number], kernel: Kernel) {
  return new SortedRun(kernel, bytes, starts, length);
}

/** A file that another thread of this process holds open. */
class DescriptorFile implements TableFile {
  readonly path: string;
  private readonly descriptor: number;

  constructor({ path, descriptor }: SharedTable) {
    this.path = path;
    this.descriptor = descriptor;
  }

  readExactly(offset: number, length: number, memory?: Uint8Array): Uint8Array {
    const bytes = memory ?? new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const read = this.read(bytes, filled, length - filled, offset + filled);
      if (read === 0) {
        throw new CorruptionError(this.path, `ends before ${length} bytes`, { offset });
      }
      filled += read;
    }
    return bytes;
  }

  private read(bytes: Uint8Array, at: number, length: number, offset: number): number {
    try {
      return readSync(this.descriptor, bytes, at, length, offset);
    } catch (error) {
      throw fileError(this.path, error);
    }
  }
}
