import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { promisify } from 'node:util';
import { AppLog, AppProgress, failureOf, type Application } from '../../src/app/index';

const folder = path.join(import.meta.dirname, 'failing');

/** The app of failing/main.py. */
export const failingApp: Application = {
  name: 'failing',
  folder,
  mainFile: path.join(folder, 'main.py'),
};

/** Runs another script of that folder; gives what it prints. */
export async function runScript(python: string, name: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(python, [path.join(folder, name), ...args]);
  return stdout;
}

/** The app, running: fails the way it is told to, or runs. What it prints is heard as in the editor. */
export class FailingApp {
  readonly progress = new AppProgress();
  text = '';
  readonly #process: ChildProcess;
  readonly #ended: Promise<number>;
  #changed = (): void => undefined;

  constructor(
    python: readonly string[],
    way: string,
    env: Readonly<Record<string, string | undefined>>,
  ) {
    const [command = '', ...args] = python;
    const own = Object.entries(process.env).filter(([name]) => !name.startsWith('Quix__'));
    this.#process = spawn(command, [...args, failingApp.mainFile, way], {
      cwd: env.STATE_DIR,
      env: { ...Object.fromEntries(own), PYTHONUNBUFFERED: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log = new AppLog((event) => this.progress.heard(event));
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.text += text;
        log.write(text);
        this.#changed();
      });
    }
    this.#ended = once(this.#process, 'close').then(([code]) => {
      log.end();
      this.#changed();
      return code as number;
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Waits until this holds. @throws when it ends before, with what it printed */
  async until(what: (app: this) => boolean): Promise<void> {
    const holds = new Promise<void>((resolve) => {
      this.#changed = () => {
        if (what(this)) resolve();
      };
    });
    this.#changed();
    const early = this.#ended.then((code) => {
      if (!what(this)) throw new Error(`it ended with ${code}:\n${this.text}`);
    });
    await Promise.race([holds, early]);
  }

  /** Waits until it has counted so many messages. */
  counts(messages: number): Promise<void> {
    return this.until(({ text }) => text.split("'total'").length > messages);
  }

  /** Why it ended, waited for; `given` is its broker. */
  async failure(given?: string): Promise<Error | undefined> {
    return failureOf(this.progress, failingApp, await this.#ended, { broker: given });
  }

  /** Ends it as Ctrl+C does; gives its exit code. */
  async stop(): Promise<number> {
    this.#process.kill('SIGINT');
    return this.#ended;
  }

  /** Ends it whatever it does. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#ended;
  }
}
