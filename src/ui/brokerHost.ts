import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { LocalBroker } from '../app/index';
import { contextKeys, settingIds } from './contributions';

/** The local broker of this window: started by its first user, stopped with its last. */
export class BrokerHost implements vscode.Disposable {
  #broker: LocalBroker | undefined;
  #startedByHand = false;

  constructor(
    private readonly folders: { readonly program: string; readonly storage: string },
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** `127.0.0.1:port` while it runs. */
  get address(): string | undefined {
    return this.#broker?.address;
  }

  /** One more user; gives the address. @throws PortInUseError, BrokerError */
  async acquire(): Promise<string> {
    const broker = (this.#broker ??= await this.#make());
    try {
      const address = await broker.acquire();
      this.log.info(`local broker at ${address}`);
      return address;
    } catch (error) {
      if (this.#broker === broker && broker.address === undefined) this.#broker = undefined;
      throw error;
    } finally {
      this.#tell();
    }
  }

  /** One user less. */
  async release(): Promise<void> {
    await this.#broker?.release();
    this.#tell();
  }

  /** Start Local Broker: it runs until Stop Local Broker, whoever uses it. */
  async start(): Promise<string> {
    const { address } = this;
    if (this.#startedByHand && address !== undefined) return address;
    this.#startedByHand = true;
    try {
      return await this.acquire();
    } catch (error) {
      this.#startedByHand = false;
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.#startedByHand = false;
    const broker = this.#broker;
    this.#broker = undefined;
    await broker?.stop();
    this.#tell();
  }

  dispose(): void {
    void this.#broker?.stop();
    this.#broker = undefined;
  }

  async #make(): Promise<LocalBroker> {
    const dataDir = path.join(this.folders.storage, 'broker');
    await mkdir(dataDir, { recursive: true });
    const port = vscode.workspace.getConfiguration().get<number>(settingIds.localBrokerPort, 19092);
    return new LocalBroker({ programFolder: this.folders.program, dataDir, port }, (reason) => {
      this.log.error(reason);
      this.#startedByHand = false;
      this.#broker = undefined;
      this.#tell();
    });
  }

  #tell(): void {
    const running = this.address !== undefined;
    void vscode.commands.executeCommand('setContext', contextKeys.brokerRunning, running);
  }
}
