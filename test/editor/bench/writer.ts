import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { python } from '../../python.mjs';

/** A checkpoint of the writer: the number it wrote, and when it was on disk, in ms since epoch. */
export interface Checkpoint {
  readonly number: number;
  readonly at: number;
}

/** A Python process that writes checkpoints with the real library: see checkpointWriter.py. */
export class CheckpointWriter {
  readonly checkpoints: Checkpoint[] = [];
  private readonly first: Promise<void>;
  private readonly ended: Promise<void>;

  private constructor(
    private readonly child: ChildProcess,
    private readonly count: number,
  ) {
    if (child.stdout === null) throw new Error('The writer has no stdout.');
    const lines = createInterface(child.stdout);
    let ready = () => {};
    this.first = new Promise((resolve) => (ready = resolve));
    this.ended = new Promise((resolve) => child.once('exit', () => resolve()));
    lines.on('line', (line) => {
      const [number, at] = line.split(' ').map(Number);
      this.checkpoints.push({ number: number ?? NaN, at: at ?? NaN });
      ready();
    });
  }

  /** Starts it; resolves after its first checkpoint. */
  static async start(
    base: string,
    partition: number,
    interval: number,
    count: number,
  ): Promise<CheckpointWriter> {
    const script = path.join(import.meta.dirname, 'checkpointWriter.py');
    const args = [script, base, String(partition), String(interval), String(count)];
    const child = spawn(await python(), args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const writer = new CheckpointWriter(child, count);
    const early = writer.ended.then(() => {
      throw new Error('The writer ended before its first checkpoint.');
    });
    await Promise.race([writer.first, early]);
    early.catch(() => {});
    return writer;
  }

  /** Lets it go on after its first checkpoint. */
  go(): void {
    this.child.stdin?.write('\n');
  }

  get done(): boolean {
    return this.checkpoints.at(-1)?.number === this.count;
  }

  async stop(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}
