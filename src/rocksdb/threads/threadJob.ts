import { setImmediate as nextTurn } from 'node:timers/promises';
import { BatchBuilder } from '../read/batch';
import { EntryCounter } from '../read/entryCounter';
import { EntrySearch } from '../read/entrySearch';
import type { Merge, Sink } from '../read/merge';
import type { Damage } from '../read/sources';
import type { TableEnvironment } from '../table/blockReader';
import { ScanMemories } from '../table/readAhead';
import { BatchRing, type SharedBatchMemory } from './batchRing';
import { JobControl } from './jobControl';
import type { KeySpan } from './keySpans';
import type { Answer, JobRequest } from './messages';
import { postError } from './postedError';
import { viewOf } from './sharedView';

/** What a job works with, and then the next one. */
export class JobMemory {
  readonly scans = new ScanMemories();
  readonly batches = new BatchRing();
  inUse = false;
}

/** One thread's share of a job. It reads without waiting, but others get their turns between spans. */
export class ThreadJob {
  private readonly view;
  private readonly control: JobControl;
  private readonly counter = new EntryCounter();
  /** Of the span that it is at. */
  private answers = 0;
  private wake: () => void = () => undefined;

  constructor(
    private readonly request: JobRequest,
    private readonly environment: TableEnvironment,
    private readonly memory: JobMemory,
    private readonly post: (answer: Answer) => void,
  ) {
    this.view = viewOf(request.shared, environment);
    this.control = new JobControl(request.cells);
  }

  /** Takes spans until there are no more. Never throws. */
  async run(): Promise<void> {
    const { job } = this.request;
    for (let span; (span = this.control.takeSpan()) !== undefined;) {
      this.answers = 0;
      try {
        await this.work(span);
      } catch (error) {
        this.answer({ kind: 'failure', job, span, error: postError(error) });
      }
      if (this.control.endSpan(span, this.answers)) this.post({ kind: 'ended', job });
      await nextTurn();
    }
    this.post({ kind: 'done', job, count: this.counter.count });
  }

  /** Memory may be free, or nothing more be wanted. */
  goOn(): void {
    this.wake();
  }

  private async work(span: number): Promise<void> {
    const { work } = this.request;
    const keys = work.spans[span];
    if (!keys) throw new RangeError(`no span ${span}`);
    const merge = this.merge(keys);
    if (work.kind !== 'count') await this.postBatches(span, merge);
    else while (await this.fill(merge, this.counter));
  }

  private merge({ from, to }: KeySpan): Merge {
    const { job, tellDamage } = this.request;
    const onDamage = ({ error, first, last }: Damage) =>
      this.post({ kind: 'damage', job, damage: { first, last, error: postError(error) } });
    const options = { from, to, onDamage: tellDamage ? onDamage : undefined };
    return this.view.merge(options, this.memory.scans.restart());
  }

  private async postBatches(span: number, merge: Merge): Promise<void> {
    const { job } = this.request;
    const { batches } = this.memory;
    for (let more = true; more;) {
      const memory = batches.current() ?? (await this.freeMemory());
      if (!memory) return;
      const builder = new BatchBuilder(batches.batchBytes, memory);
      more = await this.fill(merge, this.sink(builder));
      const { length } = builder;
      if (length === 0) continue;
      batches.pass(memory);
      this.answer({ kind: 'batch', job, span, memory: memory.id, news: memory.news(), length });
    }
  }

  private answer(answer: Answer): void {
    this.answers++;
    this.post(answer);
  }

  private sink(builder: BatchBuilder): Sink {
    const { work } = this.request;
    if (work.kind !== 'search') return builder;
    return new EntrySearch(work.needle, builder, this.environment.kernel);
  }

  /** undefined when nothing more is wanted. */
  private async freeMemory(): Promise<SharedBatchMemory | undefined> {
    while (!this.control.stopped) {
      const told = new Promise<void>((resolve) => (this.wake = resolve));
      const memory = this.memory.batches.current();
      if (memory) return memory;
      await told;
    }
    return undefined;
  }

  /** Fills `sink`; false at the end, or when nothing more is wanted. */
  private async fill(merge: Merge, sink: Sink): Promise<boolean> {
    while (!sink.full && !this.control.stopped) {
      const more = merge.fill(sink);
      if (!(more instanceof Promise ? await more : more)) return false;
    }
    return !this.control.stopped;
  }
}
