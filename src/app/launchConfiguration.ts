import path from 'node:path';
import type { ApplicationCode, CodeArgument } from './applicationCode';
import type { Application } from './findApplications';
import type { Interpreter } from './interpreter';
import type { RunConfiguration } from './runConfiguration';
import { isBefore, statePathSince } from './quixStreamsVersion';
import type { Environment, Variables } from './variables';

/** What a terminal needs to run an app. */
export interface LaunchConfiguration {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** On top of the terminal's own environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Of that environment, what the app does not see. */
  readonly removed?: readonly string[];
}

export interface LaunchOptions {
  readonly interpreter: Interpreter;
  readonly variables: Variables;
  readonly configuration?: RunConfiguration;
  readonly code: ApplicationCode;
  readonly stateFolder: string;
  /** `address` undefined: Quix Cloud, which the library asks for */
  readonly broker: { readonly kind: 'own' | 'local'; readonly address: string | undefined };
}

/**
 * Runs an app with state enabled, as the platform does: with the variables that quixstreams reads
 * (quixstreams/platforms/quix/env.py), and those that the code reads in their place. Quix__Deployment__Id, which sends an
 * app to the platform's paths, is there only together with a state path: ours.
 */
export function launchConfiguration(
  app: Application,
  { interpreter, variables, configuration = {}, code, stateFolder, broker }: LaunchOptions,
): LaunchConfiguration {
  const env: Record<string, string> = {
    ...variables.added,
    PYTHONUNBUFFERED: '1',
    Quix__Deployment__State__Enabled: 'true',
    Quix__Deployment__State__Path: stateFolder,
  };
  if (isBefore(interpreter.version, statePathSince)) env['Quix__State__Dir'] = stateFolder;
  const { consumerGroup, stateDir, args = [], cwd } = configuration;
  const tell = (name: string, argument: CodeArgument | undefined, value: string | undefined) => {
    if (value === undefined) return;
    env[name] = value;
    if (argument?.kind === 'variable') env[argument.name] = value;
  };
  tell('Quix__Broker__Address', code.brokerAddress, broker.address);
  tell('Quix__Consumer_Group', code.consumerGroup, consumerGroup);
  if (stateDir !== undefined || isRequired(code.stateDir, code, variables.values)) {
    tell('Quix__Deployment__State__Path', code.stateDir, stateFolder);
  }
  const { removed } = variables;
  return {
    command: interpreter.command,
    args: [...interpreter.args, app.mainFile, ...args],
    cwd: cwd === undefined ? app.folder : path.resolve(app.folder, cwd),
    env,
    ...(removed.length > 0 && { removed: removed.filter((name) => !(name in env)) }),
  };
}

/** Whether code fails without a variable that nothing sets. */
function isRequired(
  argument: CodeArgument | undefined,
  { requiredVariables }: ApplicationCode,
  values: Environment,
): boolean {
  return (
    argument?.kind === 'variable' &&
    values[argument.name] === undefined &&
    requiredVariables.includes(argument.name)
  );
}
