import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { parseFileName } from '../rocksdb/index';
import type { Disposable } from './events';
import { Recheck } from './recheck';

/** A partition on screen, and where its write-ahead logs are. */
export interface VisiblePartition {
  readonly path: string;
  readonly walDirectory: string;
}

const intervalMs = 500;

/**
 * Looks at the lengths of write-ahead logs twice a second: the safety net under events, and all there
 * is where none come.
 */
export class WalPoll implements Disposable {
  private readonly seen = new Map<string, string>();
  private partitions: readonly VisiblePartition[] = [];
  private readonly recheck = new Recheck(
    intervalMs,
    () => this.partitions.length > 0,
    () => this.look(),
  );

  constructor(private readonly changed: (partition: string) => void) {}

  /** From now on, what changes in these is told of, and what changed while they were not looked at. */
  watch(partitions: readonly VisiblePartition[]): void {
    this.partitions = partitions;
    const added = partitions.filter((partition) => !this.seen.has(partition.path));
    void Promise.all(added.map((partition) => this.lookAt(partition)));
    this.recheck.schedule();
  }

  /** The partitions whose logs are in `directory`. */
  partitionsOf(directory: string): string[] {
    return this.partitions
      .filter(({ walDirectory }) => walDirectory === directory)
      .map((partition) => partition.path);
  }

  dispose(): void {
    this.partitions = [];
    this.recheck.dispose();
  }

  private async look(): Promise<void> {
    for (const partition of this.partitions) await this.lookAt(partition);
  }

  private async lookAt(partition: VisiblePartition): Promise<void> {
    const signature = await lengths(partition);
    if (!this.partitions.includes(partition)) return;
    const before = this.seen.get(partition.path);
    this.seen.set(partition.path, signature);
    if (before !== undefined && before !== signature) this.changed(partition.path);
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
