import { CorruptionError, type RocksDBError } from '../errors';
import type { Kernel } from '../kernel/kernel';
import type { ColumnFamily } from '../manifest/version';
import { Memtable } from '../memtable/memtable';
import { WalReplay, type PinnedLog } from './walReplay';

/** Logs that are not whole: what follows them may not count, and must be replayed as RocksDB does. */
export class OldLogsDamagedError extends CorruptionError {}

/**
 * Write-ahead logs before those that were replayed, which only some column families still need: a small
 * one that is seldom flushed keeps logs that the large ones have done with long ago, often nearly all
 * of them. They are read when such a column family is asked for. Their contents never change.
 */
export class OldLogs {
  private reading: Promise<ReadonlyMap<number, Memtable>> | undefined;

  constructor(
    private readonly logs: readonly PinnedLog[],
    private readonly families: readonly ColumnFamily[],
    private readonly kernel: Kernel,
  ) {}

  /** What they hold of a column family. @throws OldLogsDamagedError, FileGoneError */
  async memtable({ id, logNumber }: ColumnFamily): Promise<Memtable> {
    this.reading ??= this.read().catch((error: unknown) => {
      this.reading = undefined;
      throw error;
    });
    return ((await this.reading).get(id) ?? Memtable.empty).from(logNumber);
  }

  /** Closes descriptors until they are needed. */
  async rest(): Promise<void> {
    await Promise.all(this.logs.map(({ file }) => file.rest()));
  }

  async close(): Promise<void> {
    await Promise.all(this.logs.map(({ file }) => file.close()));
  }

  private async read(): Promise<ReadonlyMap<number, Memtable>> {
    const replay = new WalReplay(this.kernel);
    try {
      await replay.advance(this.logs, this.families, undefined, () => undefined);
    } catch (error) {
      throw error instanceof CorruptionError ? damagedBy(error) : error;
    }
    const [warning] = replay.warnings;
    if (warning) throw damagedBy(warning);
    return replay.memtables;
  }
}

function damagedBy({ file, reason, offset }: RocksDBError): OldLogsDamagedError {
  return new OldLogsDamagedError(file, reason, { offset });
}
