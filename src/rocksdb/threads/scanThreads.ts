import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { EntryBatch } from '../read/batch';
import type { PostedMemory } from './batchRing';
import type { Answer, JobRequest, Request, Work } from './messages';
import { RunningJob, type JobOptions, type JobThread } from './runningJob';
import type { SharedView } from './sharedView';

/** Threads cost memory; disks and a scan's consumer are seldom faster than these. */
const mostThreads = 4;
/** After this long without a job the threads end. */
const idleMs = 10_000;

/** A thread makes little garbage: more memory would not make it faster. */
const resourceLimits = { maxYoungGenerationSizeMb: 2 };

class Thread implements JobThread {
  readonly memories = new Map<number, PostedMemory>();

  constructor(readonly worker: Worker) {}

  goOn(): void {
    this.worker.postMessage({ kind: 'go on' } satisfies Request);
  }
}

/** Threads that scan, search and count; they run the module at `modulePath`, scanThread. */
export class ScanThreads {
  private threads: Thread[] = [];
  private readonly jobs = new Map<number, RunningJob>();
  private nextId = 0;
  private idle: NodeJS.Timeout | undefined;

  constructor(
    private readonly modulePath: string,
    private readonly size = Math.min(mostThreads, availableParallelism()),
  ) {}

  /**
   * The batches that `work` finds, in order. Whoever calls keeps the view's files open until the end.
   * @throws what reading throws, the signal's reason
   */
  async *batches(shared: SharedView, work: Work, options: JobOptions): AsyncGenerator<EntryBatch> {
    const job = this.begin(shared, work, options);
    try {
      yield* job.running.batches();
    } finally {
      await job.end();
    }
  }

  /** How many entries `work` counts; otherwise as `batches`. */
  async count(shared: SharedView, work: Work, options: JobOptions): Promise<number> {
    const job = this.begin(shared, work, options);
    try {
      return await job.running.counted();
    } finally {
      await job.end();
    }
  }

  /** Ends the threads; jobs that run fail. */
  async dispose(): Promise<void> {
    clearTimeout(this.idle);
    const { threads } = this;
    this.threads = [];
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
  }

  private begin(shared: SharedView, work: Work, options: JobOptions) {
    const { signal } = options;
    signal?.throwIfAborted();
    clearTimeout(this.idle);
    const threads = this.started();
    const job = this.nextId++;
    const running = new RunningJob(work.spans.length, threads, options);
    this.jobs.set(job, running);
    const { cells } = running.control;
    const tellDamage = options.onDamage !== undefined;
    for (const { worker } of threads) {
      worker.ref(); // the process waits for a job, not for an idle thread
      worker.postMessage({
        kind: 'job',
        job,
        shared,
        work,
        cells,
        tellDamage,
      } satisfies JobRequest);
    }
    const abort = () => running.stop();
    signal?.addEventListener('abort', abort);
    const end = async () => {
      signal?.removeEventListener('abort', abort);
      await running.end();
      this.jobs.delete(job);
      this.endLater();
    };
    return { running, end };
  }

  private started(): readonly Thread[] {
    while (this.threads.length < this.size) this.threads.push(this.start());
    return [...this.threads];
  }

  private start(): Thread {
    const worker = new Worker(this.modulePath, { resourceLimits });
    const thread = new Thread(worker);
    worker.on('message', (answer: Answer) => this.jobs.get(answer.job)?.receive(thread, answer));
    const lose = (error: Error) => {
      this.threads = this.threads.filter((one) => one !== thread);
      for (const job of this.jobs.values()) job.lose(thread, error);
    };
    worker.on('error', lose);
    worker.on('exit', () => lose(new Error('the thread has ended')));
    return thread;
  }

  private endLater(): void {
    if (this.jobs.size > 0) return;
    for (const { worker } of this.threads) worker.unref();
    this.idle = setTimeout(() => void this.dispose(), idleMs).unref();
  }
}
