import * as vscode from 'vscode';
import {
  BrokerInCodeError,
  brokerAnswers,
  brokerNeeded,
  brokerPortInCode,
  consumerGroupOf,
  defaultGroup,
  isThisMachine,
  NoBrokerError,
  NoTokenError,
  PortInCodeInUseError,
  PortInUseError,
  type Application,
  type ApplicationCode,
  type RunConfiguration,
  type Variables,
} from '../../app/index';
import { printable } from '../../quixstreams/index';
import type { BrokerHost } from './brokerHost';
import { cancellable } from '../progress';

/** The broker that a run uses. */
export interface ChosenBroker {
  readonly kind: 'own' | 'local';
  /** `host:port`; undefined: Quix Cloud's, which the library asks for */
  readonly address: string | undefined;
  /** that, and other addresses that lead there */
  readonly addresses: readonly string[];
  /** what the run joins instead of the app's own group, where the person chose so */
  readonly ownGroup: string | undefined;
  /** Uses it no more. */
  release(): Promise<void>;
}

export interface BrokerQuestion {
  readonly app: Application;
  readonly code: ApplicationCode;
  readonly variables: Variables;
  readonly configuration: RunConfiguration;
  /** The person asked for the local broker. */
  readonly useLocalBroker: boolean;
}

/** Workspace state: the answers, by cluster and group. */
const answersKey = 'stateFolder.groupAnswers';
type Answers = Readonly<Record<string, 'joins' | 'apart'>>;

/**
 * Chooses the broker of a run: the app's own if it answers, else the local one, which also listens at the port that the
 * app names on this machine. Before a run joins a group of a cluster elsewhere the person is asked, once.
 */
export class BrokerChoice {
  constructor(
    private readonly broker: BrokerHost,
    private readonly memory: vscode.Memento,
  ) {}

  /** @throws NoBrokerError, NoTokenError, BrokerInCodeError, PortInUseError, BrokerError, vscode.CancellationError */
  async choose(question: BrokerQuestion): Promise<ChosenBroker> {
    const { app, code, variables, configuration } = question;
    const wanted = configuration.broker ?? 'auto';
    if (question.useLocalBroker || wanted === 'local') return this.#local(question);
    const needed = brokerNeeded(code, variables.values);
    const address = wanted !== 'auto' ? wanted : needed.kind === 'own' ? needed.address : undefined;
    if (address !== undefined) {
      if (await brokerAnswers(address)) {
        return isThisMachine(address) ? own(address) : this.#elsewhere(question, address);
      }
      // The embedded broker stands in for one of this machine that does not run.
      if (wanted === 'auto' && isThisMachine(address)) return this.#local(question);
      throw new NoBrokerError(address);
    }
    if (needed.kind !== 'cloud') return this.#local(question);
    if (!needed.tokenSet) throw new NoTokenError(app.name);
    return this.#elsewhere(question, undefined);
  }

  async #local({ app, code }: BrokerQuestion): Promise<ChosenBroker> {
    const named = brokerPortInCode(code);
    const fixed = code.brokerAddress;
    if (fixed?.kind === 'literal' && !isThisMachine(fixed.value)) {
      throw new BrokerInCodeError(app.name, app.mainFile, fixed.value);
    }
    const address = await cancellable(vscode.l10n.t('Starting the local broker'), (signal) =>
      this.broker.acquire(signal),
    );
    const addresses = [address];
    const closers = [() => this.broker.release()];
    try {
      if (named !== undefined && !address.endsWith(`:${named}`)) {
        const also = await this.broker.alsoAt(named).catch((error: unknown) => {
          throw error instanceof PortInUseError
            ? new PortInCodeInUseError(app.name, app.mainFile, named)
            : error;
        });
        closers.unshift(() => also.close());
        addresses.push(`localhost:${named}`, `127.0.0.1:${named}`);
      }
    } catch (error) {
      await this.broker.release();
      throw error;
    }
    const release = async () => {
      for (const close of closers) await close();
    };
    return { kind: 'local', address, addresses, ownGroup: undefined, release };
  }

  /** A cluster that is not on this machine: a deployed service's partitions may be taken. */
  async #elsewhere(
    { app, code, variables, configuration }: BrokerQuestion,
    address: string | undefined,
  ): Promise<ChosenBroker> {
    const { l10n } = vscode;
    const group = consumerGroupOf(code, variables.values, configuration) ?? defaultGroup;
    const cluster = address ?? 'Quix Cloud';
    const key = `${cluster}\n${group}`;
    const answers = this.memory.get<Answers>(answersKey, {});
    if (configuration.consumerGroup !== undefined || answers[key] === 'joins') return own(address);
    if (answers[key] === 'apart') return { ...own(address), ownGroup: ownGroupOf(group) };
    const run = l10n.t('Run in This Group');
    const apart = l10n.t('Run in a Group of My Own');
    const local = l10n.t('Use Local Broker');
    // A group that stands in the code cannot be chosen from outside.
    const movable = code.consumerGroup === undefined || code.consumerGroup.kind === 'variable';
    const chosen = await vscode.window.showWarningMessage(
      l10n.t(
        '"{0}" connects to {1} and joins consumer group "{2}".',
        printable(app.name),
        printable(cluster),
        printable(group),
      ),
      {
        modal: true,
        detail: l10n.t(
          'If a deployed service works in this group, this run takes partitions from it, and their state stays behind there.',
        ),
      },
      ...(movable ? [run, apart, local] : [run, local]),
    );
    if (chosen === run || chosen === apart) {
      const answer = chosen === run ? 'joins' : 'apart';
      await this.memory.update(answersKey, { ...answers, [key]: answer });
      return { ...own(address), ownGroup: chosen === run ? undefined : ownGroupOf(group) };
    }
    if (chosen === local) {
      return this.#local({ app, code, variables, configuration, useLocalBroker: true });
    }
    throw new vscode.CancellationError();
  }
}

function own(address: string | undefined): ChosenBroker {
  const addresses = address === undefined ? [] : [address];
  return { kind: 'own', address, addresses, ownGroup: undefined, release: () => Promise.resolve() };
}

/** Of the person's own: the same at each run, so that state and offsets are kept. */
function ownGroupOf(group: string): string {
  const user = (process.env['USER'] ?? process.env['USERNAME'] ?? 'local').replace(/[^\w.-]/g, '-');
  return `${group}-${user}`;
}
