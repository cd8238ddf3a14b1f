import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { parseFileName } from '../rocksdb/index';
import type { Disposable } from './events';

/** A partition on screen, and where its write-ahead logs are. */
export interface VisiblePartition {
  readonly path: string;
  readonly walDirectory: string;
}

const intervalMs = 500;

/**
 * Looks at the lengths of write-ahead logs twice a second: the safety net under events, and all there
 * is where none come. Also notices when one of `folders` is deleted and made again.
 */
export class WalPoll implements Disposable {
  private readonly seen = new Map<string, string>();
  private readonly present = new Map<string, boolean>();
  private partitions: readonly VisiblePartition[] = [];
  private timer: NodeJS.Timeout | undefined;
  private disposed = false;

  constructor(
    private readonly folders: readonly string[],
    private readonly changed: (partition: string) => void,
    private readonly madeAgain: () => void,
  ) {}

  watch(partitions: readonly VisiblePartition[]): void {
    this.partitions = partitions;
    const paths = new Set(partitions.map((partition) => partition.path));
    for (const known of this.seen.keys()) if (!paths.has(known)) this.seen.delete(known);
    if (this.timer === undefined && !this.disposed) this.schedule();
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.timer);
  }

  private schedule(): void {
    this.timer = setTimeout(() => {
      void this.look().finally(() => {
        this.timer = undefined;
        if (!this.disposed) this.schedule();
      });
    }, intervalMs);
  }

  private async look(): Promise<void> {
    for (const partition of this.partitions) {
      const signature = await lengths(partition);
      const before = this.seen.get(partition.path);
      this.seen.set(partition.path, signature);
      if (before !== undefined && before !== signature && !this.disposed) {
        this.changed(partition.path);
      }
    }
    for (const folder of this.folders) {
      const there = await stat(folder).then(
        () => true,
        () => false,
      );
      const back = there && this.present.get(folder) === false;
      this.present.set(folder, there);
      if (back && !this.disposed) this.madeAgain();
    }
  }
}

/** Names and lengths of the files that a checkpoint changes; empty when they are gone. */
async function lengths({ path: directory, walDirectory }: VisiblePartition): Promise<string> {
  const parts: string[] = [];
  for (const folder of new Set([directory, walDirectory])) {
    const names = await readdir(folder).catch((): string[] => []);
    for (const name of names) {
      const kind = parseFileName(name)?.kind;
      if (kind !== 'wal' && kind !== 'manifest') continue;
      const found = await stat(path.join(folder, name)).catch(() => undefined);
      if (found) parts.push(`${name}:${found.size}:${found.ino}`);
    }
  }
  return parts.sort().join();
}
