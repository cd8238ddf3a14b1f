import * as vscode from 'vscode';
import {
  consumerGroupOf,
  defaultGroup,
  readApplicationCode,
  variablesOf,
  type Application,
  type Kafka,
} from '../../app/index';
import type { AppRuns } from '../run/appRuns';
import type { BrokerHost } from '../run/brokerHost';
import { runConfigurationOf } from '../run/launchConfigurations';
import { workspaceFolderOf } from '../workspaceFolder';
import type { KafkaConnections } from './kafkaConnections';

/** The local broker, whatever its port is. */
export const localBroker = 'local';

/** The brokers that the window's apps use: `local`, or `host:port`. */
export class UsedBroker implements vscode.Disposable {
  readonly #changes = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable;
  /** By main file: the broker of an app's run, and its consumer group, kept when the run has ended. */
  readonly #brokers = new Map<string, string>();
  readonly #groups = new Map<string, string>();
  #shown: string | undefined;
  /** Another broker is used, or the local one moved. */
  readonly onDidChange = this.#changes.event;

  constructor(
    private readonly runs: AppRuns,
    private readonly local: BrokerHost,
    private readonly apps: () => readonly Application[],
    private readonly connections: KafkaConnections,
  ) {
    const look = () => this.#look();
    this.#subscriptions = vscode.Disposable.from(
      this.#changes,
      runs.onDidChange(look),
      local.onDidChange(look),
    );
  }

  /** The broker of an app that runs, as its log says; else the local one, whether it runs or not. */
  get broker(): string {
    const used = this.runs.running.map((app) => this.#brokers.get(app.mainFile));
    return used.find((broker) => broker !== undefined) ?? localBroker;
  }

  /** `host:port` of that broker; undefined while there is none. */
  get address(): string | undefined {
    const { broker } = this;
    return broker === localBroker ? this.local.address : broker;
  }

  /** The broker of an app's last run in this window. */
  brokerOfLastRun(app: Application): string | undefined {
    return this.#brokers.get(app.mainFile);
  }

  /** Asks a broker; the local one runs meanwhile. @throws NoBrokerError, PortInUseError, BrokerError, what `ask` throws */
  async ask<T>(
    broker: string,
    signal: AbortSignal | undefined,
    ask: (kafka: Kafka) => Promise<T>,
  ): Promise<T> {
    if (broker !== localBroker) return this.connections.use(broker, ask);
    const address = await this.local.acquire(signal);
    try {
      return await this.connections.use(address, ask);
    } finally {
      await this.local.release();
    }
  }

  /** The consumer groups of the workspace's apps: as their runs' logs say, else as their code and variables do. */
  async groups(): Promise<readonly string[]> {
    const asked = await Promise.allSettled(this.apps().map((app) => this.#groupOf(app)));
    const groups = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    return [...new Set(groups)].sort();
  }

  /** Reads anew what code and variables say. */
  forgetGroups(): void {
    this.#groups.clear();
    this.#look();
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  #look(): void {
    for (const app of this.runs.running) {
      const run = this.runs.runOf(app);
      if (run === undefined) continue;
      const { broker, group } = run.facts;
      if (run.prepared.usesLocalBroker) this.#brokers.set(app.mainFile, localBroker);
      else if (broker) this.#brokers.set(app.mainFile, broker);
      if (group !== undefined) this.#groups.set(app.mainFile, group);
    }
    const { address } = this;
    if (address === this.#shown) return;
    this.#shown = address;
    this.connections.closeIdle();
    this.#changes.fire();
  }

  async #groupOf(app: Application): Promise<string> {
    const known = this.#groups.get(app.mainFile);
    if (known !== undefined) return known;
    const configuration = runConfigurationOf(app);
    const workspaceFolder = workspaceFolderOf(app)?.uri.fsPath ?? app.folder;
    const code = await readApplicationCode(app);
    const options = { workspaceFolder, inherited: process.env, configuration, code };
    const { values } = await variablesOf(app, options);
    const group = consumerGroupOf(code, values, configuration) ?? defaultGroup;
    this.#groups.set(app.mainFile, group);
    return group;
  }
}
