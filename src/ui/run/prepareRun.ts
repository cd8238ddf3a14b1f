import path from 'node:path';
import * as vscode from 'vscode';
import {
  checkBeforeRun,
  connectKafka,
  consumerGroupOf,
  findInterpreter,
  AheadOfChangelogError,
  aheadOfChangelog,
  launchConfiguration,
  readApplicationCode,
  SeveralPartitionsError,
  stateFolderOf,
  variablesOf,
  type Application,
  type ApplicationCode,
  type Interpreter,
  type LaunchConfiguration,
  type RunConfiguration,
  type StateBeforeRun,
  type Variables,
} from '../../app/index';
import { printable } from '../../quixstreams/index';
import { cancellable } from '../progress';
import { workspaceFolderOf } from '../workspaceFolder';
import type { AskedVariables } from './askVariables';
import type { BrokerChoice, ChosenBroker } from './brokerChoice';
import { runConfigurationOf } from './launchConfigurations';
import { selectedInterpreter } from './pythonExtension';
import type { RunOptions } from './runOptions';

/** All that a run of an app needs, looked up, asked for and checked. */
export interface PreparedRun {
  readonly app: Application;
  readonly configuration: RunConfiguration;
  readonly interpreter: Interpreter;
  readonly launch: LaunchConfiguration;
  /** where the app is told to keep its state; its log may tell otherwise */
  readonly stateFolder: string;
  readonly replicas: number;
  readonly usesLocalBroker: boolean;
  /** what it was given, and other addresses that lead there */
  readonly brokerAddresses: readonly string[];
  /** What was on disk before it began, by partition. */
  readonly before: StateBeforeRun;
  /** values that are never shown */
  readonly secrets: readonly string[];
  /** Needs its broker no more. */
  release(): Promise<void>;
}

/** Prepares runs: the interpreter, the variables, the broker, and whether the state folder can be used. */
export class RunPreparation {
  constructor(
    private readonly asked: AskedVariables,
    private readonly brokers: BrokerChoice,
    private readonly memory: vscode.Memento,
    /** the file with the Kafka client */
    private readonly kafkaModule: string,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /**
   * @throws NoInterpreterError, TooOldQuixStreamsError, NoBrokerError, NoTokenError, BrokerInCodeError, PortInUseError,
   *   BrokerError, LockedError, StoreRecreatedError, vscode.CancellationError
   */
  async prepare(app: Application, options: RunOptions): Promise<PreparedRun> {
    const workspaceFolder = workspaceFolderOf(app)?.uri.fsPath ?? app.folder;
    const configuration = options.configuration ?? runConfigurationOf(app) ?? {};
    const code = await readApplicationCode(app);
    const interpreter = await this.#interpreter(app, workspaceFolder, configuration);
    const variables = await this.#variables(app, workspaceFolder, configuration, code);
    const stateFolder = await stateFolderGiven(app, configuration, variables, code);
    const broker = await this.brokers.choose({
      app,
      code,
      variables,
      configuration,
      useLocalBroker: options.useLocalBroker === true,
    });
    const group = broker.ownGroup ?? consumerGroupOf(code, variables.values, configuration);
    const anyway = options.anyway ?? [];
    let before: StateBeforeRun;
    try {
      before = await this.#check(stateFolder, group, anyway);
      if (!anyway.includes('AheadOfChangelogError')) {
        await this.#checkChangelogs(app, before, broker);
      }
    } catch (error) {
      await broker.release();
      throw error;
    }
    const replicas = Math.max(1, Math.floor(configuration.replicas ?? 1));
    const launch = launchConfiguration(app, {
      interpreter,
      variables,
      configuration:
        broker.ownGroup === undefined
          ? configuration
          : { ...configuration, consumerGroup: broker.ownGroup },
      stateFolder,
      broker,
      code,
    });
    return {
      app,
      configuration,
      interpreter,
      launch: replicas > 1 && !locksAreVisible ? withOwners(launch) : launch,
      stateFolder,
      replicas,
      usesLocalBroker: broker.kind === 'local',
      brokerAddresses: broker.addresses,
      before,
      secrets: secretValues(variables),
      release: () => broker.release(),
    };
  }

  /** The interpreter that a person chose for an app, where the Python extension does not keep it. */
  async chooseInterpreter(app: Application, interpreter: string): Promise<void> {
    await this.memory.update(interpreterKey(app), interpreter);
  }

  async #interpreter(
    app: Application,
    workspaceFolder: string,
    { python }: RunConfiguration,
  ): Promise<Interpreter> {
    const preferred = [
      python,
      this.memory.get<string>(interpreterKey(app)),
      await selectedInterpreter(app.mainFile),
    ].filter((interpreter) => interpreter !== undefined);
    return cancellable(vscode.l10n.t('Looking for a Python with quixstreams'), (signal) =>
      findInterpreter(app, {
        workspaceFolder,
        preferred,
        tell: (line) => this.log.info(printable(line)),
        signal,
      }),
    );
  }

  async #variables(
    app: Application,
    workspaceFolder: string,
    configuration: RunConfiguration,
    code: ApplicationCode,
  ): Promise<Variables> {
    const find = async () =>
      variablesOf(app, {
        workspaceFolder,
        inherited: process.env,
        configuration,
        asked: await this.asked.of(app),
        code,
        tell: (line) => this.log.info(printable(line)),
      });
    const variables = await find();
    if (variables.missing.length === 0) return variables;
    await this.asked.ask(app, variables);
    return find();
  }

  /** @throws RunProblem, SeveralPartitionsError: what the person should know before the app runs, unless they do */
  async #check(
    stateFolder: string,
    group: string | undefined,
    anyway: readonly string[],
  ): Promise<StateBeforeRun> {
    const { before, problems } = await cancellable(
      vscode.l10n.t('Looking at the state folder'),
      (signal) => checkBeforeRun(stateFolder, { ...(group !== undefined && { group }), signal }),
    );
    const unseen = problems.filter(({ name }) => !anyway.includes(name));
    const [worst] = unseen;
    if (worst === undefined) return before;
    const same = unseen.filter(({ name }) => name === worst.name);
    throw same.length === 1 ? worst : new SeveralPartitionsError(same);
  }

  /**
   * State that is kept beside a broker that was wiped makes counts wrong, and the library says nothing where the changelog
   * is empty. A broker that needs more than an address is not asked.
   * @throws AheadOfChangelogError
   */
  async #checkChangelogs(
    app: Application,
    before: StateBeforeRun,
    { address }: ChosenBroker,
  ): Promise<void> {
    if (address === undefined) return;
    const ahead = await cancellable(vscode.l10n.t('Looking at the changelogs'), (signal) =>
      aheadOfChangelog(before, () => connectKafka(this.kafkaModule, address), signal),
    );
    if (ahead !== undefined) throw new AheadOfChangelogError(app.name, ahead);
  }
}

const interpreterKey = (app: Application) => `stateFolder.interpreter:${app.mainFile}`;

/** Where no lock tells which replica has a partition, the log of state does, at DEBUG (quixstreams/logging.py). */
const locksAreVisible = process.platform === 'linux';

function withOwners(launch: LaunchConfiguration): LaunchConfiguration {
  return { ...launch, env: { QUIXSTREAMS_STATE_LOG_LEVEL: 'DEBUG', ...launch.env } };
}

/** Where the app is told to keep its state: relative to its working directory, as it would take it. */
async function stateFolderGiven(
  app: Application,
  { stateDir, cwd }: RunConfiguration,
  { values }: Variables,
  code: ApplicationCode,
): Promise<string> {
  if (stateDir === undefined) return stateFolderOf(app, values, cwd, code);
  return path.resolve(app.folder, cwd ?? '', stateDir);
}

/** Short ones would blank words that are none. */
const shortestSecret = 4;

function secretValues({ secret, values }: Variables): string[] {
  const found = [...secret].map((name) => values[name]);
  return found.filter((value) => value !== undefined && value.length >= shortestSecret) as string[];
}
