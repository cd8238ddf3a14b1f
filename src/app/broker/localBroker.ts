import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { BrokerError, PortInUseError } from '../errors';
import { brokerAnswers, probe } from './probe';

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
  /** Of the start that counts; another one's child is not wanted any more. */
  private run: object | undefined;
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
    await this.forgetGone();
    const starting = (this.starting ??= this.start());
    try {
      return await starting;
    } catch (error) {
      this.users = Math.max(0, this.users - 1);
      if (this.starting === starting) this.forget();
      throw error;
    }
  }

  /** Counts one user less; with the last one the broker ends, unless another window started it. */
  async release(): Promise<void> {
    this.users = Math.max(0, this.users - 1);
    if (this.users === 0) await this.stop();
  }

  /** Ends the broker that we started, whoever uses it; what it knows is on disk. */
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
    this.run = undefined;
    this.address = undefined;
  }

  /** Another window's broker ends with that window. */
  private async forgetGone(): Promise<void> {
    const { address, child, run } = this;
    if (address === undefined || child) return;
    if (!(await brokerAnswers(address)) && this.run === run) this.forget();
  }

  private async start(): Promise<string> {
    const run = {};
    this.run = run;
    const wanted = () => {
      if (this.run !== run) throw new BrokerError('it was stopped');
    };
    const { port } = this.options;
    const found = port === 0 ? undefined : await this.find();
    wanted();
    if (found !== undefined) return (this.address = found);
    const child = fork(
      path.join(this.options.programFolder, 'brokerProcess.js'),
      [String(port), this.options.dataDir],
      {
        // A desktop has no `node`: the editor's own executable is one when told so.
        execPath: process.execPath,
        execArgv: [],
        // NODE_OPTIONS is for the debugger of whoever started us.
        env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: undefined },
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        windowsHide: true,
      },
    );
    this.child = child;
    let actual: number;
    try {
      actual = await ready(child, port);
    } catch (error) {
      wanted();
      // Another window may have been quicker by a moment.
      const other = error instanceof PortInUseError && port !== 0 ? await this.find() : undefined;
      wanted();
      if (other === undefined) throw error;
      this.child = undefined;
      return (this.address = other);
    }
    wanted();
    child.once('exit', (code, signal) => {
      if (this.child !== child) return;
      this.forget();
      this.users = 0;
      this.ended(`the local broker ended (${signal ?? code})`);
    });
    return (this.address = `127.0.0.1:${actual}`);
  }

  /**
   * The broker that listens on our port already; undefined when nothing does.
   * @throws PortInUseError when it is another program
   */
  private async find(): Promise<string | undefined> {
    const address = `127.0.0.1:${this.options.port}`;
    // One that another window is starting listens before it answers.
    for (let tries = 1; ; tries++) {
      const found = await probe(address);
      if (found === 'broker') return address;
      if (found === 'nothing') return undefined;
      if (tries === 2) throw new PortInUseError(this.options.port);
    }
  }
}

/** The port that a broker's process listens on, once it answers. @throws PortInUseError, BrokerError */
function ready(child: ChildProcess, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let log = '';
    child.stderr?.on('data', (bytes: Buffer) => (log = (log + bytes.toString()).slice(-2000)));
    const fail = (error: Error) => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(error);
    };
    const timer = setTimeout(() => fail(new BrokerError('did not start in time')), startMs);
    const exited = (code: number | null) =>
      fail(new BrokerError(`ended with ${code} ${log}`.trim()));
    child.once('exit', exited);
    child.on('error', (error) => fail(new BrokerError(error.message)));
    child.once('message', (message: Message) => {
      clearTimeout(timer);
      child.off('exit', exited);
      if ('ready' in message) return resolve(message.ready);
      const inUse = message.failed === 'EADDRINUSE' || message.failed === 'EACCES';
      fail(inUse ? new PortInUseError(port) : new BrokerError(message.message));
    });
  });
}
