import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** What a program says of one command. */
export interface Answer {
  /** The time that the call itself took. */
  readonly seconds: number;
  /** Entries found. */
  readonly count: number;
  /** Of the keys and values found, or of memory. */
  readonly bytes: number;
  readonly [name: string]: unknown;
}

/** A process that is told one command a line, and answers each with one line of JSON. */
export class Program {
  private readonly child: ChildProcessByStdio<Writable, Readable, null>;
  private readonly lines: Interface;
  private readonly answers: AsyncIterator<string, undefined>;

  constructor(private readonly command: readonly string[]) {
    const [file = '', ...rest] = command;
    this.child = spawn(file, rest, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.lines = createInterface({ input: this.child.stdout });
    this.answers = this.lines[Symbol.asyncIterator]() as AsyncIterator<string, undefined>;
  }

  /** The next answer, to no command. */
  async answer(): Promise<Answer> {
    const { value } = await this.answers.next();
    if (value === undefined) throw new Error(`${this.command.join(' ')} ended`);
    return JSON.parse(value) as Answer;
  }

  ask(command: string): Promise<Answer> {
    this.child.stdin.write(`${command}\n`);
    return this.answer();
  }

  /** Its input ends, and so does it. */
  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('close', resolve));
    if (this.child.exitCode === null) {
      this.child.stdin.end();
      await ended;
    }
    this.lines.close();
  }
}
