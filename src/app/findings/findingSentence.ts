import { printable } from '../../quixstreams/index';
import { quixYamlFindingSentence } from '../quixYaml/quixYamlFindings';
import type { Finding, FindingCode } from './finding';

/** How long a name of the project's files may be in a sentence. */
const longestName = 100;

const cut = (text: string) => {
  const all = printable(text);
  return all.length > longestName ? `${all.slice(0, longestName)}…` : all;
};

const quoted = (text: string | undefined) => `"${cut(text ?? '')}"`;

/** A finding as a sentence for people. */
export function findingSentence({ code, names }: Finding): string {
  const deployment = quoted(names.deployment);
  const path = quoted(names.path);
  const mounted = quoted(names.mounted);
  switch (code) {
    case 'state-disabled':
      return names.path === undefined
        ? `State is off for ${deployment} in quix.yaml, but its code keeps state (${printable(names.what ?? '')}). On Quix Cloud the store is lost at each restart, and comes back from its changelog topic at best.`
        : `State is off for ${deployment} in quix.yaml, but its code writes ${path}. On Quix Cloud the file is lost at each restart.`;
    case 'state-path':
      return `${deployment} keeps state in ${path}, but Quix Cloud keeps ${mounted}. What is elsewhere is lost at each restart.`;
    case 'state-path-in-code':
      return `${path} is fixed in code, but quix.yaml puts the state folder of ${deployment} at ${mounted}. Read Quix__Deployment__State__Path instead.`;
    case 'state-shared':
      return `${deployment} reads ${path}, which only ${quoted(names.other)} writes. Deployments do not share their state folders.`;
    case 'state-replicas':
      return `${deployment} has ${names.replicas} replicas, which share a state folder, and each of them writes ${path}.`;
    case 'state-job':
      return `${deployment} is a job with state. Jobs are meant to end; state is for services.`;
    case 'state-unused':
      return `State is on for ${deployment} in quix.yaml, but nothing in its code keeps any.`;
    default: {
      const name = names.deployment && cut(names.deployment);
      return quixYamlFindingSentence({ code, deployment: { name }, value: cut(names.value ?? '') });
    }
  }
}

/** What a code stands for, whatever project it is found in. */
export const findingTitles: Readonly<Record<FindingCode, string>> = {
  'state-not-a-map': 'The state of a deployment is no map.',
  'state-enabled-not-boolean': 'state.enabled is neither true nor false.',
  'state-size-missing': 'State is enabled without a size.',
  'state-size-not-whole': 'The size of state is no whole number of GB.',
  'state-size-too-large': 'State has more GB than Quix Cloud gives it.',
  'state-path-not-absolute': 'The path of state is not absolute.',
  'state-disabled': 'Code that keeps state is deployed without state.',
  'state-path': 'State is kept off the path that the platform keeps.',
  'state-path-in-code': 'A path of the state folder is fixed in code, and quix.yaml has another.',
  'state-shared': 'A deployment reads a file that another keeps in its state folder.',
  'state-replicas': 'Several replicas write one file.',
  'state-job': 'A job has state.',
  'state-unused': 'State is on for a deployment that keeps none.',
};
