import { machineClock, type Clock } from './changeScheduler';
import type { ChangeMark, ListedNode } from './treeNodes';

/** How long a row stays marked after its change. */
export const markMs = 3000;

/** The rows that changed within the last three seconds. */
export class ChangeMarks {
  readonly #timers = new Map<ListedNode, () => void>();

  /** `changed` is told of rows whose mark came or went. */
  constructor(
    private readonly changed: (node: ListedNode) => void,
    private readonly clock: Clock = machineClock,
  ) {}

  /** Marks a row, or marks it again; `ended` is called when the mark goes by itself. */
  mark(node: ListedNode, mark: ChangeMark, ended?: () => void): void {
    this.#timers.get(node)?.();
    node.mark = mark;
    this.#timers.set(
      node,
      this.clock.after(markMs, () => {
        this.#timers.delete(node);
        node.mark = undefined;
        this.changed(node);
        ended?.();
      }),
    );
    this.changed(node);
  }

  dispose(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }
}
