import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { BrokerError, PortInUseError } from '../errors';
import { probe } from './probe';

export interface LocalBrokerOptions {
  /** The folder with brokerProcess.js and the WebAssembly. */
  readonly programFolder: string;
  /** Where topics and offsets are kept over restarts. */
  readonly dataDir: string;
  /** 0: any free port. */
  readonly port: number;
}

type Message = { readonly ready: number } | { readonly failed: string; readonly message: string };

/** How long a broker may take to say that it is up: compiling 19 MB of WebAssembly on a slow machine. */
const startMs = 60_000;
/** How long one gets to end by itself. */
const stopMs = 3000;

/**
 * The Kafka broker that comes with the extension, in a process of its own on 127.0.0.1. A broker of
 * ours that another window started on the same port is used, not started again.
 */
export class LocalBroker {
  private child: ChildProcess | undefined;
  private starting: Promise<string> | undefined;
  private users = 0;

  constructor(
    private readonly options: LocalBrokerOptions,
    /** Called when the process ends without being told to. */
    private readonly ended: (reason: string) => void,
  ) {}

  /** `127.0.0.1:port` while one runs that we started or found. */
  address: string | undefined;

  /**
   * Counts one more user and gives the address, started unless it runs.
   * @throws PortInUseError, BrokerError
   */
  async acquire(): Promise<string> {
    this.users++;
    try {
      return await (this.starting ??= this.start());
    } catch (error) {
      this.users--;
      this.starting = undefined;
      throw error;
    }
  }

  /** Counts one user less; with the last one the broker ends. */
  async release(): Promise<void> {
    this.users = Math.max(0, this.users - 1);
    if (this.users === 0) await this.stop();
  }

  /** Ends the broker, whoever uses it; what it knows is on disk. */
  async stop(): Promise<void> {
    const { child } = this;
    this.forget();
    this.users = 0;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    if (child.connected) child.disconnect();
    const timer = setTimeout(() => child.kill('SIGKILL'), stopMs);
    await exited;
    clearTimeout(timer);
  }

  private forget(): void {
    this.child = undefined;
    this.starting = undefined;
    this.address = undefined;
  }

  private async start(): Promise<string> {
    const { port } = this.options;
    if (port !== 0) {
      const address = `127.0.0.1:${port}`;
      const found = await probe(address);
      if (found === 'other') throw new PortInUseError(port);
      if (found === 'broker') return (this.address = address);
    }
    const child = fork(
      path.join(this.options.programFolder, 'brokerProcess.js'),
      [String(port), this.options.dataDir],
      {
        // A desktop has no `node`: the editor's own executable is one when told so.
        execPath: process.execPath,
        execArgv: [],
        env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        windowsHide: true,
      },
    );
    this.child = child;
    const actual = await this.ready(child);
    child.once('exit', (code, signal) => {
      if (this.child !== child) return;
      this.forget();
      this.ended(`the local broker ended (${signal ?? code})`);
    });
    return (this.address = `127.0.0.1:${actual}`);
  }

  private ready(child: ChildProcess): Promise<number> {
    return new Promise((resolve, reject) => {
      let log = '';
      child.stderr?.on('data', (bytes: Buffer) => (log = (log + bytes.toString()).slice(-2000)));
      const fail = (error: Error) => {
        clearTimeout(timer);
        if (this.child === child) this.forget();
        child.kill('SIGKILL');
        reject(error);
      };
      const timer = setTimeout(() => fail(new BrokerError('did not start in time')), startMs);
      child.once('error', (error) => fail(new BrokerError(error.message)));
      child.once('exit', (code) => fail(new BrokerError(`ended with ${code} ${log}`.trim())));
      child.once('message', (message: Message) => {
        if ('failed' in message) {
          const inUse = message.failed === 'EADDRINUSE' || message.failed === 'EACCES';
          const { port } = this.options;
          fail(inUse ? new PortInUseError(port) : new BrokerError(message.message));
        } else {
          clearTimeout(timer);
          child.removeAllListeners('exit');
          resolve(message.ready);
        }
      });
    });
  }
}
