import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Disposable } from './events';
import { Recheck } from './recheck';
import { isSkipped } from './find';

/** How long after chokidar told of a folder it surely watches it. */
const settledMs = 100;

/**
 * Folders that were just made. chokidar lists a new folder first and watches it then: what is made in
 * between goes unheard. So each is listed once more, and what is not watched in it is handed on.
 */
export class NewFolders implements Disposable {
  private readonly due = new Map<string, number>();
  private readonly recheck = new Recheck(
    settledMs,
    () => this.due.size > 0,
    () => this.look(),
  );

  constructor(
    /** Tells which folders are watched. */
    private readonly watched: () => ReadonlySet<string>,
    private readonly unheard: (folders: readonly string[]) => void,
  ) {}

  add(folder: string): void {
    this.due.set(folder, performance.now() + settledMs);
    this.recheck.schedule();
  }

  dispose(): void {
    this.recheck.dispose();
  }

  private async look(): Promise<void> {
    const now = performance.now();
    const settled = [...this.due].filter(([, due]) => due <= now).map(([folder]) => folder);
    for (const folder of settled) this.due.delete(folder);
    if (settled.length === 0) return;
    const watched = this.watched();
    const unheard: string[] = [];
    for (const folder of settled) {
      const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
      for (const entry of entries) {
        const subfolder = path.join(folder, entry.name);
        if (!entry.isDirectory() || isSkipped(entry.name) || watched.has(subfolder)) continue;
        unheard.push(subfolder);
      }
    }
    if (unheard.length === 0 || this.recheck.disposed) return;
    this.unheard(unheard);
    for (const folder of unheard) await this.addAll(folder);
  }

  /** chokidar tells of no folder below one that it was handed. */
  private async addAll(folder: string): Promise<void> {
    this.add(folder);
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (entry.isDirectory() && !isSkipped(entry.name)) {
        await this.addAll(path.join(folder, entry.name));
      }
    }
  }
}
