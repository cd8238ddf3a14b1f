import { spawn, type ChildProcessByStdio } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { pauseProcess } from '../pauseProcess';
import { python } from '../python.mjs';

/** Name and value of a setter of rocksdict's Options; those of BlockBasedOptions under `table`. */
export type PeerOptions = Readonly<Record<string, unknown>>;

export type PeerOperation = readonly [
  kind: 'put' | 'delete' | 'deleteRange',
  family: string,
  key: string,
  /** Of a range delete: the exclusive end. */
  value: string,
];

/** Column families by name, entries in key order; all in hex. */
export type PeerScan = Readonly<Record<string, readonly (readonly [key: string, value: string])[]>>;

/** What RocksDB reads of a column family, entries or their digest, or why it cannot. */
export type PeerReading = Readonly<
  Record<string, { readonly count: number; readonly digest: string } | { readonly error: string }>
>;

/** RocksDB's own error. */
export class PeerError extends Error {}

/** The process has ended: killed, or RocksDB did not bear what it was given. */
export class PeerGoneError extends Error {}

/** A Python process in which rocksdict holds databases open; see rocksdictPeer.py. */
export class RocksdictPeer {
  private readonly waiting: {
    resolve: (answer: unknown) => void;
    reject: (error: Error) => void;
  }[] = [];
  private gone = false;
  private readonly ended: Promise<void>;

  private constructor(private readonly child: ChildProcessByStdio<Writable, Readable, null>) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const answer = JSON.parse(line) as { ok: unknown } | { error: string };
      const asked = this.waiting.shift();
      if ('error' in answer) asked?.reject(new PeerError(answer.error));
      else asked?.resolve(answer.ok);
    });
    child.stdin.on('error', () => undefined); // its end is told by `close`
    this.ended = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        this.gone = true;
        const error = new PeerGoneError(`rocksdict's process ended with ${signal ?? code}`);
        for (const { reject } of this.waiting.splice(0)) reject(error);
        resolve();
      });
    });
  }

  static async start(): Promise<RocksdictPeer> {
    const script = path.join(import.meta.dirname, 'rocksdictPeer.py');
    const child = spawn(await python(), [script], { stdio: ['pipe', 'pipe', 'ignore'] });
    return new RocksdictPeer(child);
  }

  /** @throws PeerError, PeerGoneError */
  private ask(command: object): Promise<unknown> {
    if (this.gone) return Promise.reject(new PeerGoneError("rocksdict's process has ended"));
    const answer = new Promise<unknown>((resolve, reject) => {
      this.waiting.push({ resolve, reject });
    });
    this.child.stdin.write(`${JSON.stringify(command)}\n`);
    return answer;
  }

  /** Opens a database, made where there is none; gives the column families besides `default`. */
  open(path: string, options: PeerOptions): Promise<string[]> {
    return this.ask({ do: 'open', path, options }) as Promise<string[]>;
  }

  close(path: string): Promise<unknown> {
    return this.ask({ do: 'close', path });
  }

  /** One batch. Without a log it reaches the files only with the next flush. */
  write(path: string, operations: readonly PeerOperation[], logged = true): Promise<unknown> {
    return this.ask({ do: 'write', path, operations, logged });
  }

  flush(path: string, family: string): Promise<unknown> {
    return this.ask({ do: 'flush', path, family });
  }

  compact(path: string, family: string): Promise<unknown> {
    return this.ask({ do: 'compact', path, family });
  }

  create(path: string, family: string, options: PeerOptions): Promise<unknown> {
    return this.ask({ do: 'create', path, family, options });
  }

  drop(path: string, family: string): Promise<unknown> {
    return this.ask({ do: 'drop', path, family });
  }

  /** All that an open database holds. */
  scan(path: string, families: readonly string[]): Promise<PeerScan> {
    return this.ask({ do: 'scan', path, families }) as Promise<PeerScan>;
  }

  /** What a database that is not open holds. RocksDB recovers it, which changes its files. */
  read(path: string, options: PeerOptions = {}): Promise<PeerReading> {
    return this.ask({ do: 'read', path, options }) as Promise<PeerReading>;
  }

  /** As `read`, one value in hex. */
  lookUp(path: string, family: string, key: string): Promise<string | null> {
    return this.ask({ do: 'look_up', path, family, key }) as Promise<string | null>;
  }

  /** As `read`, all entries. */
  readFull(path: string, options: PeerOptions = {}): Promise<PeerScan> {
    return this.ask({ do: 'read', path, options, full: true }) as Promise<PeerScan>;
  }

  /** Stops the process where it is, background threads too, until `resume`. */
  pause(): Promise<void> {
    return pauseProcess(this.child);
  }

  resume(): void {
    this.child.kill('SIGCONT');
  }

  /** kill -9 */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  async stop(): Promise<void> {
    this.child.stdin.end();
    await this.ended;
  }
}
