import path from 'node:path';
import { readApplicationCode, type ApplicationCode } from './applicationCode';
import { declaredVariables, localValues, type DeclaredVariable } from './declaredVariables';
import { parseDotenv } from './dotenv';
import type { Application } from './findApplications';
import { isInside } from '../statefolder/index';
import { deploymentsOf } from './pipeline';
import { readText } from './readText';
import type { RunConfiguration } from './runConfiguration';
import { readYaml } from './yamlFile';

const largest = 1 << 20;

export type Environment = Readonly<Record<string, string | undefined>>;

/** The variables that an app sees. */
export interface Variables {
  readonly values: Environment;
  /** What the project and the run configuration add to, or change in, the inherited ones. */
  readonly added: Readonly<Record<string, string>>;
  /** Inherited ones that the run configuration takes away. */
  readonly removed: readonly string[];
  /** Names whose values are never shown. */
  readonly secret: ReadonlySet<string>;
  /** What nothing sets, neither a run: what the code cannot do without, or does and app.yaml requires. */
  readonly missing: readonly string[];
}

export interface VariablesOptions {
  readonly workspaceFolder: string;
  /** The environment of the process that starts the app. */
  readonly inherited: Environment;
  readonly configuration?: RunConfiguration;
  /** What the person was asked for. */
  readonly asked?: Readonly<Record<string, string>>;
  /** Read already, where that is so. */
  readonly code?: ApplicationCode;
  /** Hears what was chosen where there was a choice; no values. */
  readonly tell?: (line: string) => void;
}

/** What an SDK token, a password or a key is called: `api_pwd`, `S3_ACCESS_KEY`, `openaiKey`. */
const secretNames = [
  /token|passw(?:or)?d|pwd|passphrase|secret|credential|api_?key|connection_?string|dsn$/i,
  /(?:^|[_.-])key$/i,
  /[a-z\d]Key$/,
];
const isSecretName = (name: string) => secretNames.some((pattern) => pattern.test(name));

/**
 * The variables of an app, each of these over those before: what a person was asked for, app.yaml's defaults, the
 * inherited environment, the variables of its first deployment in quix.yaml, `.env`, the run configuration. A variable
 * that the run configuration sets to null is not there; an empty line of `.env` leaves what others say, as the Quix CLI
 * blanks secrets in it.
 */
export async function variablesOf(app: Application, options: VariablesOptions): Promise<Variables> {
  const { inherited, configuration = {}, asked = {} } = options;
  const { defaults, deployed } = await declaredFor(app, options);
  const values: Record<string, string | undefined> = {
    ...asked,
    ...givenIn(defaults),
    ...inherited,
    ...givenIn(deployed),
  };
  Object.assign(values, await dotenvOf(app, options, values));
  for (const [name, value] of Object.entries(configuration.env ?? {})) {
    values[name] = value ?? undefined;
  }
  const added: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== inherited[name]) added[name] = value;
  }
  const removed = Object.keys(values).filter(
    (name) => values[name] === undefined && inherited[name] !== undefined,
  );
  const code = options.code ?? (await readApplicationCode(app));
  const missing = neededBy(code, defaults).filter(
    (name) => values[name] === undefined && !isSetByRun(name, code, configuration),
  );
  const secret = new Set([...Object.keys(values), ...missing].filter(isSecretName));
  for (const one of [...defaults, ...deployed]) if (one.secret) secret.add(one.name);
  return { values, added, removed, secret, missing };
}

function givenIn(declared: readonly DeclaredVariable[]): Record<string, string> {
  const given = declared.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]));
  return Object.fromEntries(given) as Record<string, string>;
}

/** What app.yaml and the app's first deployment declare. */
async function declaredFor(app: Application, { workspaceFolder, tell }: VariablesOptions) {
  const [deployment, ...others] = await deploymentsOf(app, workspaceFolder);
  if (deployment !== undefined && others.length > 0) {
    const names = others.map(({ name }) => name).join(', ');
    tell?.(`variables of ${app.name}: deployment ${deployment.name}, not ${names}`);
  }
  const folder = deployment === undefined ? app.folder : path.dirname(deployment.file);
  const document = await readYaml(path.join(app.folder, 'app.yaml'));
  const defaults = declaredVariables(document?.variables, await localValues(folder));
  return { defaults, deployed: deployment?.variables ?? [] };
}

/** What code reads and cannot do without, and what it can, but app.yaml says that it must not. */
function neededBy(code: ApplicationCode, declared: readonly DeclaredVariable[]): string[] {
  const required = new Set(declared.filter((one) => one.required).map(({ name }) => name));
  return [
    ...code.requiredVariables,
    ...code.optionalVariables.filter(
      (name) => required.has(name) && !code.requiredVariables.includes(name),
    ),
  ];
}

/** Whether a run gives a variable itself: the broker, the state folder, the consumer group that it is told. */
function isSetByRun(
  name: string,
  { brokerAddress, stateDir, consumerGroup }: ApplicationCode,
  configuration: RunConfiguration,
): boolean {
  const names = [
    'Quix__Broker__Address',
    'Quix__Deployment__State__Enabled',
    'Quix__Deployment__State__Path',
  ];
  const given = [brokerAddress, stateDir];
  if (configuration.consumerGroup !== undefined) {
    names.push('Quix__Consumer_Group');
    given.push(consumerGroup);
  }
  return names.includes(name) || given.some((one) => one?.kind === 'variable' && one.name === name);
}

/**
 * The lines with values of the `.env` that counts: the one that is named, else the nearest to the main file or above it in
 * the workspace, as python-dotenv looks for it; that of the working directory where there is none.
 */
async function dotenvOf(
  app: Application,
  { workspaceFolder, configuration = {}, tell }: VariablesOptions,
  others: Environment,
): Promise<Record<string, string>> {
  const { envFile, cwd } = configuration;
  const folders = [path.dirname(app.mainFile)];
  for (let at = folders[0] ?? ''; isInside(workspaceFolder, at); at = path.dirname(at)) {
    folders.push(at);
    if (at === path.dirname(at)) break;
  }
  folders.push(app.folder, ...(cwd === undefined ? [] : [path.resolve(app.folder, cwd)]));
  const files =
    envFile === undefined
      ? folders.map((folder) => path.join(folder, '.env'))
      : [path.resolve(app.folder, envFile)];
  for (const file of files) {
    const text = await readText(file, largest);
    if (text === undefined) continue;
    return Object.fromEntries(
      Object.entries(parseDotenv(text, others)).filter(([, value]) => value !== ''),
    );
  }
  if (envFile !== undefined) tell?.(`variables of ${app.name}: no ${envFile}`);
  return {};
}
