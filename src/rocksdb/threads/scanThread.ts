// What runs in a thread of ScanThreads: does its share of jobs, and posts what is found.

import { parentPort, type MessagePort } from 'node:worker_threads';
import { Decompressor } from '../bytes/compression';
import { createKernel } from '../kernel/kernel';
import type { TableEnvironment } from '../table/blockReader';
import type { JobRequest, Request } from './messages';
import { JobMemory, ThreadJob } from './threadJob';

const readAhead = 256 << 10;

class ScanThread {
  private readonly environment: TableEnvironment;
  private readonly jobs = new Set<ThreadJob>();
  private readonly memories: JobMemory[] = [];

  constructor(private readonly port: MessagePort) {
    const kernel = createKernel();
    this.environment = { kernel, decompressor: new Decompressor(kernel), readAhead };
    port.on('message', (request: Request) => {
      if (request.kind === 'job') void this.run(request);
      else for (const job of this.jobs) job.goOn();
    });
  }

  private async run(request: JobRequest): Promise<void> {
    const memory = this.freeMemory();
    memory.inUse = true;
    const job = new ThreadJob(request, this.environment, memory, (answer) =>
      this.port.postMessage(answer),
    );
    this.jobs.add(job);
    await job.run();
    this.jobs.delete(job);
    memory.inUse = false;
  }

  /** Whose batches were all read: to wait for another job's reader could be to wait for oneself. */
  private freeMemory(): JobMemory {
    const known = this.memories.find(({ inUse, batches }) => !inUse && batches.isFree);
    if (known) return known;
    const memory = new JobMemory();
    this.memories.push(memory);
    return memory;
  }
}

if (parentPort) new ScanThread(parentPort);
