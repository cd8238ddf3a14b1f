import { stat } from 'node:fs/promises';
import type { Disposable } from './events';
import { Recheck } from './recheck';

const intervalMs = 100;
/** Checks after which a folder counts as gone for good; what is made in its place later is new. */
const mostChecks = 50;

/**
 * Folders whose watch ended with them, because they were deleted. The operating system tells nothing of
 * a folder that is made again in the same moment, and chokidar does not look: it has one of that name.
 */
export class LostFolders implements Disposable {
  private readonly lost = new Map<string, number>();
  private readonly recheck = new Recheck(
    intervalMs,
    () => this.lost.size > 0,
    () => this.look(),
  );

  constructor(
    /** Waited for without an end: nobody watches the folder above. */
    private readonly roots: ReadonlySet<string>,
    private readonly madeAgain: (folders: readonly string[]) => void,
  ) {}

  add(folder: string): void {
    this.lost.set(folder, this.roots.has(folder) ? Infinity : mostChecks);
    this.recheck.schedule();
  }

  /** chokidar noticed by itself that a folder is gone, and hears of the next from the folder above. */
  noticed(folder: string): void {
    if (this.roots.has(folder)) this.add(folder);
    else this.lost.delete(folder);
  }

  dispose(): void {
    this.recheck.dispose();
  }

  private async look(): Promise<void> {
    const back: string[] = [];
    for (const folder of [...this.lost.keys()]) {
      const there = await stat(folder).catch(() => undefined);
      const checks = this.lost.get(folder);
      if (checks === undefined) continue; // noticed meanwhile
      if (there?.isDirectory()) back.push(folder);
      if (there?.isDirectory() || checks <= 1) this.lost.delete(folder);
      else this.lost.set(folder, checks - 1);
    }
    if (back.length > 0 && !this.recheck.disposed) this.madeAgain(back);
  }
}
