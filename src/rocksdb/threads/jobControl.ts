// What the threads of a job tell each other without a message, for each message wakes who gets it:
//
//   cell 0  not 0: the answers are no longer wanted
//   cell 1  the span that the next free thread takes
//   cell 2  the span whose end is to be told by a message, else none
//   then    of each span: 0, or once it has ended, 1 and how many answers were posted: batches, a failure

const stopAt = 0;
const nextAt = 1;
const awaitedAt = 2;
const header = 3;
const none = -1;

/** What all threads know of a job. */
export class JobControl {
  /** `cells`: those of another thread's JobControl, which is the same job's then. */
  constructor(readonly cells: Int32Array) {}

  static for(spans: number): JobControl {
    const control = new JobControl(new Int32Array(new SharedArrayBuffer((header + spans) * 4)));
    control.cells[awaitedAt] = none;
    return control;
  }

  get stopped(): boolean {
    return Atomics.load(this.cells, stopAt) !== 0;
  }

  stop(): void {
    Atomics.store(this.cells, stopAt, 1);
  }

  /** A span that nobody has taken; undefined when there is none, or none is wanted. */
  takeSpan(): number | undefined {
    const span = Atomics.add(this.cells, nextAt, 1);
    return span < this.cells.length - header && !this.stopped ? span : undefined;
  }

  /** After so many answers of a span were posted. True where its end must be posted, too. */
  endSpan(span: number, answers: number): boolean {
    Atomics.store(this.cells, header + span, answers + 1);
    return Atomics.load(this.cells, awaitedAt) === span;
  }

  /** How many answers a span has that has ended. */
  answersOf(span: number): number | undefined {
    const cell = Atomics.load(this.cells, header + span);
    return cell === 0 ? undefined : cell - 1;
  }

  /** Asks for a message when `span` ends, or for none. It may have ended already. */
  awaitEnd(span: number | undefined): void {
    Atomics.store(this.cells, awaitedAt, span ?? none);
  }
}
