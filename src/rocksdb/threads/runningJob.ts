import { CorruptionError } from '../errors';
import { EntryBatch } from '../read/batch';
import type { Damage } from '../read/sources';
import { release, type PostedMemory } from './batchRing';
import { JobControl } from './jobControl';
import type { Answer } from './messages';
import { postedError } from './postedError';

export interface JobOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onDamage?: ((damage: Damage) => void) | undefined;
}

/** A thread that works for a job. */
export interface JobThread {
  /** Of its batches, by number. */
  readonly memories: Map<number, PostedMemory>;
  /** Makes it look whether its memory is free, and its work is wanted. */
  goOn(): void;
}

/** A batch that was not read yet. */
interface Received {
  readonly length: number;
  readonly memory: PostedMemory;
  readonly thread: JobThread;
}

/** What threads do of one job, as who asked for it sees it. */
export class RunningJob {
  readonly control: JobControl;
  /** By span. */
  private readonly received = new Map<number, Received[]>();
  private readonly failures = new Map<number, Error>();
  private readonly working: Set<JobThread>;
  private count = 0;
  /** Of a thread that has ended. */
  private lost: Error | undefined;
  private wake: () => void = () => undefined;

  constructor(
    private readonly spans: number,
    threads: readonly JobThread[],
    private readonly options: JobOptions,
  ) {
    this.control = JobControl.for(spans);
    this.working = new Set(threads);
  }

  receive(thread: JobThread, answer: Answer): void {
    switch (answer.kind) {
      case 'batch':
        this.keep(thread, answer);
        break;
      case 'damage': {
        const { first, last, error } = answer.damage;
        const cause = postedError(error);
        if (cause instanceof CorruptionError)
          this.options.onDamage?.({ first, last, error: cause });
        break;
      }
      case 'failure':
        this.failures.set(answer.span, postedError(answer.error));
        break;
      case 'ended':
        break; // it only wakes
      case 'done':
        this.count += answer.count;
        this.working.delete(thread);
    }
    this.wake();
  }

  /** A thread has ended, and will do no more. */
  lose(thread: JobThread, error: Error): void {
    this.lost ??= error;
    this.working.delete(thread);
    this.wake();
  }

  /** The batches of all spans, in their order. @throws what reading throws, the signal's reason */
  async *batches(): AsyncGenerator<EntryBatch> {
    for (let span = 0; span < this.spans; span++) {
      for (let read = 0; ;) {
        this.options.signal?.throwIfAborted();
        const next = this.received.get(span)?.shift();
        const failure = this.failures.get(span);
        if (next) {
          const { bytes, fields } = next.memory;
          try {
            yield new EntryBatch(bytes, fields, next.length);
          } finally {
            this.release(next);
          }
          read++;
        } else if (failure) {
          throw failure;
        } else {
          // Where all that is known belongs to later spans, this one's end is of interest.
          this.control.awaitEnd(this.received.size > 0 ? span : undefined);
          if (this.control.answersOf(span) === read) break;
          await this.news();
        }
      }
      this.received.delete(span);
    }
  }

  /** What was counted when all is done. @throws as `batches` */
  async counted(): Promise<number> {
    while (this.working.size > 0) await this.news();
    this.options.signal?.throwIfAborted();
    const [first] = [...this.failures].sort(([a], [b]) => a - b);
    if (first) throw first[1];
    return this.count;
  }

  /** Nothing more is wanted. */
  stop(): void {
    this.control.stop();
    for (const thread of this.working) thread.goOn();
    this.wake();
  }

  /** Stops it, and waits until no thread works for it. */
  async end(): Promise<void> {
    this.stop();
    while (this.working.size > 0) await this.changed();
    for (const left of [...this.received.values()].flat()) this.release(left);
  }

  private keep(thread: JobThread, answer: Answer & { kind: 'batch' }): void {
    const { span, length } = answer;
    if (answer.news) thread.memories.set(answer.memory, answer.news);
    const memory = thread.memories.get(answer.memory);
    if (!memory) throw new RangeError(`no memory ${answer.memory}`);
    const before = this.received.get(span);
    if (before) before.push({ length, memory, thread });
    else this.received.set(span, [{ length, memory, thread }]);
  }

  private release({ memory, thread }: Received): void {
    if (release(memory)) thread.goOn();
  }

  /** Until there is something new. @throws when a thread was lost */
  private async news(): Promise<void> {
    if (this.lost) throw this.lost;
    await this.changed();
  }

  private changed(): Promise<void> {
    return new Promise((resolve) => (this.wake = resolve));
  }
}
