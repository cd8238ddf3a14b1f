import type { Disposable } from './events';

/** Looks again after `intervalMs`, one look at a time, for as long as there is something to look at. */
export class Recheck implements Disposable {
  private timer: NodeJS.Timeout | undefined;
  disposed = false;

  constructor(
    private readonly intervalMs: number,
    /** Whether there is something to look at. */
    private readonly waiting: () => boolean,
    private readonly look: () => Promise<void>,
  ) {}

  /** To be called when there may be something new to look at. */
  schedule(): void {
    if (this.timer !== undefined || this.disposed || !this.waiting()) return;
    this.timer = setTimeout(() => {
      void this.look().finally(() => {
        this.timer = undefined;
        this.schedule();
      });
    }, this.intervalMs);
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.timer);
  }
}
