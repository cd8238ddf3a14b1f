import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import path from 'node:path';

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** A script of this folder that is asked line by line. */
export class LinePeer {
  readonly child: Child;
  readonly #lines: AsyncIterator<string>;
  readonly #ended: Promise<unknown>;
  #errors = '';

  constructor(
    interpreter: string,
    private readonly script: string,
    args: readonly string[],
  ) {
    this.child = spawn(interpreter, [path.join(import.meta.dirname, script), ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.child.stderr.on('data', (data: Buffer) => {
      this.#errors = (this.#errors + data.toString()).slice(-10_000);
    });
    this.child.stdin.on('error', () => undefined); // it ended: the next line tells
    this.#lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
    this.#ended = once(this.child, 'close');
  }

  /** @throws with what it wrote as errors, when it ended */
  async nextLine(): Promise<string> {
    const line = await this.#lines.next();
    if (line.done !== true) return line.value;
    await this.#ended;
    throw this.#gone();
  }

  async ask(line: string): Promise<string> {
    this.child.stdin.write(`${line}\n`);
    return this.nextLine();
  }

  /** Throws when it ended. */
  assertRunning(): void {
    if (this.child.exitCode !== null || this.child.signalCode !== null) throw this.#gone();
  }

  async end(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.#ended;
  }

  #gone(): Error {
    return new Error(`${this.script} ended: ${this.#errors}`);
  }
}
