import path from 'node:path';
import * as vscode from 'vscode';
import { BrokerError, LocalBroker } from '../../app/index';
import { contextKeys, settingIds } from '../contributions';

/** The local broker as this window uses it: started by its first user, ended by the last of any window. */
export class BrokerHost implements vscode.Disposable {
  readonly #changes = new vscode.EventEmitter<void>();
  /** It started, ended or moved. */
  readonly onDidChange = this.#changes.event;
  #broker: LocalBroker | undefined;
  #startedByHand = false;
  #resetting: Promise<void> | undefined;

  constructor(
    private readonly folders: { readonly program: string; readonly storage: string },
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** `127.0.0.1:port` while it runs. */
  get address(): string | undefined {
    return this.#broker?.address;
  }

  /** One more user; gives the address. @throws PortInUseError, BrokerError, `signal`'s reason */
  async acquire(signal?: AbortSignal): Promise<string> {
    // A run that begins meanwhile gets the broker that comes after.
    await this.#resetting?.catch(() => undefined);
    // The port may have been changed since it was last used.
    if (this.#broker?.inUse !== true) this.#broker = this.#make();
    try {
      const address = await this.#broker.acquire(signal);
      this.log.info(`local broker at ${address}`);
      return address;
    } finally {
      this.#tell();
    }
  }

  /** One user less. */
  async release(): Promise<void> {
    await this.#broker?.release();
    this.#tell();
  }

  /**
   * Lets apps that name `localhost:port` find it too, until `close`; while it has a user.
   * @throws PortInUseError
   */
  async alsoAt(port: number): Promise<{ close(): Promise<void> }> {
    if (this.#broker === undefined) throw new BrokerError('it does not run');
    return this.#broker.alsoAt(port);
  }

  /**
   * Reset Local Broker: topics, offsets and groups are gone.
   * @throws BrokerInUseError while apps are connected to it
   */
  async reset(): Promise<void> {
    this.#broker ??= this.#make();
    const resetting = this.#broker.reset();
    this.#resetting = resetting;
    try {
      await resetting;
    } finally {
      this.#resetting = undefined;
      this.#tell();
    }
  }

  /** Start Local Broker: it runs until Stop Local Broker, whoever uses it. */
  async start(): Promise<string> {
    const { address } = this;
    if (this.#startedByHand) {
      if (address !== undefined) return address;
      await this.release(); // of one that ended
    }
    this.#startedByHand = true;
    try {
      return await this.acquire();
    } catch (error) {
      this.#startedByHand = false;
      throw error;
    }
  }

  /** Stop Local Broker: ends the one of this window, whoever uses it. */
  async stop(): Promise<void> {
    await this.#broker?.stop();
    if (this.#startedByHand) await this.#broker?.release();
    this.#startedByHand = false;
    this.#tell();
  }

  dispose(): void {
    this.#changes.dispose();
    void this.#broker?.leave(); // an app in another window, or in a terminal that stays, goes on with it
  }

  #make(): LocalBroker {
    const dataDir = path.join(this.folders.storage, 'broker');
    const port = vscode.workspace.getConfiguration().get<number>(settingIds.localBrokerPort, 19092);
    return new LocalBroker({ programFolder: this.folders.program, dataDir, port }, (reason) => {
      this.log.error(reason);
      this.#tell();
    });
  }

  #tell(): void {
    const running = this.address !== undefined;
    void vscode.commands.executeCommand('setContext', contextKeys.brokerRunning, running);
    this.#changes.fire();
  }
}
