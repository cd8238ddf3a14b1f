// quix.yaml ties applications to deployments (Quix's project descriptor):
//
//   deployments:
//     - name: Counter
//       application: counter        folder of the app, from the folder of quix.yaml
//       resources: { replicas: 2 }
//       variables: [{ name: input, inputType: InputTopic, value: {{ input_topic }} }]
//
// `{{ NAME }}` anywhere stands for a value of `.quix.yaml.variables`; unquoted it is no YAML.

import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { isInside } from '../statefolder/index';
import {
  declaredVariables,
  localValues,
  type DeclaredVariable,
  type LocalValues,
} from './declaredVariables';
import type { Application } from './findApplications';
import { placeholder } from './placeholder';
import { defaultStatePath } from './quixYaml/quixYaml';
import { isMap, mapsOf, readYamlFile, textOf } from './yamlFile';

export interface Deployment {
  readonly name: string;
  /** The quix.yaml. */
  readonly file: string;
  readonly replicas: number;
  readonly variables: readonly DeclaredVariable[];
}

/** A deployment of an app, with what its state is there. */
export interface StateDeployment extends Deployment {
  /** The app's folder, absolute; need not be there. */
  readonly appFolder: string;
  /** `Service`, `Job`; undefined where that is not told. */
  readonly type: string | undefined;
  readonly state: DeployedState;
  /** In its quix.yaml, from 1. */
  readonly line: number;
  /** Of its `state`, or of the deployment where it has none. */
  readonly stateLine: number;
}

/** The `state` of a deployment. */
export interface DeployedState {
  /** undefined: a placeholder without a value here */
  readonly enabled: boolean | undefined;
  /** Where the folder is mounted; undefined: a placeholder without a value here. */
  readonly path: string | undefined;
}

/** Values may hold placeholders; cycles end here. */
const deepest = 8;
/** Characters that are put into one file: values that repeat others multiply. */
const mostReplaced = 1 << 18;
/** What stands for a value that is not there, while YAML is read: it occurs in no file of people. */
const unknown = '\ue000unknown\ue000';

/** The text with each `{{ NAME }}` replaced; one without a value makes its scalar unknown. */
function replacePlaceholders(
  text: string,
  values: Readonly<Record<string, string | undefined>>,
): string {
  let left = mostReplaced;
  const replace = (part: string, depth: number): string =>
    part.replace(placeholder, (_, name: string) => {
      const value = values[name];
      left -= value?.length ?? 0;
      if (value === undefined || depth === deepest || left < 0 || /[\r\n]/.test(value))
        return unknown;
      return replace(value, depth + 1);
    });
  return replace(text, 0);
}

/** The deployments of an app, by the quix.yaml of its folder or the nearest above it in the workspace. */
export async function deploymentsOf(
  app: Pick<Application, 'folder'>,
  workspaceFolder: string,
): Promise<Deployment[]> {
  for (let at = app.folder; isInside(workspaceFolder, at); at = path.dirname(at)) {
    const file = await quixYamlIn(at);
    if (file !== undefined) return deploymentsIn(file, app.folder);
    if (at === path.dirname(at)) break;
  }
  return [];
}

/** The folders that the quix.yaml of a folder calls applications, absolute; they need not be there. */
export async function applicationFolders(folder: string): Promise<string[]> {
  const file = await quixYamlIn(folder);
  const read = file === undefined ? undefined : await readPipeline(file, await localValues(folder));
  return mapsOf(read?.map.deployments).flatMap((deployment) => {
    const application = textOf(deployment.application);
    return application === undefined ? [] : [path.resolve(folder, application)];
  });
}

const readPipeline = (file: string, local: LocalValues) =>
  readYamlFile(file, (text) => replacePlaceholders(text, local.variables));

/** The quix.yaml of a folder; undefined where it has none. */
export async function quixYamlIn(folder: string): Promise<string | undefined> {
  const names: string[] = await readdir(folder).catch(() => []);
  const name = ['quix.yaml', 'quix.yml'].find((one) => names.includes(one));
  return name === undefined ? undefined : path.join(folder, name);
}

async function deploymentsIn(file: string, appFolder: string): Promise<Deployment[]> {
  const deployments = await stateDeployments(file);
  return deployments.filter((deployment) => deployment.appFolder === appFolder);
}

/** The deployments of a quix.yaml that have an app. */
export async function stateDeployments(file: string): Promise<StateDeployment[]> {
  const folder = path.dirname(file);
  const local = await localValues(folder);
  const read = await readPipeline(file, local);
  const list: unknown = read?.map.deployments;
  return (Array.isArray(list) ? list : []).flatMap((deployment: unknown, index) => {
    if (!isMap(deployment)) return [];
    const application = textOf(deployment.application);
    if (application === undefined) return [];
    const resources = isMap(deployment.resources) ? deployment.resources : {};
    const replicas = Number(textOf(resources.replicas) ?? 1);
    const variables = declaredVariables(deployment.variables, local).map((variable) => ({
      ...variable,
      value: variable.value?.includes(unknown) === true ? undefined : variable.value,
    }));
    const line = read?.lineOf('deployments', index) ?? 1;
    return [
      {
        name: known(textOf(deployment.name)) ?? application,
        file,
        replicas: Number.isSafeInteger(replicas) && replicas > 0 ? replicas : 1,
        variables,
        appFolder: path.resolve(folder, application),
        type: known(textOf(deployment.deploymentType)),
        state: deployedState(deployment.state),
        line,
        stateLine: read?.lineOf('deployments', index, 'state') ?? line,
      },
    ];
  });
}

function deployedState(state: unknown): DeployedState {
  if (typeof state === 'string') return { enabled: undefined, path: undefined }; // a placeholder
  if (!isMap(state)) return { enabled: false, path: defaultStatePath };
  const enabled = textOf(state.enabled)?.toLowerCase();
  return {
    enabled: enabled?.includes(unknown) === true ? undefined : enabled === 'true',
    path: known(textOf(state.path) || defaultStatePath),
  };
}

const known = (text: string | undefined) => (text?.includes(unknown) === true ? undefined : text);
